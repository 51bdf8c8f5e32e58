"""What each kind of stream says of an event. Public streams say only what is listed here.

Left out of public streams on purpose: staff, priority class (it may tell of a disability),
reasons, outcomes and notes, the ticket's id and its code. A new fact or field is not public
until somebody lists it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson

from servicehall.channels.live.feed import Entry
from servicehall.kernel.events import StoredEvent

ALL = "all"
BOARD = "board"

_WHAT = frozenset({"number", "service", "stage"})
_WHERE = _WHAT | {"counter", "counter_label", "zone"}
_DESK = frozenset({"counter", "counter_label", "zone"})

ON_BOARDS: dict[str, frozenset[str]] = {
    "ticket.issued": _WHAT,
    "ticket.called": _WHERE | {"call"},
    "ticket.recalled": _WHERE | {"call"},
    "ticket.started": _WHERE,
    "ticket.held": _WHERE,
    "ticket.resumed": _WHERE,
    "ticket.transferred": _WHAT,
    "ticket.advanced": _WHERE,
    "ticket.finished": _WHERE,
    "ticket.no-show": _WHERE,
    "ticket.requeued": _WHAT,
    "ticket.postponed": _WHAT,
    "ticket.cancelled": _WHAT,
    "ticket.expired": _WHAT,
    "ticket.merged": _WHAT,
    "ticket.undone": _WHAT | {"counter", "undone", "state"},
    "counter.opened": _DESK,
    "counter.paused": _DESK,
    "counter.closed": _DESK,
    "service.closed": frozenset({"service"}),
    "service.reopened": frozenset({"service"}),
    "setup.changed": frozenset({"thing"}),
    # Kiosks show other services and offers; with which rule is nobody's business.
    "load.begun": frozenset(),
    "load.undone": frozenset(),
    "load.over": frozenset(),
}

ON_THE_PHONE: dict[str, frozenset[str]] = {
    kind: names for kind, names in ON_BOARDS.items() if kind.startswith("ticket.")
} | {
    "ticket.near": _WHAT | {"ahead"},
    "ticket.postponed": _WHAT | {"places"},
    "ticket.reclassed": _WHAT,
}

_ROUND = frozenset({"revision"})
ON_BOTH_ENDS: dict[str, frozenset[str]] = dict.fromkeys(
    (
        *("request.answered", "request.went-back", "request.done-step", "request.paying"),
        *("request.asked-person", "request.needs-person", "request.ended", "request.left"),
        *("move.claimed", "move.taken", "move.closed"),
    ),
    _ROUND,
)
"""Of a request: that it went on, not with what or how."""

OF_A_BOOKING: dict[str, frozenset[str]] = dict.fromkeys(
    (
        *("appointment.booked", "appointment.confirmed", "appointment.moved", "appointment.late"),
        *("appointment.cancelled", "appointment.released", "appointment.arrived", "appointment.lost"),
        *("appointment.returned", "appointment.ended"),
    ),
    frozenset({"starts_at"}),
)
"""Of a booking: that something happened with it, and when it is now."""

MOVES = frozenset(
    {
        "ticket.issued",
        "ticket.called",
        "ticket.transferred",
        "ticket.advanced",
        "ticket.finished",
        "ticket.no-show",
        "ticket.requeued",
        "ticket.postponed",
        "ticket.cancelled",
        "ticket.expired",
        "ticket.merged",
        "ticket.reclassed",
        "ticket.undone",
        "counter.opened",
        "counter.paused",
        "counter.closed",
        "load.begun",
        "load.undone",
        "load.over",
    }
)
"""Kinds after which a waiting customer's place or expected wait may be another."""


def ticket_topic(ticket_id: UUID | str) -> str:
    """The topic of one ticket's own events."""
    return f"ticket:{ticket_id}"


def request_topic(instance_id: UUID | str) -> str:
    """The topic of what happens with one customer's request."""
    return f"request:{instance_id}"


def booking_topic(appointment_id: UUID | str) -> str:
    """The topic of what happens with one booking."""
    return f"booking:{appointment_id}"


def counter_topic(counter_id: UUID | str) -> str:
    """The topic of what concerns one counter."""
    return f"counter:{counter_id}"


def entry_of(event: StoredEvent) -> Entry:
    """The event as every topic that it belongs to shows it; each form is encoded once."""
    facts = event.data
    whole = _message(event, {**facts, "site": event.site_id, **_envelope(event)})
    texts = {ALL: whole}
    for name in ("counter", "for_counter"):
        if counter := facts.get(name):
            texts[counter_topic(counter)] = whole
    if (names := ON_BOARDS.get(event.kind)) is not None:
        texts[BOARD] = _message(event, _only(names, facts))
    if (names := ON_THE_PHONE.get(event.kind)) is not None and (ticket := facts.get("ticket")):
        texts[ticket_topic(ticket)] = _message(event, _only(names, facts))
    if (names := ON_BOTH_ENDS.get(event.kind)) is not None and (instance := facts.get("instance")):
        texts[request_topic(instance)] = _message(event, _only(names, facts))
    if (names := OF_A_BOOKING.get(event.kind)) is not None and (booked := facts.get("appointment")):
        texts[booking_topic(booked)] = _message(event, _only(names, facts))
    return Entry(event.seq, texts, event.kind in MOVES)


def _only(names: frozenset[str], facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name in names}


def _envelope(event: StoredEvent) -> dict[str, Any]:
    return {
        "version": event.version,
        "subject": event.subject_id,
        "visit": event.visit_id,
        "actor": {"kind": event.actor_kind, "id": event.actor_id},
        "channel": event.channel,
    }


def _message(event: StoredEvent, facts: dict[str, Any]) -> bytes:
    data = orjson.dumps(
        facts | {"seq": event.seq, "kind": event.kind, "at": event.at}, option=orjson.OPT_UTC_Z
    )
    return b"event: %b\ndata: %b\n\n" % (event.kind.encode(), data)


def retry(milliseconds: int) -> bytes:
    """How long the browser waits before it connects again."""
    return b"retry: %d\n\n" % milliseconds


def beat(mark: bytes, heads: dict[str, int]) -> bytes:
    """A sign of life with the number of the site's last event, or of each site's.

    Its ``id`` moves a quiet reader's place in the log on.
    """
    data: dict[str, Any] = {"kind": "ping"}
    data |= {"seq": next(iter(heads.values()))} if len(heads) == 1 else {"sites": heads}
    return b"id: %b\nevent: ping\ndata: %b\n\n" % (mark, orjson.dumps(data))


def moved(mark: bytes, seq: int) -> bytes:
    """The queue moved: whoever shows a place or a wait should look again."""
    return b'id: %b\nevent: queue.moved\ndata: {"kind":"queue.moved","seq":%d}\n\n' % (mark, seq)


def reset(mark: bytes, seq: int | None) -> bytes:
    """Too far behind: fetch a fresh snapshot, then go on from here (the ``id``; ``seq`` for one site)."""
    data = {"kind": "reset"} if seq is None else {"kind": "reset", "seq": seq}
    return b"id: %b\nevent: reset\ndata: %b\n\n" % (mark, orjson.dumps(data))
