"""Chromium without a window and without a network, for tests that look at pages."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--proxy-server=127.0.0.1:9",
    "--enable-logging=stderr",
    "--window-size=1400,1200",
)
"""The proxy is nobody: only files and this machine's own servers can be reached."""

needs_chromium = pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Chromium")


def look_at(address: str, folder: Path, *what: str) -> subprocess.CompletedProcess[str]:
    """Open a page and do what the further options say, such as `--dump-dom`."""
    done = subprocess.run(
        ["chromium", *FLAGS, f"--user-data-dir={folder / 'profile'}", *what, address],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done
