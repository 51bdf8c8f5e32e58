"""Once means once: keys, repetitions, and many at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.channels.api.speaking import Answer, Api, Place, World

THREADS = 32


def test_the_first_answer_is_given_again(mall: Place) -> None:
    api = mall.api("desk")
    first = api.post("/sites/mall/tickets", {"service": "consult"}, Idempotency_Key="k1")
    again = api.post("/sites/mall/tickets", {"service": "consult"}, Idempotency_Key="k1")
    assert (again.status, again.body) == (201, first.body)
    assert again.headers["Location"] == first.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert mall.take()["number"] == "A002"


def test_a_key_belongs_to_one_request(mall: Place) -> None:
    api = mall.api("desk")
    api.post("/sites/mall/tickets", {"service": "consult"}, Idempotency_Key="k1")
    for path, body in (("/sites/mall/tickets", {"service": "refund"}), ("/counters/mall:1/sign-in", {})):
        refused = api.post(path, body, Idempotency_Key="k1")
        assert (refused.status, refused.kind) == (422, "idempotency-key-reused")
    kiosk = mall.api("kiosk").post("/sites/mall/tickets", {"service": "consult"}, Idempotency_Key="k1")
    assert kiosk.json["number"] == "A002"  # keys belong to a token


def test_a_refusal_is_not_kept(mall: Place) -> None:
    api, next_one = mall.api("desk"), f"{mall.counter()}/next"
    assert api.post(next_one, Idempotency_Key="n").kind == "counter-not-open"
    mall.open()
    assert api.post(next_one, Idempotency_Key="n").status == 204
    mall.take()
    again = api.post(next_one, Idempotency_Key="n")
    assert (again.status, again.headers["Idempotency-Replayed"]) == (
        204,
        "true",
    )  # what was answered, not what would be
    assert api.post(next_one, Idempotency_Key="n2").status == 200


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there"])
def test_keys_that_do_not_fit(mall: Place, key: str) -> None:
    refused = mall.api("desk").post("/sites/mall/tickets", {"service": "consult"}, Idempotency_Key=key)
    assert (refused.status, list(refused.json["errors"])) == (422, ["Idempotency-Key"])


def test_every_write_takes_a_key(mall: Place) -> None:
    mall.open()
    ticket = mall.take()
    call = mall.call()
    for act in ("start", "finish"):
        first = mall.act(call, act, Idempotency_Key=act)
        assert mall.act(call, act, Idempotency_Key=act).body == first.body
    rating = {"score": 5}
    own = mall.api()
    first = own.post(f"/tickets/{ticket['code']}/rate", rating, Idempotency_Key="r")
    assert own.post(f"/tickets/{ticket['code']}/rate", rating, Idempotency_Key="r").body == first.body
    other = mall.take()
    mine = own.post(f"/tickets/{other['code']}/cancel", Idempotency_Key="r")
    assert mine.json["state"] == "cancelled"  # a customer's keys belong to the ticket


def test_one_key_at_two_sites(world: World) -> None:
    api = Api(world.everywhere)
    assert api.post("/sites/mall/tickets", {"service": "consult"}, Idempotency_Key="k").status == 201
    assert (
        api.post("/sites/bank/tickets", {"service": "consult"}, Idempotency_Key="k").kind
        == "idempotency-key-reused"
    )


@pytest.fixture
def committed(transactional_db: None) -> Iterator[Place]:
    from servicehall.rooms.queueing import configuration
    from tests.channels.api.conftest import place

    yield place("mall")
    configuration.forget()


def at_once(count: int, act: Callable[[int], Answer]) -> list[Answer]:
    from django.db import connections

    answers: list[Any] = [None] * count
    start = threading.Barrier(count)

    def run(n: int) -> None:
        start.wait()
        try:
            answers[n] = act(n)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_32_at_once_with_one_key_take_one_ticket(committed: Place) -> None:
    answers = at_once(
        THREADS,
        lambda _n: committed.api("desk").post(
            "/sites/mall/tickets", {"service": "consult"}, Idempotency_Key="same"
        ),
    )
    assert {a.status for a in answers} == {201}
    assert len({a.body for a in answers}) == 1
    assert sum("Idempotency-Replayed" not in a.headers for a in answers) == 1
    assert len(committed.api("integration").get("/sites/mall/tickets").json["items"]) == 1


def test_32_at_once_get_consecutive_numbers(committed: Place) -> None:
    answers = at_once(
        THREADS,
        lambda n: committed.api("desk").post(
            "/sites/mall/tickets", {"service": "consult"}, Idempotency_Key=f"k{n}"
        ),
    )
    assert sorted(a.json["number"] for a in answers) == [f"A{n:03d}" for n in range(1, THREADS + 1)]
    assert sorted(a.json["people_ahead"] for a in answers) == list(range(THREADS))


def test_two_counters_never_get_the_same_customer(committed: Place) -> None:
    committed.open("1")
    committed.open("2")
    for _ in range(8):
        committed.take()

    def serve(n: int) -> Answer:
        api, counter = committed.api("desk"), committed.counter(str(n + 1))
        called = []
        while (answer := api.post(f"{counter}/next")).status == 200:
            called.append(answer.json["id"])
            api.post(f"/tickets/{answer.json['id']}/finish")
        answer.json = called
        return answer

    first, second = at_once(2, serve)
    assert len(set(first.json) | set(second.json)) == 8
    assert not set(first.json) & set(second.json)
