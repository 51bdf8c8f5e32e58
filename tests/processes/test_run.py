"""`servicehall run` from outside: what dies comes back, what is stopped is gone."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import a_free_port
from tests.prepared import copied
from tests.processes.running import COMMAND, Hall, children, environment, hall, is_alive, until

pytestmark = [pytest.mark.processes, pytest.mark.one_database, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def opened(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A hall that stays open for the tests that leave it so."""
    with hall(copied(prepared, tmp_path_factory.mktemp("open") / "data"), a_free_port()) as running:
        running.wait_open()
        yield running


@pytest.fixture
def brief(prepared: Path, tmp_path: Path, free_port: int) -> Iterator[Hall]:
    """A hall that its test closes."""
    with hall(copied(prepared, tmp_path / "data"), free_port) as running:
        running.wait_open()
        yield running


@pytest.mark.parametrize("role", ["web", "live", "worker"])
def test_a_killed_role_is_started_again_and_the_others_go_on(opened: Hall, role: str) -> None:
    before = opened.roles()
    assert set(before) == {"web", "live", "worker"}

    os.kill(before[role], signal.SIGKILL)

    until(lambda: opened.roles().get(role, before[role]) != before[role], what=f"{role} is back")
    until(opened.is_open, what="the hall answers again")
    after = opened.roles()
    assert {r: after[r] for r in before if r != role} == {r: before[r] for r in before if r != role}
    assert f"child.died role={role} code=-9" in opened.said()


@pytest.mark.parametrize("role", ["web", "live"])
def test_a_killed_worker_of_a_server_is_replaced(opened: Hall, role: str) -> None:
    server = opened.roles()[role]
    (worker,) = children(server)

    os.kill(worker, signal.SIGKILL)

    until(lambda: not is_alive(worker))
    until(opened.is_open, what="the hall answers again")


def test_a_killed_parent_leaves_nothing_behind_and_the_hall_opens_again_at_once(
    prepared: Path, tmp_path: Path, free_port: int
) -> None:
    folder = copied(prepared, tmp_path / "data")
    with hall(folder, free_port) as first:
        first.wait_open()
        family = first.family()
        assert len(family) >= 6  # the parent, three roles, a worker of each server
        first.process.kill()
        first.process.wait()
        with hall(folder, free_port) as second:
            second.wait_open()
            assert not [pid for pid in family if is_alive(pid)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopping_is_clean_and_quick(brief: Hall, number: signal.Signals) -> None:
    family = brief.family()
    # A page that is kept open must not hold up the end.
    with socket.create_connection(("127.0.0.1", brief.port)):
        started = time.monotonic()
        brief.process.send_signal(number)
        assert brief.process.wait(10) == 0
    assert time.monotonic() - started < 10
    assert not [pid for pid in family if is_alive(pid)]
    assert "Traceback" not in brief.said()


def test_a_second_ctrl_c_forces_the_end(brief: Hall) -> None:
    family = brief.family()
    web = brief.roles()["web"]
    os.kill(web, signal.SIGSTOP)  # a program that does not react
    brief.process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    started = time.monotonic()
    brief.process.send_signal(signal.SIGINT)
    assert brief.process.wait(5) == 1
    assert time.monotonic() - started < 2
    until(lambda: not [pid for pid in family if is_alive(pid)])


def test_the_data_folder_is_its_owners_alone(opened: Hall) -> None:
    assert stat.S_IMODE(opened.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((opened.data / "secret.key").stat().st_mode) == 0o600


def test_the_start_message_names_every_screen_in_both_languages(opened: Hall) -> None:
    said = opened.said()
    for path in ("/", "/desk", "/ops", "/admin/"):
        assert f"{opened.url}{path} " in said
    assert "Ctrl-C" in said
    assert "按 Ctrl-C 关闭" in said


def run_and_fail(data: Path, port: int, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, "run", "--port", str(port), "--data", str(data), *options],
        env=environment(data, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(("offset", "option"), [(0, "--port"), (1, "--live-port")])
def test_a_port_in_use_is_told_in_plain_words(
    data_folder: Path, free_port: int, offset: int, option: str
) -> None:
    taken = free_port + offset
    with socket.create_server(("127.0.0.1", taken)):
        done = run_and_fail(data_folder, free_port)
    assert done.returncode == 1
    assert f"Port {taken} is in use" in done.stderr
    assert f"端口 {taken} 已被" in done.stderr
    assert option in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_hall_on_the_same_folder_is_told_about_the_first(opened: Hall) -> None:
    done = run_and_fail(opened.data, opened.port + 20)
    assert done.returncode == 1
    assert f"already running on {opened.data} (port {opened.port}, pid {opened.process.pid})" in done.stderr


def test_a_database_that_is_not_there_is_told_in_plain_words(data_folder: Path, free_port: int) -> None:
    done = run_and_fail(
        data_folder, free_port, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"
    )
    assert done.returncode == 1
    assert "The database cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_data_folder_that_cannot_be_made_is_told_in_plain_words(tmp_path: Path, free_port: int) -> None:
    (tmp_path / "file").write_text("")
    done = run_and_fail(tmp_path / "file" / "data", free_port)
    assert done.returncode == 1
    assert "cannot be made" in done.stderr


def test_the_roles_stop_with_postgresql_too(
    tmp_path: Path, free_port: int, postgresql_tables_url: str
) -> None:
    with hall(tmp_path / "data", free_port, DATABASE_URL=postgresql_tables_url) as running:
        running.wait_open()
        os.kill(running.roles()["worker"], signal.SIGKILL)
        until(lambda: "worker" in running.roles())
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(10) == 0
