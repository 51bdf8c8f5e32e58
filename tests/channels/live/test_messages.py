"""What streams say of events: everything to those with the right, a listed part to the public."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from servicehall.channels.live.messages import (
    ALL,
    BOARD,
    MOVES,
    ON_BOARDS,
    ON_THE_PHONE,
    beat,
    counter_topic,
    entry_of,
    ticket_topic,
)
from servicehall.kernel.events import StoredEvent, known_kinds

pytestmark = pytest.mark.one_database
NEEDLE = "needle"
PRIVATE = {
    "staff",
    "for_staff",
    "priority",
    "from_priority",
    "reason",
    "note",
    "outcome",
    "ticket",
    "into",
    "facts",
    "code",
    "picked",
}


def stored(kind: str, **data: Any) -> StoredEvent:
    return StoredEvent(
        site_id=uuid4(),
        seq=7,
        kind=kind,
        version=1,
        at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        actor_kind="staff",
        actor_id=UUID(int=0xBADBADBAD),
        channel="desk",
        visit_id=UUID(int=0xCAFECAFE),
        subject_id=UUID(int=0xF00DF00D),
        data=data,
    )


def data_of(text: bytes) -> dict[str, Any]:
    kind, data, *rest = text.decode().split("\n")
    assert kind.startswith("event: ")
    assert rest == ["", ""]
    found: dict[str, Any] = orjson.loads(data.removeprefix("data: "))
    return found


@pytest.mark.parametrize("kind", sorted(known_kinds()))
def test_public_streams_never_carry_what_is_private(kind: str) -> None:
    facts = {field.name: f"{NEEDLE}-{field.name}" for field in fields(known_kinds()[kind])}
    event = stored(kind, **facts)
    entry = entry_of(event)
    for topic in (BOARD, ticket_topic(f"{NEEDLE}-ticket")):
        text = entry.texts.get(topic, b"").decode()
        for name in PRIVATE:
            assert f"{NEEDLE}-{name}" not in text
        for secret in (event.actor_id, event.visit_id, event.subject_id):
            assert str(secret) not in text


def test_what_is_public_is_named_field_by_field() -> None:
    for names in (*ON_BOARDS.values(), *ON_THE_PHONE.values()):
        assert not names & PRIVATE


def test_every_kind_that_is_listed_exists_with_these_fields() -> None:
    for table in (ON_BOARDS, ON_THE_PHONE):
        for kind, names in table.items():
            assert names <= {field.name for field in fields(known_kinds()[kind])}, kind
    assert set(known_kinds()) >= MOVES


def test_an_unknown_kind_is_not_public() -> None:
    entry = entry_of(stored("something.new", note="x"))
    assert set(entry.texts) == {ALL}
    assert not entry.moves


def test_those_with_the_right_see_all_of_it() -> None:
    event = stored("ticket.called", ticket="t-1", counter="c-1", staff="s-1", number="A001")
    entry = entry_of(event)
    whole = data_of(entry.texts[ALL])
    assert whole["staff"] == "s-1"
    assert whole["kind"] == "ticket.called"
    assert whole["seq"] == 7
    assert whole["at"] == "2026-11-23T09:30:00Z"
    assert whole["site"] == str(event.site_id)
    assert whole["actor"] == {"kind": "staff", "id": str(event.actor_id)}
    assert entry.texts[counter_topic("c-1")] is entry.texts[ALL]


def test_a_ticket_hears_of_itself_and_boards_of_calls() -> None:
    entry = entry_of(stored("ticket.called", ticket="t-1", number="A001", counter_label="3", staff="s-1"))
    assert data_of(entry.texts[ticket_topic("t-1")]) == {
        "number": "A001",
        "counter_label": "3",
        "seq": 7,
        "kind": "ticket.called",
        "at": "2026-11-23T09:30:00Z",
    }
    assert data_of(entry.texts[BOARD]) == data_of(entry.texts[ticket_topic("t-1")])
    assert BOARD not in entry_of(stored("ticket.near", ticket="t-1", number="A001", ahead=2)).texts


@pytest.mark.parametrize("kind", ["load.begun", "load.undone", "load.over"])
def test_kiosks_and_tickets_hear_that_relief_came_or_went_and_nothing_of_the_rule(kind: str) -> None:
    entry = entry_of(stored(kind, episode="e-1", rule="r-1", rule_names={"en": NEEDLE}, action="notice"))
    assert set(data_of(entry.texts[BOARD])) == {"seq", "kind", "at"}
    assert kind in MOVES


def test_a_counter_hears_of_customers_sent_to_it() -> None:
    entry = entry_of(stored("ticket.transferred", ticket="t-1", counter="c-1", for_counter="c-2"))
    assert {counter_topic("c-1"), counter_topic("c-2")} <= set(entry.texts)


def test_a_line_break_in_a_fact_cannot_make_a_message_of_its_own() -> None:
    text = entry_of(stored("service.closed", service="x\n\nevent: ticket.called\ndata: {}")).texts[BOARD]
    assert text.count(b"\n") == 3


def test_a_sign_of_life_tells_where_the_log_is() -> None:
    assert beat(b"9", {"s": 9}) == b'id: 9\nevent: ping\ndata: {"kind":"ping","seq":9}\n\n'
    assert b'"sites":{"a":1,"b":2}' in beat(b"x.1.2", {"a": 1, "b": 2})
