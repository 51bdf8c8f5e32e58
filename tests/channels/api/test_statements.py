"""The number of statements of each endpoint: small, and the same however many wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.channels.api.speaking import Answer, Place

MOST = {
    "sites": 2,
    "site": 9,
    "services": 5,
    "counters": 4,
    "zones": 3,
    "staff": 12,
    "queue": 9,
    "board": 11,
    "figures": 14,
    "events": 3,
    "tickets": 4,
    "ticket": 6,
    "counter": 22,
    "explain": 10,
    "me": 3,
    "take": 9,
    "take with a key": 11,
    "next": 13,
    "start": 10,
    "finish": 10,
    "cancel": 11,
}


def _count(act: Callable[[], Answer]) -> int:
    """The statements of an act, without those that open and close a transaction in a test."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        answer = act()
    assert answer.status < 300, answer.json
    ends = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return sum(not q["sql"].startswith(ends) for q in seen.captured_queries)


def _acts(mall: Place, waiting: list[Any]) -> dict[str, Callable[[], Answer]]:
    desk, manager, public = mall.api("desk"), mall.api("manager"), mall.api()
    ticket = waiting[-1]["id"]
    called: list[str] = []

    def call() -> Answer:
        answer = desk.post(f"{mall.counter()}/next")
        called.append(answer.json["id"])
        return answer

    return {
        "sites": lambda: public.get("/sites"),
        "site": lambda: public.get("/sites/mall"),
        "services": lambda: public.get("/sites/mall/services"),
        "counters": lambda: desk.get("/sites/mall/counters"),
        "zones": lambda: public.get("/sites/mall/zones"),
        "staff": lambda: desk.get("/sites/mall/staff"),
        "queue": lambda: desk.get("/sites/mall/queue"),
        "board": lambda: public.get("/sites/mall/board"),
        "figures": lambda: manager.get("/sites/mall/figures"),
        "events": lambda: desk.get("/sites/mall/events"),
        "tickets": lambda: manager.get("/sites/mall/tickets"),
        "ticket": lambda: desk.get(f"/tickets/{ticket}"),
        "me": lambda: desk.get("/me"),
        "take": lambda: desk.post("/sites/mall/tickets", {"service": "consult"}),
        "take with a key": lambda: desk.post(
            "/sites/mall/tickets", {"service": "consult"}, Idempotency_Key=f"k{len(waiting)}"
        ),
        "next": call,
        "start": lambda: desk.post(f"/tickets/{called[-1]}/start"),
        "counter": lambda: desk.get(mall.counter()),
        "explain": lambda: desk.get(f"{mall.counter()}/explain"),
        "finish": lambda: desk.post(f"/tickets/{called[-1]}/finish"),
        "cancel": lambda: desk.post(f"/tickets/{ticket}/cancel"),
    }


@pytest.mark.usefixtures("mall")
def test_statements_do_not_grow_with_the_queue(mall: Place) -> None:
    mall.open()
    waiting = [mall.take(), mall.take("refund")]
    few = {name: _count(act) for name, act in _acts(mall, waiting).items()}
    waiting += [mall.take(priority="elderly") for _ in range(20)] + [mall.take("refund") for _ in range(20)]
    many = {name: _count(act) for name, act in _acts(mall, waiting).items()}
    assert {n: (few[n], many[n]) for n in few if many[n] > few[n]} == {}
    assert {n: few[n] for n in few if few[n] > MOST[n]} == {}


STEP = 10
"""Statements of a step of a service that customers do by themselves: the figure of docs/flows.md."""


@pytest.mark.parametrize("with_key", [False, True])
@pytest.mark.parametrize("role", ["", "kiosk"])
def test_a_step_of_a_request_takes_few_statements(mall: Place, role: str, with_key: bool) -> None:
    from tests.rooms.services.way import published

    published(mall.hall)
    begun = mall.api("kiosk").post("/sites/mall/requests", {"flow": "trial", "channel": "phone"}).json
    api, path, keys = mall.api(role), f"/requests/{begun['code']}", iter("abcdef")

    def answer(step: str, revision: int, said: Any) -> int:
        body = {"step": step, "revision": revision, "answer": said}
        headers = {"Idempotency_Key": next(keys)} if with_key else {}
        return _count(lambda: api.post(f"{path}/answer", body, **headers))

    counted = [
        answer("kind", 0, "ask"),
        answer("kind", 1, "buy"),
        answer("order", 2, {"pieces": 2}),
        answer("kind", 3, "ask"),
        answer("question", 4, {"text": "When?"}),
    ]
    assert max(counted) <= STEP, counted
    assert _count(lambda: api.get(path)) <= 4
