"""Where machine code is kept, and that it is found again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numba
import pytest
from numba import njit

from solver.search import compiled
from tests.test_architecture import ROOT


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """What is remembered of this process's own folder."""
    compiled.cache_folder.cache_clear()
    yield
    compiled.cache_folder.cache_clear()


def test_the_package_is_the_first_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Then the user's cache, where the package can't be written to, then temporary files."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    package, home, temporary = compiled._candidates()
    assert package == Path(compiled.__file__).parent / "__pycache__"
    assert home == tmp_path / "citywave"
    assert temporary.name.startswith("citywave-")


def test_a_folder_that_can_not_be_written_to_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As a package that root has installed is; if there is none at all, code lives for this run."""
    blocked = tmp_path / "a file"
    blocked.write_text("")
    candidates = [blocked, tmp_path / "cache"]
    monkeypatch.setattr(compiled, "_candidates", lambda: iter(candidates))
    folder = compiled.cache_folder()
    assert folder.parent == tmp_path / "cache"
    assert not compiled.is_warm()
    compiled.cache_folder.cache_clear()
    candidates.pop()
    assert compiled.cache_folder().is_dir()


def test_other_sources_have_another_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of numba, too."""
    before = compiled._digest()
    assert before == compiled._digest()
    monkeypatch.setattr(numba, "__version__", "0.0")
    assert compiled._digest() != before


def test_only_what_is_to_be_inlined_is_inlined() -> None:
    """Numba hands flags down from a caller: parts that inlined ones call are not inlined too."""

    def double(number: Any) -> Any:
        return 2 * number

    outer: Any = compiled.outlined(double)

    def double_and_one(number: Any) -> Any:
        return outer(number) + 1

    inner: Any = compiled.inlined(double_and_one)

    def kernel(number: Any) -> Any:
        return inner(number) + outer(number)

    assert njit(kernel)(5) == 21
    assert [made.fndesc.inline for made in outer.overloads.values()] == [False]
    assert [made.fndesc.inline for made in inner.overloads.values()] == [True]


def test_a_new_process_finds_the_machine_code() -> None:
    """A worker that starts compiles nothing."""
    compile_all = "from solver.search.anneal import _run, compile_kernels; compile_kernels()"
    count = "print(sum(_run.stats.cache_hits.values()), sum(_run.stats.cache_misses.values()))"
    for _ in range(2):
        ran = subprocess.run(
            [sys.executable, "-c", f"{compile_all}; {count}"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
    assert ran.stdout.split() == ["1", "0"]
