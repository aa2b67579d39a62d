"""Hypothesis draws the same examples in every run, unless told to explore.

A failure that nobody can repeat helps nobody: `HYPOTHESIS_PROFILE=explore pytest -m slow` looks for
new ones.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

UNHURRIED = (HealthCheck.too_slow, HealthCheck.data_too_large)

settings.register_profile(
    "repeat", derandomize=True, deadline=None, suppress_health_check=UNHURRIED
)
settings.register_profile("explore", deadline=None, suppress_health_check=UNHURRIED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeat"))
