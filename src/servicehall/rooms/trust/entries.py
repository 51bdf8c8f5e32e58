"""What of an event goes into the tree: a leaf without personal data, bound to the record by a salted digest. Pure.

The texts are exact: whoever checks a record needs these very bytes. They are JSON with sorted keys, in
UTF-8, without spaces; moments are in UTC with a Z, and have microseconds only where there are some.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import orjson

from servicehall.kernel.events import moment

TYPE = "servicehall.event.v1"
SALT = 32
_FORM = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z


class Recorded(Protocol):
    """An event as the log holds it; ids may be text already."""

    @property
    def site_id(self) -> UUID | str: ...
    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def actor_id(self) -> UUID | str | None: ...
    @property
    def channel(self) -> str: ...
    @property
    def visit_id(self) -> UUID | str | None: ...
    @property
    def subject_id(self) -> UUID | str | None: ...
    @property
    def data(self) -> Any: ...


class Row(NamedTuple):
    """An event whose ids stay as the database gave them: for passes over a whole log."""

    site_id: UUID | str
    seq: int
    kind: str
    version: int
    at: datetime
    actor_kind: str
    actor_id: UUID | str | None
    channel: str
    visit_id: UUID | str | None
    subject_id: UUID | str | None
    data: Any


def _dashed(value: Any) -> UUID | str | None:
    """An id as it is written: SQLite holds it as hexadecimal digits only."""
    if not isinstance(value, str):
        found: UUID | None = value
        return found
    return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}"


def row(found: tuple[Any, ...]) -> Row:
    """An event from the log's columns."""
    site, seq, kind, version, at, actor_kind, actor, channel, visit, subject, data = found
    return Row(
        _dashed(site) or "",
        seq,
        kind,
        version,
        moment(at),
        actor_kind,
        _dashed(actor),
        channel,
        _dashed(visit),
        _dashed(subject),
        orjson.loads(data) if isinstance(data, str) else data,
    )


def _written(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=_FORM)


def record(event: Recorded) -> bytes:
    """The whole event as it stands in the log."""
    return _written(
        {
            "actor_id": event.actor_id,
            "actor_kind": event.actor_kind,
            "at": event.at,
            "channel": event.channel,
            "data": event.data,
            "kind": event.kind,
            "seq": event.seq,
            "site": event.site_id,
            "subject_id": event.subject_id,
            "version": event.version,
            "visit_id": event.visit_id,
        }
    )


def commitment(salt: bytes, written: bytes) -> str:
    """The record's digest. Without the salt nobody can find out by trying what the record says."""
    return hmac.digest(salt, written, "sha256").hex()


def leaf(event: Recorded, salt: bytes) -> bytes:
    """The entry of an event in the tree."""
    return _written(
        {
            "at": event.at,
            "commitment": commitment(salt, record(event)),
            "kind": event.kind,
            "seq": event.seq,
            "site": event.site_id,
            "type": TYPE,
        }
    )


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry of the tree, with what binds it to its record (None: unlinked for good)."""

    index: int
    entry: bytes
    salt: bytes | None

    def fits(self, event: Recorded | None) -> bool:
        """Whether the record is the one that the entry was made of; an unlinked one cannot be compared."""
        if self.salt is None:
            return True
        return event is not None and leaf(event, self.salt) == self.entry

    @property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.entry)
        return found
