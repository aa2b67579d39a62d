"""Named rules about how the parts of a snapshot fit together; all issues at once.

RULES: every rule is a function `rule(snapshot) -> issues`; docs/errors.md lists their codes
"""

from __future__ import annotations

from dispatch.validate.encoded import encode_valid
from dispatch.validate.rules import MOST_ISSUES, RULES, find_issues

__all__ = ["MOST_ISSUES", "RULES", "encode_valid", "find_issues"]
