"""How the search is compiled: without Python's lock, and kept between runs.

numba looks at the age of the file of a kernel, not of the files of what it calls, and picks its own
folder. So every version of these sources has a folder of its own, named after their contents: in
the package if that can be written to, else in the user's cache, else among temporary files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numba
from numba import njit

from solver.search.parts import KernelCompiler, PartCompiler

Kernel = Callable[..., Any]

HOW: Mapping[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}

KERNEL: Mapping[str, Any] = {"no_cfunc_wrapper": True, "pipeline_class": KernelCompiler}

PART: Mapping[str, Any] = {
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": PartCompiler,
}
"""Nothing but kernels calls parts: no entries for Python and C, no machine code of their own."""


def compiled(function: Kernel) -> Kernel:
    """Compiled at its first call or read from the cache; lets other threads run."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(cache_folder())
    try:
        kernel: Kernel = njit(cache=True, **KERNEL, **HOW)(function)
    finally:
        numba.config.CACHE_DIR = before
    return kernel


def inlined(function: Kernel) -> Kernel:
    """Compiled into every caller.

    Like all kernels without counting references to the tables: that made the search 30 times
    slower. So a kernel can't make arrays; they are handed in.
    """
    kernel: Kernel = njit(forceinline=True, **PART, **HOW)(function)
    return kernel


def outlined(function: Kernel) -> Kernel:
    """Compiled beside its callers or into them, as LLVM finds better.

    Said in so many words: what is not said, numba takes over from the caller, and all that inlined
    functions call was inlined with them.
    """
    kernel: Kernel = njit(forceinline=False, **PART, **HOW)(function)
    return kernel


@cache
def cache_folder() -> Path:
    """Where these sources' machine code is kept; made if it is not there."""
    name = f"kernels-{_digest()}"
    for parent in _candidates():
        folder = parent / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    return Path(tempfile.mkdtemp(prefix="citywave-"))


def is_warm() -> bool:
    """Whether an earlier run left machine code behind."""
    return any(cache_folder().rglob("*.nbc"))


def _candidates() -> Iterator[Path]:
    yield Path(__file__).parent / "__pycache__"
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    yield Path(home) / "citywave"
    yield Path(tempfile.gettempdir()) / f"citywave-{os.getuid() if hasattr(os, 'getuid') else ''}"


def _digest() -> str:
    """Of the sources in this folder and of numba's version."""
    text = sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        text.update(path.read_bytes())
    return text.hexdigest()[:16]
