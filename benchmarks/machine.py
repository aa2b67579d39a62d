"""Where and with what something was measured."""

from __future__ import annotations

import json
import platform
import shlex
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from solver.params import usable_cores

PACKAGES = ("numpy", "numba", "ortools", "pyvrp", "pyvroom", "vrp-cli")
"""Whose versions are told, if they are installed."""

ROOT = Path(__file__).parent.parent


def provenance(command: str, arguments: list[str]) -> Mapping[str, Any]:
    """Machine, versions, commit, command and time, for a JSON file."""
    return {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": f"python -m {command} {shlex.join(arguments)}".strip(),
        "machine": {
            "cores": usable_cores(),
            "cpu": cpu_model(),
            "python": platform.python_version(),
            "packages": versions(),
        },
        "commit": commit(),
    }


def versions() -> dict[str, str]:
    """Of the packages that are installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def cpu_model() -> str:
    """What the processor calls itself."""
    told = Path("/proc/cpuinfo")
    if told.is_file():
        for line in told.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def commit() -> dict[str, Any]:
    """Hash of the commit that is checked out, and whether files differ from it."""
    try:
        return {"hash": _git("rev-parse", "HEAD"), "dirty": bool(_git("status", "--porcelain"))}
    except (OSError, subprocess.CalledProcessError):
        return {"hash": None, "dirty": None}


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """A JSON file that is never half there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(json.dumps(document) + "\n", encoding="utf-8")
    draft.replace(path)


def _git(*arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stdout.strip()
