"""The program does not start with a cipher that gives a wrong answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from servicehall.kernel.protection import known_answers
from servicehall.kernel.protection.refusals import CannotStart, Unreadable
from servicehall.kernel.protection.suites import AES, SM4, Suite

pytestmark = pytest.mark.one_database

# A library that was broken after it was installed: it takes another hash for SM3.
BROKEN = """
from cryptography.hazmat.primitives import hashes
hashes.SM3 = hashes.SHA256
from servicehall.cli import main
raise SystemExit(main({arguments}))
"""


def test_every_answer_of_the_standards_is_given() -> None:
    known_answers.check()
    assert len(known_answers.ANSWERS) == 8


@pytest.mark.parametrize("name", list(known_answers.ANSWERS))
def test_any_single_wrong_answer_stops_the_start(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ask, answer = known_answers.ANSWERS[name]
    monkeypatch.setitem(known_answers.ANSWERS, name, (ask, answer[:-1] + bytes([answer[-1] ^ 1])))
    with pytest.raises(CannotStart, match=name):
        known_answers.check()


def test_a_program_with_a_broken_library_says_so_and_ends(data_folder: Path) -> None:
    arguments = json.dumps(["prepare", "--data", str(data_folder)])
    done = subprocess.run(
        [sys.executable, "-c", BROKEN.format(arguments=arguments)],
        env={**os.environ, "DATABASE_URL": "", "SERVICEHALL_DATA": str(data_folder)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "does not give the standard's answer for SM3" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (data_folder / "servicehall.sqlite3").exists()


@pytest.mark.parametrize("suite", [SM4, AES], ids=lambda s: s.name)
def test_what_was_sealed_opens_only_whole_and_in_its_place(suite: Suite) -> None:
    key = suite.new_key()
    sealed = suite.seal(key, "王小明".encode(), b"here")
    assert suite.open(key, sealed, b"here").decode() == "王小明"
    assert suite.seal(key, "王小明".encode(), b"here") != sealed
    for wrong, bound in (
        (sealed[:-1], b"here"),
        (sealed[:20], b"here"),
        (b"", b"here"),
        (bytes([sealed[0] ^ 1]) + sealed[1:], b"here"),
        (sealed, b"there"),
    ):
        with pytest.raises(Unreadable):
            suite.open(key, wrong, bound)
    with pytest.raises(Unreadable):
        suite.open(suite.new_key(), sealed, b"here")
