"""Settings come from the environment, then from a file; what is wrong with them is said at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.errors import BadSettings
from api.settings import FILE, read_settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CITYWAVE_CONFIG", raising=False)


def test_a_file_in_the_working_directory_is_read() -> None:
    """Nobody has to name it."""
    FILE.write_text("max_orders = 70\n")
    assert read_settings().max_orders == 70


def test_the_environment_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file holds for what it is silent about."""
    FILE.write_text("max_orders = 70\nmax_matrices = 7\n")
    monkeypatch.setenv("CITYWAVE_MAX_ORDERS", "80")
    settings = read_settings()
    assert (settings.max_orders, settings.max_matrices) == (80, 7)


def test_a_named_file_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only one file is read."""
    FILE.write_text("max_orders = 70\n")
    other = tmp_path / "other.toml"
    other.write_text("max_matrices = 7\n")
    monkeypatch.setenv("CITYWAVE_CONFIG", str(other))
    settings = read_settings()
    assert (settings.max_orders, settings.max_matrices) == (10_000, 7)


def test_all_mistakes_are_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of both sources, also names that nobody knows."""
    FILE.write_text("max_orders = 'many'\nmax_order = 3\n")
    monkeypatch.setenv("CITYWAVE_SOLVES_AT_ONCE", "-1")
    with pytest.raises(BadSettings) as told:
        read_settings()
    lines = str(told.value).splitlines()
    assert [line.split(" ")[0] for line in lines] == ["solves_at_once", "max_orders", "max_order"]
    assert "CITYWAVE_SOLVES_AT_ONCE" in lines[0]


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"max_orders =", "is not TOML"), (b"\xff", "is not UTF-8"), (None, "can't be read")],
)
def test_a_file_that_is_none(
    content: bytes | None, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named with what is wrong with it."""
    path = tmp_path / "given.toml"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("CITYWAVE_CONFIG", str(path))
    with pytest.raises(BadSettings, match=told) as error:
        read_settings()
    assert "given.toml" in str(error.value)
