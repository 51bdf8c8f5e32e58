"""What of an event goes into the tree: a leaf without personal data, bound to the record by a salted digest. Pure.

The texts are exact: whoever checks a record needs these very bytes. They are JSON with sorted keys, in
UTF-8, without spaces; moments are in UTC with a Z, and have microseconds only where there are some.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from typing import Any

import orjson

from servicehall.kernel.events import StoredEvent

TYPE = "servicehall.event.v1"
SALT = 32
_FORM = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z


def _written(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value, option=_FORM)


def record(event: StoredEvent) -> bytes:
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


def leaf(event: StoredEvent, salt: bytes) -> bytes:
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

    def fits(self, event: StoredEvent | None) -> bool:
        """Whether the record is the one that the entry was made of; an unlinked one cannot be compared."""
        if self.salt is None:
            return True
        return event is not None and leaf(event, self.salt) == self.entry

    @property
    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.entry)
        return found
