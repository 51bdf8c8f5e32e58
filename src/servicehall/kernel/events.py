"""The event log: what happened, written with the state, never changed.

A fact is a frozen dataclass registered with :func:`fact`. Its fields are ids, numbers, names of
things and moments; never a customer's name, phone number or other personal data.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Protocol, TypeVar
from uuid import UUID

import orjson

from . import sql, transactions
from .rights import Actor


class Fact(Protocol):
    """What :func:`fact` makes of a dataclass."""

    kind: ClassVar[str]
    version: ClassVar[int]
    __dataclass_fields__: ClassVar[dict[str, Any]]


F = TypeVar("F")
_known: dict[str, type[Any]] = {}


def fact(kind: str, *, version: int = 1) -> Callable[[type[F]], type[F]]:
    """Register a frozen dataclass as the fact stored under ``kind``."""

    def register(cls: type[F]) -> type[F]:
        if kind in _known and _known[kind].__qualname__ != cls.__qualname__:
            raise ValueError(f"two facts are called {kind}")
        cls.kind = kind  # type: ignore[attr-defined]
        cls.version = version  # type: ignore[attr-defined]
        _known[kind] = cls
        return cls

    return register


def known_kinds() -> dict[str, type[Any]]:
    """Every registered kind of fact."""
    return dict(_known)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def plain(item: Any) -> dict[str, Any]:
    """A fact's fields as JSON values."""
    return {name: _plain(getattr(item, name)) for name in item.__match_args__}


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An event on its way into the log."""

    kind: str
    version: int
    at: datetime
    actor: Actor
    visit_id: UUID | None
    subject_id: UUID | None
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it stands in the log."""

    site_id: UUID
    seq: int
    kind: str
    version: int
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    channel: str
    visit_id: UUID | None
    subject_id: UUID | None
    data: dict[str, Any]


def record(
    item: Any, *, actor: Actor, at: datetime, subject_id: UUID | None = None, visit_id: UUID | None = None
) -> None:
    """Write the fact in the log of the open transaction's site, when it commits.

    Raises:
        OutsideTransaction: no transaction is open.
    """
    transactions.pending().append(
        PendingEvent(item.kind, item.version, at, actor, visit_id, subject_id, plain(item))
    )


COLUMNS = "site_id, seq, kind, version, at, actor_kind, actor_id, channel, visit_id, subject_id, data"


def write(site_id: UUID, items: list[PendingEvent]) -> int:
    """Number and insert the events: two statements, the last ones of a transaction."""
    if not items:
        return 0
    found = sql.row(
        "INSERT INTO kernel_sitelog (site_id, last) VALUES (%s, %s)"
        " ON CONFLICT (site_id) DO UPDATE SET last = kernel_sitelog.last + excluded.last RETURNING last",
        site_id,
        len(items),
    )
    seq = (int(found[0]) if found else 0) - len(items)
    values: list[Any] = []
    for item in items:
        seq += 1
        values += [
            site_id,
            seq,
            item.kind,
            item.version,
            item.at,
            item.actor.kind,
            item.actor.id,
            item.actor.channel,
            item.visit_id,
            item.subject_id,
            orjson.dumps(item.data).decode(),
        ]
    one = f"({sql.placeholders(11)})"
    sql.run(f"INSERT INTO kernel_event ({COLUMNS}) VALUES {', '.join([one] * len(items))}", *values)
    return len(items)


def moment(value: Any) -> datetime:
    """A moment as a raw statement returns it: SQLite gives text in UTC without a zone."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def stored(found: Iterable[tuple[Any, ...]]) -> list[StoredEvent]:
    """Events from rows of ``COLUMNS``."""
    events = []
    for site, seq, kind, version, at, actor_kind, actor, channel, visit, subject, data in found:
        events.append(
            StoredEvent(
                sql.uuid(site) or transactions.INSTALLATION,
                seq,
                kind,
                version,
                moment(at),
                actor_kind,
                sql.uuid(actor),
                channel,
                sql.uuid(visit),
                sql.uuid(subject),
                json.loads(data) if isinstance(data, str) else data,
            )
        )
    return events


def after(site_id: UUID, seq: int, limit: int = 500) -> list[StoredEvent]:
    """The site's events with a number above ``seq``, oldest first."""
    return stored(
        sql.rows(
            f"SELECT {COLUMNS} FROM kernel_event WHERE site_id = %s AND seq > %s ORDER BY seq LIMIT %s",
            site_id,
            seq,
            limit,
        )
    )


def of_kinds(site_id: UUID, seq: int, kinds: Collection[str]) -> list[StoredEvent]:
    """The site's events of these kinds with a number above ``seq``, oldest first: looks at all events after it."""
    marks = ", ".join(["%s"] * len(kinds))
    return stored(
        sql.rows(
            f"SELECT {COLUMNS} FROM kernel_event WHERE site_id = %s AND seq > %s AND kind IN ({marks}) ORDER BY seq",
            site_id,
            seq,
            *kinds,
        )
    )


def last_before(site_id: UUID, when: datetime) -> int:
    """The number of the site's last event before a moment (0: none), found by halving: moments have no index."""
    low, high = 0, last_seq(site_id)
    while low < high:
        middle = (low + high + 1) // 2
        found = sql.row("SELECT at FROM kernel_event WHERE site_id = %s AND seq = %s", site_id, middle)
        if found is None or moment(found[0]) < when:
            low = middle
        else:
            high = middle - 1
    return low


def of_visit(visit_id: UUID) -> list[StoredEvent]:
    """Everything that happened in a visit, oldest first."""
    return stored(sql.rows(f"SELECT {COLUMNS} FROM kernel_event WHERE visit_id = %s ORDER BY seq", visit_id))


def about(subject_id: UUID) -> list[StoredEvent]:
    """What happened to somebody or something outside of visits, in every log, oldest first (one query)."""
    return stored(
        sql.rows(
            f"SELECT {COLUMNS} FROM kernel_event WHERE subject_id = %s"
            " AND subject_id IS NOT NULL AND visit_id IS NULL ORDER BY id",  # as the index has it
            subject_id,
        )
    )


def last_seq(site_id: UUID) -> int:
    """The number of the site's newest event (0: none yet)."""
    found = sql.row("SELECT last FROM kernel_sitelog WHERE site_id = %s", site_id)
    return int(found[0]) if found else 0


def heads() -> dict[UUID, int]:
    """The newest number of every log."""
    return {
        sql.uuid(site) or transactions.INSTALLATION: int(last)
        for site, last in sql.rows("SELECT site_id, last FROM kernel_sitelog")
    }
