"""Statements of the hot paths, and the only place that locks tickets.

Everything here runs inside a transaction of the site, which is the lock: no two writers of a
site are here at once, so there is no order of locks to get wrong.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import sql
from servicehall.kernel.ids import uuid7

from .discipline import Candidate
from .models import Ticket

POOL = "t.state = 'waiting' AND t.for_counter_id IS NULL AND t.for_staff_id IS NULL"


def _moment(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC)


def _kind(column: Any) -> str:
    return str((column.target_field if column.is_relation else column).get_internal_type())


_FIELDS = [f.attname for f in Ticket._meta.concrete_fields]
_COLUMNS = ", ".join(f"t.{f.column}" for f in Ticket._meta.concrete_fields)
# What Django's converters leave undone on SQLite; PostgreSQL's driver gives whole values.
_CONVERT: list[tuple[int, Callable[[Any], Any]]] = [
    (n, (lambda v: UUID(hex=v)) if kind == "UUIDField" else _moment)
    for n, f in enumerate(Ticket._meta.concrete_fields)
    if (kind := _kind(f)) in {"UUIDField", "DateTimeField"}
]


_START: dict[str, Any] = {
    "state": "waiting",
    "calls": 0,
    "waited": 0.0,
    "served": 0.0,
    "postponed": 0,
    "version": 1,
}
_BLANK = {
    f.attname: _START.get(f.attname, None if f.null else "") for f in Ticket._meta.concrete_fields
}  # a new ticket's columns in the table's order
_INSERT = (
    f"INSERT INTO queueing_ticket ({', '.join(str(f.column) for f in Ticket._meta.concrete_fields)})"
    f" VALUES ({sql.placeholders(len(_FIELDS))})"
)


def next_number(series: UUID, day: date, first: int) -> int:
    """The series' next number on the day: one statement on its counter row."""
    found = sql.row(
        "INSERT INTO queueing_seriesday (series_id, day, last) VALUES (%s, %s, %s)"
        " ON CONFLICT (series_id, day) DO UPDATE SET last = queueing_seriesday.last + 1 RETURNING last",
        series,
        day,
        first,
    )
    return int(found[0]) if found else 0


def insert_ticket(
    *,
    site: UUID,
    series: UUID,
    day: date,
    sequence: int,
    number: str,
    service: UUID,
    stage: UUID,
    priority: UUID,
    order_key: int,
    channel: str,
    language: str,
    at: datetime,
    note: str,
    customer: UUID | None = None,
) -> Ticket:
    """Insert a waiting ticket of a new visit, with a code of 128 random bits."""
    columns = _BLANK | {
        "id": uuid7(),
        "site_id": site,
        "visit_id": uuid7(),
        "code": secrets.token_urlsafe(16),
        "series_id": series,
        "day": day,
        "sequence": sequence,
        "number": number,
        "service_id": service,
        "stage_id": stage,
        "priority_id": priority,
        "order_key": order_key,
        "channel": channel,
        "language": language,
        "joined_at": at,
        "stage_since": at,
        "note": note,
        "customer_id": customer,
    }
    values = list(columns.values())
    sql.run(_INSERT, *values)
    return Ticket.from_db("default", _FIELDS, values)


def heads(stages: Collection[UUID], classes: Collection[UUID]) -> list[Candidate]:
    """The earliest waiting ticket of each (stage, class): one index probe a group."""
    if not stages or not classes:
        return []
    found = sql.rows(
        "SELECT s.id, c.id, (SELECT min(t.order_key) FROM queueing_ticket t"
        f" WHERE t.stage_id = s.id AND t.priority_id = c.id AND {POOL})"
        " FROM queueing_stage s, queueing_priorityclass c"
        f" WHERE s.id IN ({sql.placeholders(len(stages))}) AND c.id IN ({sql.placeholders(len(classes))})",
        *stages,
        *classes,
    )
    return [
        Candidate(sql.uuid(stage), sql.uuid(priority), key)  # type: ignore[arg-type]
        for stage, priority, key in found
        if key is not None
    ]


def by_directed() -> str:
    """SQLite's planner passes over this index while it is all but empty, and reads every past ticket instead."""
    return "" if sql.is_postgresql() else " INDEXED BY ticket_directed"


