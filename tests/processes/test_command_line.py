"""The command itself: help at once, tokens alone on standard output, the first administrator."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest

from servicehall.cli import COMMANDS, main
from tests.prepared import copied
from tests.processes.running import COMMAND, environment


@pytest.mark.one_database
def test_help_answers_at_once_and_names_every_command() -> None:
    started = time.monotonic()
    done = subprocess.run([COMMAND, "--help"], capture_output=True, text=True, check=True)
    assert time.monotonic() - started < 1
    for name in COMMANDS:
        assert f"\n    {name} " in done.stdout


@pytest.mark.one_database
@pytest.mark.parametrize("name", [n for n in COMMANDS if n != "django"])
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0
    assert f"usage: servicehall {name}" in capsys.readouterr().out


@pytest.mark.one_database
def test_every_command_explains_itself_before_there_are_settings(tmp_path: Path) -> None:
    bare = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    every = (
        "import argparse, importlib\nfrom servicehall.cli import COMMANDS\nfor name in COMMANDS:\n"
        "    module = importlib.import_module(f'servicehall.cli.{name}_command'.replace('-', '_'))\n"
        "    module.add_arguments(argparse.ArgumentParser(name))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", every], env=bare, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.one_database
def test_an_unknown_command_is_refused_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["open-sesame"])
    assert end.value.code == 2
    assert "'doctor'" in capsys.readouterr().err


@pytest.mark.one_database
def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage: servicehall" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_first_administrator_can_be_added_to_an_empty_installation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.contrib.auth import authenticate

    monkeypatch.setattr("sys.stdin", StringIO("a-good-long-phrase\n"))
    assert main(["staff", "add", "lin", "--role", "admin", "--name", "林晓"]) == 0
    assert capsys.readouterr().out == "lin may sign in as admin.\n"
    assert authenticate(username="lin", password="a-good-long-phrase") is not None


@pytest.mark.django_db(transaction=True)
def test_a_weak_password_adds_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.contrib.auth import get_user_model

    monkeypatch.setattr("sys.stdin", StringIO("12345\n"))
    assert main(["staff", "add", "lin", "--role", "admin"]) == 1
    assert "Nobody was added." in capsys.readouterr().err
    assert not get_user_model().objects.exists()


@pytest.mark.one_database
def test_the_first_administrator_is_added_before_anything_was_started(data_folder: Path) -> None:
    done = subprocess.run(
        [COMMAND, "staff", "add", "lin", "--role", "admin"],
        env=environment(data_folder),
        input="a-good-long-phrase\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "lin may sign in as admin.\n", "")


@pytest.mark.one_database
def test_a_token_for_an_unknown_site_says_which_sites_there_are(prepared: Path, data_folder: Path) -> None:
    copied(prepared, data_folder)
    done = subprocess.run(
        [COMMAND, "token", "--role", "desk", "--site", "nowhere"],
        env=environment(data_folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "There is no site 'nowhere'" in done.stderr


@pytest.mark.one_database
def test_a_setting_that_cannot_be_read_is_told_in_two_lines(data_folder: Path) -> None:
    done = subprocess.run(
        [COMMAND, "prepare", "--data", str(data_folder)],
        env=environment(data_folder, DATABASE_URL="mysql://host/name"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "unknown kind of database 'mysql'" in done.stderr
    assert len(done.stderr.splitlines()) == 2
