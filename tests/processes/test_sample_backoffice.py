"""`servicehall sample-backoffice`: what it sells once, what it keeps, how it misbehaves, and that the demo brings it along."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest

from servicehall.processes.sample_backoffice.hospital import ZONE, is_ahead
from servicehall.processes.sample_backoffice.modes import Modes, UnfitMode, changed
from servicehall.processes.sample_backoffice.office import DOCUMENT, OPERATIONS, Office
from servicehall.processes.sample_backoffice.server import BackOffice
from servicehall.rooms.connectors.openapi import routes
from tests.prepared import copied, demo, once
from tests.processes.running import children, hall, until

pytestmark = pytest.mark.one_database

TOMORROW = f"{datetime.now(ZONE) + timedelta(days=1):%Y-%m-%d}"
LAST_PLACE = f"d401-{TOMORROW}-08"
CLIENTS = 64


class Caller:
    """Somebody who speaks HTTP with it."""

    def __init__(self, url: str, secret: str = "s3cret") -> None:
        self.url, self.secret = url, secret

    def __call__(
        self, path: str, body: Any = None, *, key: str = "", language: str = "en"
    ) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.secret}", "Accept-Language": language}
        headers |= {"Idempotency-Key": key} if key else {}
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, sent, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def register(self, card: str, key: str) -> tuple[int, Any]:
        return self("/hospital/registrations", {"slot": LAST_PLACE, "card": card}, key=key)


@pytest.fixture(params=["memory", "file"])
def caller(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Caller]:
    office = Office(tmp_path / "office.sqlite3" if request.param == "file" else None)
    server = BackOffice("127.0.0.1", 0, office, "s3cret")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield Caller(f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()
    office.close()


def test_of_64_clients_one_gets_the_last_place(caller: Caller) -> None:
    begin = threading.Barrier(CLIENTS)

    def want(number: int) -> tuple[int, Any]:
        begin.wait()
        return caller.register(f"C{number}", f"key-{number}")

    with ThreadPoolExecutor(CLIENTS) as clients:
        found = list(clients.map(want, range(CLIENTS)))
    assert Counter(status for status, _said in found) == {200: 1, 409: CLIENTS - 1}
    assert {said["code"] for status, said in found if status == 409} == {"slot-full"}
    (slot, *_rest) = caller(f"/hospital/doctors/d401/slots?day={TOMORROW}")[1]["slots"]
    assert (slot["id"], slot["places"], slot["left"]) == (LAST_PLACE, 1, 0)


def test_what_has_begun_is_neither_offered_nor_taken(caller: Caller) -> None:
    eleven = datetime(2026, 11, 26, 11, 0, tzinfo=ZONE)
    assert [is_ahead("2026-11-26", at, eleven) for at in ("10:30", "11:00", "14:00")] == [False, False, True]
    assert is_ahead("2026-11-27", "08:30", eleven)
    now = datetime.now(ZONE)
    offered = caller(f"/hospital/doctors/d401/slots?day={now:%Y-%m-%d}")[1]["slots"]
    assert all(one["starts"] >= f"{now:%H:%M}" for one in offered)
    for at in ("08", "15"):
        slot = f"d401-{now:%Y-%m-%d}-{at}"
        status, said = caller("/hospital/registrations", {"slot": slot, "card": "C1"}, key=f"past-{at}")
        assert (status == 200) == (slot in {one["id"] for one in offered})
        assert status == 200 or said["code"] == "slot-past"


def test_64_times_the_same_key_is_one_payment_with_one_receipt(caller: Caller) -> None:
    bill = {"account": "10023345", "bill": "E2610-23345", "amount": 18640}
    begin = threading.Barrier(CLIENTS)

    def pay(_number: int) -> tuple[int, Any]:
        begin.wait()
        return caller("/billing/payments", bill, key="one-key")

    with ThreadPoolExecutor(CLIENTS) as clients:
        found = list(clients.map(pay, range(CLIENTS)))
    assert {status for status, _said in found} == {200}
    assert len({said["number"] for _status, said in found}) == 1
    assert caller("/billing/payments", bill, key="another")[1]["code"] == "bill-paid"
    assert caller("/billing/payments", {**bill, "amount": 1}, key="one-key")[1]["code"] == "key-reused"


def test_a_refusal_is_kept_under_its_key_and_undoes_what_was_begun(caller: Caller) -> None:
    assert caller.register("C1", "k1")[0] == 200
    assert caller.register("C2", "k2")[1]["code"] == "slot-full"
    number = caller("/keys/k1")[1]["answer"]["number"]
    assert caller(f"/hospital/registrations/{number}/cancellation", {}, key="k3")[1]["state"] == "cancelled"
    assert caller.register("C2", "k2")[1]["code"] == "slot-full", "the answer to this key stays"
    assert caller.register("C2", "k4")[0] == 200


def test_every_answer_is_as_the_document_says_and_in_the_readers_language(caller: Caller) -> None:
    found = routes(DOCUMENT)
    assert set(found) == set(OPERATIONS)
    assert {one.operation.kind for one in found.values()} == {"read", "keyed", "unkeyed"}
    assert caller("/billing/accounts/1", language="zh-Hans")[1]["detail"] == "没有这个户号。"


def test_returns_are_refunded_at_once_or_become_a_case(caller: Caller) -> None:
    for order, position, reason, decision in (
        ("SO260901001", 1, "size", "refund"),
        ("SO260901002", 1, "unwanted", "case"),
        ("SO260901002", 1, "faulty", "more-than-bought"),
        ("SO260901003", 1, "faulty", "case"),
    ):
        asked = {"order": order, "position": position, "count": 1, "reason": reason}
        said = caller("/returns", asked, key=f"{order}-{reason}")[1]
        assert said.get("decision", said.get("code")) == decision
    assert caller("/orders/SO260901001?phone_tail=0000")[1]["code"] == "order-unknown"


def test_members_sign_up_once(caller: Caller) -> None:
    new = {"phone": "13612345678", "name": "赵敏"}
    assert caller("/members", new, key="a")[1]["tier"]["id"] == "standard"
    assert caller("/members", new, key="b")[1]["code"] == "member-already"
    assert caller("/members?phone=13800006621")[1]["tier"]["id"] == "gold"


def test_without_the_secret_only_the_document_is_shown(caller: Caller) -> None:
    stranger = Caller(caller.url, "guessed")
    assert stranger("/openapi.json")[0] == 200
    for path in ("/_modes", "/members?phone=13800006621"):
        assert stranger(path)[0] == 401


def test_it_misbehaves_as_told_while_it_runs(caller: Caller) -> None:
    read = "/billing/accounts/10023345"
    assert caller("/_modes", {"failing": 1, "status": 503, "times": 1, "operations": "findAccount"})[0] == 200
    assert caller("/member-tiers")[0] == 200
    assert [caller(read)[0], caller(read)[0]] == [503, 200]
    caller("/_modes", {"lying": 1, "times": 1})
    assert "number" not in caller(read)[1]
    caller("/_modes", {"drop_answer": 1, "times": 1})
    with pytest.raises((OSError, HTTPException)):
        caller.register("C1", "k1")
    assert caller("/keys/k1")[1]["known"], "it was done"
    caller("/_modes", {"duplicate_answer": "earlier"})
    assert caller(read)[1]["known"] is True
    status, said = caller("/_modes", {"failing": 2})
    assert (status, said["code"]) == (422, "modes-unfit")


@pytest.mark.parametrize(
    "wrong",
    [
        {"speed": 1},
        {"slow": -1},
        {"slow": "soon"},
        {"status": 200},
        {"lying": 1.5},
        {"duplicate-answer": "thrice"},
    ],
)
def test_modes_that_there_are_not_are_complained_of(wrong: dict[str, Any]) -> None:
    with pytest.raises(UnfitMode):
        changed(Modes(), wrong)


@pytest.mark.processes
def test_as_a_program_it_keeps_what_was_done_and_ends_cleanly(
    servicehall_command: list[str], free_port: int, tmp_path: Path
) -> None:
    command = [*servicehall_command, "sample-backoffice", "--port", str(free_port), "--secret", "s3cret"]
    command += ["--data", str(tmp_path / "kept.sqlite3")]
    caller = Caller(f"http://127.0.0.1:{free_port}")
    for expected in (200, 409):
        with subprocess.Popen([*command, "--mode", "slow=1"], stdout=subprocess.PIPE, text=True) as run:
            assert run.stdout is not None
            assert f"127.0.0.1:{free_port}/openapi.json" in run.stdout.readline()
            assert caller.register("C1", f"key-{expected}")[0] == expected
            run.terminate()
            assert run.wait(10) == 0
    done = subprocess.run([*command, "--mode", "speed=1"], capture_output=True, text=True, check=False)
    assert (done.returncode, "There is no mode speed" in done.stderr + done.stdout) == (1, True)


@pytest.mark.processes
@pytest.mark.timeout(300)
def test_the_demo_brings_it_along_calls_it_and_opens_without_it_where_the_port_is_taken(
    data_folder: Path, free_port: int
) -> None:
    copied(once("demo", demo), data_folder)
    with hall(data_folder, free_port, "--demo") as running:
        running.wait_open()
        own = {
            pid: line for pid, line in children(running.process.pid).items() if "sample-backoffice" in line
        }
        assert len(own) == 1
        assert f"http://127.0.0.1:{free_port + 2}/openapi.json" in running.said()
        secret = data_folder / "connector-secrets" / "harmony" / "back-office"
        assert secret.stat().st_mode & 0o077 == 0
        caller = Caller(f"http://127.0.0.1:{free_port + 2}", secret.read_text().strip())
        until(lambda: caller("/member-tiers")[0] == 200, what="the hall's own secret opens it")
        assert caller.secret not in running.said() + " ".join(own.values())
        os.kill(running.process.pid, signal.SIGTERM)
        assert running.process.wait(20) == 0
    with socket.create_server(("127.0.0.1", free_port + 2)), hall(data_folder, free_port, "--demo") as again:
        again.wait_open()
        assert "演示将在没有演示业务系统的情况下启动" in again.said()