def directed(site: UUID, counter: UUID, staff: UUID | None) -> list[tuple[UUID, UUID, UUID, int]]:
    """Waiting tickets sent to this counter or person: (ticket, stage, class, arrival), earliest first."""
    found = sql.rows(
        f"SELECT id, stage_id, priority_id, order_key FROM queueing_ticket{by_directed()}"
        " WHERE site_id = %s AND state = 'waiting' AND (for_counter_id IS NOT NULL OR for_staff_id IS NOT NULL)"
        " AND (for_counter_id = %s OR (for_counter_id IS NULL AND for_staff_id = %s)) ORDER BY order_key LIMIT 50",
        site,
        counter,
        staff,
    )
    return [(sql.uuid(i), sql.uuid(s), sql.uuid(p), key) for i, s, p, key in found]  # type: ignore[misc]


def sent(site: UUID, limit: int) -> list[Ticket]:
    """The first ``limit`` tickets at the site that wait for one counter or person."""
    return tickets(
        "t.site_id = %s AND t.state = 'waiting' AND (t.for_counter_id IS NOT NULL OR t.for_staff_id IS NOT NULL)"
        " ORDER BY t.order_key LIMIT %s",
        site,
        limit,
        index=by_directed(),
    )


def tickets(where: str, *params: Any, index: str = "") -> list[Ticket]:
    """Whole tickets by a raw condition (the ORM takes a millisecond to write this statement)."""
    found = sql.rows(f"SELECT {_COLUMNS} FROM queueing_ticket t{index} WHERE {where}", *params)
    if sql.is_postgresql():
        return [Ticket.from_db("default", _FIELDS, values) for values in found]
    tickets = []
    for row in found:
        values = list(row)
        for n, convert in _CONVERT:
            if values[n] is not None:
                values[n] = convert(values[n])
        tickets.append(Ticket.from_db("default", _FIELDS, values))
    return tickets


def ticket(ticket_id: UUID) -> Ticket | None:
    """The ticket with that id."""
    return next(iter(tickets("t.id = %s", ticket_id)), None)


def ticket_at(counter_id: UUID) -> Ticket | None:
    """The ticket that is called or served at the counter."""
    return next(iter(tickets("t.counter_id = %s AND t.state IN ('called', 'serving')", counter_id)), None)


@dataclass(frozen=True, slots=True)
class Position:
    """A counter at work: who is there, and whether they have a customer."""

    counter_id: UUID
    site_id: UUID
    staff_id: UUID | None
    state: str
    is_busy: bool


def position(counter_id: UUID) -> Position | None:
    """A counter's position; None when nobody was ever there."""
    found = sql.row(
        "SELECT s.site_id, s.staff_id, s.state, EXISTS (SELECT 1 FROM queueing_ticket t"
        " WHERE t.counter_id = s.counter_id AND t.state IN ('called', 'serving'))"
        " FROM queueing_counterstatus s WHERE s.counter_id = %s",
        counter_id,
    )
    if found is None:
        return None
    return Position(counter_id, sql.uuid(found[0]), sql.uuid(found[1]), found[2], bool(found[3]))  # type: ignore[arg-type]


def at_head(candidate: Candidate) -> Ticket:
    """The waiting ticket that is that head."""
    return tickets(
        f"t.stage_id = %s AND t.priority_id = %s AND t.order_key = %s AND {POOL} ORDER BY t.sequence LIMIT 1",
        candidate.stage,
        candidate.priority,
        candidate.order_key,
    )[0]


_AHEAD = (
    "(SELECT count(*) FROM queueing_ticket t WHERE t.stage_id = %s AND t.priority_id = %s"
    f" AND {POOL} AND t.order_key < %s)"
)


def standing(stage: UUID, limits: dict[UUID, int]) -> tuple[int, int, int]:
    """(how many of the stage's waiting tickets arrived before their class's limit, open counters, idle ones).

    The counters are those in use that serve the stage. One statement: every ticket view asks this.
    """
    params: list[Any] = []
    for priority, limit in limits.items():
        params += [stage, priority, limit]
    found = sql.row(
        f"SELECT {' + '.join([_AHEAD] * len(limits)) or '0'}, count(*), count(*) FILTER (WHERE NOT EXISTS"
        " (SELECT 1 FROM queueing_ticket b WHERE b.counter_id = s.counter_id AND b.state IN ('called', 'serving')))"
        " FROM queueing_counter_stages cs JOIN queueing_counterstatus s ON s.counter_id = cs.counter_id"
        " JOIN queueing_counter c ON c.id = cs.counter_id WHERE cs.stage_id = %s AND s.state = 'open' AND c.is_active",
        *params,
        stage,
    )
    return (int(found[0]), int(found[1]), int(found[2])) if found else (0, 0, 0)


