"""`servicehall doctor` on a sound installation and on broken ones: plain words, advice, exit code."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
from pathlib import Path

import pytest

from servicehall.processes.doctor import machine
from servicehall.processes.doctor.findings import Finding, examine
from tests.prepared import copied
from tests.processes.running import COMMAND, environment, hall

pytestmark = [pytest.mark.processes, pytest.mark.one_database]


def doctor(data: Path, port: int, **settings: str) -> tuple[int, str]:
    done = subprocess.run(
        [COMMAND, "doctor", "--data", str(data), "--port", str(port)],
        env=environment(data, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout


def test_a_sound_installation(prepared: Path, free_port: int) -> None:
    code, said = doctor(prepared, free_port)
    assert code == 0
    assert "problem" not in said
    for part in (
        "Python 3",
        "Signing key",
        "evidence's key",
        "SQLite file",
        "is sound",
        "Tables are up to date",
        "Static files",
        "Voices",
        "No site or zone has the address of a page",
        "encrypted with sm4-gcm; 8 known answers are right",
        "Root key 1 comes from the file (mode 0600)",
    ):
        assert part in said
    assert f"Port {free_port} is free" in said


def test_root_keys_that_others_can_read_stop_everything(
    prepared: Path, data_folder: Path, free_port: int
) -> None:
    copied(prepared, data_folder)
    (data_folder / "root.keys").chmod(0o644)
    code, said = doctor(data_folder, free_port)
    assert code == 1
    assert "Others may read or change the root keys" in said
    assert "chmod 600" in said
    done = subprocess.run(
        [COMMAND, "worker", "--data", str(data_folder)],
        env=environment(data_folder), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("Others may read or change the root keys")


def test_before_the_first_start_nothing_is_wrong_and_nothing_is_made(tmp_path: Path, free_port: int) -> None:
    code, said = doctor(tmp_path / "data", free_port)
    assert code == 0
    assert "is not there yet" in said
    assert not (tmp_path / "data").exists()


def test_a_running_hall_is_not_taken_for_a_stranger(
    prepared: Path, data_folder: Path, free_port: int
) -> None:
    with hall(copied(prepared, data_folder), free_port) as running:
        running.wait_open()
        code, said = doctor(data_folder, free_port)
    assert code == 0
    assert f"Port {free_port} is served by the hall that runs here" in said


def test_a_strangers_port_is_a_problem(prepared: Path, free_port: int) -> None:
    with socket.create_server(("127.0.0.1", free_port + 1)):
        code, said = doctor(prepared, free_port)
    assert code == 1
    assert f"problem  Port {free_port + 1} is in use" in said
    assert "--live-port" in said


def test_files_open_to_others_are_a_problem(prepared: Path, data_folder: Path, free_port: int) -> None:
    copied(prepared, data_folder)
    data_folder.chmod(0o755)
    (data_folder / "secret.key").chmod(0o644)
    code, said = doctor(data_folder, free_port)
    assert code == 1
    assert f"chmod 700 {data_folder}" in said
    assert f"chmod 600 {data_folder / 'secret.key'}" in said


def test_a_damaged_database_is_a_problem(prepared: Path, data_folder: Path, free_port: int) -> None:
    path = copied(prepared, data_folder) / "servicehall.sqlite3"
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(64 * 1024))
    code, said = doctor(data_folder, free_port)
    assert code == 1
    assert "restore the last backup" in said


def test_tables_that_are_behind_are_a_problem(prepared: Path, data_folder: Path, free_port: int) -> None:
    path = copied(prepared, data_folder) / "servicehall.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'kernel'")
    connection.close()
    code, said = doctor(data_folder, free_port)
    assert code == 1
    assert "Tables are not up to date" in said
    assert "servicehall prepare" in said


def test_a_database_that_cannot_be_reached_is_a_problem_and_the_rest_is_still_checked(
    prepared: Path, free_port: int
) -> None:
    code, said = doctor(
        prepared, free_port, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"
    )
    assert code == 1
    assert "The database cannot be reached" in said
    assert "Check that PostgreSQL runs" in said
    assert f"Port {free_port} is free" in said


def test_settings_that_make_no_sense_are_a_problem(prepared: Path, free_port: int) -> None:
    code, said = doctor(prepared, free_port, DATABASE_URL="mysql://localhost/x")
    assert code == 1
    assert "The program cannot be loaded" in said
    assert "DATABASE_URL" in said


def test_postgresql_is_examined(prepared: Path, free_port: int, postgresql_url: str) -> None:
    code, said = doctor(prepared, free_port, DATABASE_URL=postgresql_url)
    assert code == 1  # its tables are not made yet
    assert "ok       Database: PostgreSQL" in said
    assert "Tables are not up to date" in said


def test_without_voices_the_hall_runs_and_the_advice_is_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert list(machine.voices()) == [
        Finding(
            "warning",
            "espeak-ng is not installed; boards show calls silently",
            "sudo apt-get install espeak-ng",
        )
    ]


def test_a_check_that_breaks_down_does_not_hide_the_others() -> None:
    def broken_check() -> list[Finding]:
        raise RuntimeError("on fire")

    found = list(examine([broken_check, machine.python]))
    assert [f.level for f in found] == ["problem", "ok"]
    assert found[0].what == "broken check: could not be checked (RuntimeError: on fire)"


def test_the_evidences_key_and_witnesses_are_looked_at(
    prepared: Path, data_folder: Path, free_port: int
) -> None:
    copied(prepared, data_folder)
    key = data_folder / "evidence.key"
    assert key.stat().st_mode & 0o777 == 0o600  # made at the first start
    key.chmod(0o644)
    code, said = doctor(data_folder, free_port, SERVICEHALL_WITNESSES="http://somewhere")
    assert code == 1
    assert f"chmod 600 {key}" in said
    assert "names no witness" in said
    key.write_text("nonsense")
    code, said = doctor(data_folder, free_port)
    assert (code, "does not hold an Ed25519 key" in said) == (1, True)
