"""The processes of a run pass every test, and make once what they all copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import shares
from tests.prepared import VARIABLE, copied, once

pytestmark = pytest.mark.one_database

FILES = sorted(shares.TESTS.rglob("test_*.py"))


def parts_of(one: str) -> list[str]:
    return [part for part in shares.PARTS if shares.has(part, one)]


def test_every_file_is_read_where_its_tests_are_passed_and_nowhere_else() -> None:
    for path in FILES:
        passed = {part for one in shares.units(path) for part in parts_of(one)}
        assert passed, path
        assert {part for part in shares.PARTS if shares.takes(part, path)} == passed
        assert shares.takes("all", path)


def test_what_reads_no_page_passes_on_both_databases_and_all_else_once() -> None:
    for one in {one for path in FILES for one in shares.units(path)}:
        passed = parts_of(one)
        assert passed == ["sqlite", "postgresql"] if one.startswith("both ") else len(passed) == 1, one
        assert "postgresql" not in passed or not one.startswith("once "), one


def test_pages_are_shown_on_postgresql_too() -> None:
    pages = {one for path in FILES for one in shares.units(path) if one.startswith("page ")}
    assert any(parts_of(one) == ["postgresql"] for one in pages)


def test_a_file_that_mixes_both_kinds_is_two_units() -> None:
    mixed = shares.TESTS / "rooms/people/test_factors.py"
    assert shares.units(mixed) == {"both rooms/people/test_factors.py", "once rooms/people/test_factors.py"}
    assert shares.units(Path(__file__)) == {"once tools/test_shares.py"}
    assert shares.unit(shares.TESTS / "journeys/test_a_visit.py", once=True) == "once journeys"


def test_a_thing_is_made_once_and_copied_and_what_failed_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    tries = []

    def make(folder: Path) -> None:
        tries.append(folder)
        (folder / f"made-{len(tries)}").touch()
        if len(tries) == 1:
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        once("thing", make)
    for _n in range(2):
        assert [one.name for one in once("thing", make).iterdir()] == ["made-2"]
    assert len(tries) == 2
    own = copied(once("thing", make), tmp_path / "own")
    (own / "made-2").unlink()
    assert (once("thing", make) / "made-2").exists()