def behind(stage: UUID, limits: dict[UUID, int], places: int) -> list[Candidate]:
    """The first tickets of each class that stand behind its limit, ``places`` of each."""
    pairs = list(limits.items())
    one = (
        "SELECT * FROM (SELECT t.priority_id, t.order_key FROM queueing_ticket t WHERE t.stage_id = %s"
        f" AND t.priority_id = %s AND {POOL} AND t.order_key >= %s ORDER BY t.order_key LIMIT %s) AS part"
    )
    params: list[Any] = []
    for priority, limit in pairs:
        params += [stage, priority, limit, places]
    found = sql.rows(" UNION ALL ".join([one] * len(pairs)), *params)
    return [Candidate(stage, sql.uuid(priority), key) for priority, key in found]  # type: ignore[arg-type]


_LINE = (
    "SELECT * FROM (SELECT t.id, t.number, t.stage_id, t.priority_id, t.order_key, t.stage_since, t.joined_at"
    f" FROM queueing_ticket t WHERE t.stage_id = %s AND t.priority_id = %s AND {POOL}"
    " ORDER BY t.order_key LIMIT %s) AS part"
)


def line(groups: Sequence[tuple[UUID, UUID]], limit: int) -> list[tuple[Any, ...]]:
    """The first ``limit`` waiting tickets of each (stage, class) group."""
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(groups), 100):
        part = groups[start : start + 100]
        params: list[Any] = []
        for stage, priority in part:
            params += [stage, priority, limit]
        found += sql.rows(" UNION ALL ".join([_LINE] * len(part)), *params)
    return found


def waiting_groups(stages: Collection[UUID]) -> list[tuple[UUID, UUID, int, int]]:
    """(stage, class, how many wait, earliest arrival) of each group that has somebody."""
    if not stages:
        return []
    found = sql.rows(
        "SELECT t.stage_id, t.priority_id, count(*), min(t.order_key) FROM queueing_ticket t"
        f" WHERE t.stage_id IN ({sql.placeholders(len(stages))}) AND {POOL} GROUP BY t.stage_id, t.priority_id",
        *stages,
    )
    return [(sql.uuid(s), sql.uuid(p), int(n), int(key)) for s, p, n, key in found]  # type: ignore[misc]


def issued_on(service: UUID, site: UUID, day: date) -> int:
    """How many tickets of a service were issued on a business day."""
    return Ticket.objects.filter(site_id=site, day=day, service_id=service).count()


def waiting_for(stages: Collection[UUID]) -> int:
    """How many wait for these stages, directed ones included."""
    return Ticket.objects.filter(stage_id__in=stages, state="waiting").count()


# What an act may change on a ticket; undo puts exactly these back.
CHANGEABLE = [
    "service_id",
    "stage_id",
    "priority_id",
    "state",
    "order_key",
    "stage_since",
    "called_at",
    "recalled_at",
    "started_at",
    "ended_at",
    "calls",
    "waited",
    "served",
    "counter_id",
    "staff_id",
    "for_counter_id",
    "for_staff_id",
    "note",
    "reason",
    "outcome",
    "held_until",
    "postponed",
    "near_at",
    "merged_into_id",
]


_SAVE = f"UPDATE queueing_ticket SET {', '.join(f'{n} = %s' for n in (*CHANGEABLE, 'version'))} WHERE id = %s"


def save(ticket: Ticket) -> None:
    """Write what an act changed, as the next version of the row."""
    ticket.version += 1
    columns = ticket.__dict__
    sql.run(_SAVE, *[columns[name] for name in CHANGEABLE], ticket.version, columns["id"])


def snapshot(ticket: Ticket) -> dict[str, Any]:
    """The changeable columns, for :func:`remember` and :func:`restore`."""
    columns = ticket.__dict__
    return {name: columns[name] for name in CHANGEABLE}


def restore(ticket: Ticket, kept: dict[str, Any]) -> None:
    """Put a snapshot's columns, as they were read from JSON, back (not yet written)."""
    for name in CHANGEABLE:
        value = kept[name]
        if value is not None and name.endswith("_id"):
            value = UUID(value)
        elif value is not None and (name.endswith(("_at", "_until")) or name == "stage_since"):
            value = datetime.fromisoformat(value)
        setattr(ticket, name, value)
