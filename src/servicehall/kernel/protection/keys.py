"""Data keys: each person has their own, wrapped by a root key; a blind index has one for its column.

Whoever reads asks the database which keys a person has, so a key destroyed by any process is gone for all
at once; what is cached in the process is only the work of unwrapping. Whoever writes locks the person's
newest key to the end of the transaction, so that no value is sealed under a key that is being changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count

from servicehall.kernel import clock, sql, transactions
from servicehall.kernel.events import record
from servicehall.kernel.models import DataKey
from servicehall.kernel.rights import Actor

from . import root_keys
from .events import KeyDestroyed
from .refusals import PersonErased, Unreadable
from .suites import Suite, chosen, marked

CACHED = 20_000
"""Unwrapped keys kept in a process."""

_COLUMNS = "owner_id, version, suite, wrapped, destroyed_at, use"
_SAMPLES = (
    "SELECT use, owner_id, version, suite, wrapped, root_version FROM kernel_datakey WHERE id IN"
    " (SELECT min(id) FROM kernel_datakey WHERE destroyed_at IS NULL GROUP BY root_version) ORDER BY root_version"
)


@dataclass(frozen=True, slots=True)
class OpenKey:
    """An unwrapped data key."""

    version: int
    suite: Suite
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """What a person has: keys by version, or nothing because they were destroyed."""

    open: dict[int, OpenKey]
    is_destroyed: bool = False


def _bound(use: str, owner: UUID, version: int, suite: int, *, wrapping: int, root: int) -> bytes:
    return f"servicehall data key|{use}|{owner}|{version}|{suite}|{wrapping}|{root}".encode()


def _wrap(use: str, owner: UUID, version: int, suite: Suite, secret: bytes) -> tuple[int, bytes]:
    """The newest root key's number, and the secret under it: mark ‖ root number (4) ‖ sealed."""
    held, wrapping = root_keys.ring(), chosen()
    root = held.newest
    sealed = wrapping.seal(
        held.key(root, wrapping),
        secret,
        _bound(use, owner, version, suite.mark, wrapping=wrapping.mark, root=root),
    )
    return root, bytes((wrapping.mark,)) + root.to_bytes(4, "big") + sealed


@lru_cache(maxsize=CACHED)
def _unwrapped(use: str, owner: UUID, version: int, suite: int, wrapped: bytes) -> OpenKey:
    if len(wrapped) < 5:
        raise Unreadable("truncated")
    wrapping, root = marked(wrapped[0]), int.from_bytes(wrapped[1:5], "big")
    key = root_keys.ring(needs=root).key(root, wrapping)
    secret = wrapping.open(
        key, wrapped[5:], _bound(use, owner, version, suite, wrapping=wrapping.mark, root=root)
    )
    return OpenKey(version, marked(suite), secret)


def _opened(row: tuple[Any, ...]) -> OpenKey:
    owner, version, suite, wrapped, _destroyed, use = row
    return _unwrapped(use, sql.uuid(owner) or UUID(int=0), int(version), int(suite), bytes(wrapped))


def of_many(owners: Collection[UUID]) -> dict[UUID, Keys]:
    """The keys of these persons (one query); who has none is left out."""
    if not owners:
        return {}
    found: dict[UUID, dict[int, OpenKey]] = defaultdict(dict)
    destroyed = set()
    rows = sql.rows(
        f"SELECT {_COLUMNS} FROM kernel_datakey WHERE owner_id IN ({sql.placeholders(len(owners))})", *owners
    )
    for row in rows:
        owner = sql.uuid(row[0]) or UUID(int=0)
        if row[4] is not None:
            destroyed.add(owner)
        else:
            found[owner][int(row[1])] = _opened(row)
    return {
        owner: Keys({} if owner in destroyed else found[owner], owner in destroyed)
        for owner in (destroyed | found.keys())
    }


def of(owner: UUID) -> Keys:
    """The keys of one person (one query, or none for who holds them)."""
    held: Keys | None = transactions.memory().get(("data keys", owner)) if transactions.is_open() else None
    return held or of_many([owner]).get(owner, Keys({}))


def hold(owner: UUID) -> None:
    """Lock a person's keys to the end of the transaction, for who reads and then writes: one query for both.

    Raises:
        OutsideTransaction: no transaction is open.
    """
    memory = transactions.memory()
    lock = " FOR UPDATE" if sql.is_postgresql() else ""
    rows = sql.rows(
        f"SELECT {_COLUMNS} FROM kernel_datakey WHERE owner_id = %s ORDER BY version DESC{lock}", owner
    )
    if not rows or any(row[4] is not None for row in rows):
        return  # whoever writes makes one or is refused, as without
    memory["data keys", owner] = Keys({int(row[1]): _opened(row) for row in rows})
    if marked(int(rows[0][2])) == chosen():
        memory["data key", owner] = _opened(rows[0])


def for_writing(owner: UUID, tenant: UUID, *, use: str = "person") -> OpenKey:
    """The key to seal with, held to the end of the transaction; made when there is none of today's suite.

    Raises:
        OutsideTransaction: no transaction is open.
        PersonErased: the person's key was destroyed.
    """
    memory = transactions.memory()
    kept: OpenKey | None = memory.get(("data key", owner))
    if kept is not None:
        return kept
    newest = _locked(owner)
    if newest is not None and newest[4] is not None:
        raise PersonErased
    if newest is None or marked(int(newest[2])) != chosen():
        add(owner, tenant, after=int(newest[1]) if newest else 0, use=use)
        newest = _locked(owner)
    assert newest is not None  # noqa: S101 - it was made above
    memory["data key", owner] = found = _opened(newest)
    return found


def _locked(owner: UUID) -> tuple[Any, ...] | None:
    lock = " FOR UPDATE" if sql.is_postgresql() else ""
    return sql.row(
        f"SELECT {_COLUMNS} FROM kernel_datakey WHERE owner_id = %s ORDER BY version DESC LIMIT 1{lock}",
        owner,
    )


def add(owner: UUID, tenant: UUID, *, after: int, use: str = "person") -> None:
    """Give an owner a new key with the number after ``after``, unless somebody else just did."""
    suite, version = chosen(), after + 1
    root, wrapped = _wrap(use, owner, version, suite, suite.new_key())
    sql.run(
        "INSERT INTO kernel_datakey"
        " (use, owner_id, tenant_id, version, suite, root_version, wrapped, created_at)"
        f" VALUES ({sql.placeholders(8)}) ON CONFLICT (owner_id, version) DO NOTHING",
        *(use, owner, tenant, version, suite.mark, root, wrapped, clock.now()),
    )
    _let_go(owner)


def _let_go(owner: UUID) -> None:
    for name in ("data key", "data keys"):
        transactions.memory().pop((name, owner), None)


def drop_before(owner: UUID, version: int) -> None:
    """Take away older keys of an owner, when nothing is sealed under them any more."""
    transactions.memory().pop(("data keys", owner), None)
    DataKey.objects.filter(owner_id=owner, version__lt=version).delete()


def destroy(owner: UUID, *, by: Actor) -> None:
    """Make everything under a person's key unreadable, for good; a second time changes nothing."""
    now = clock.now()
    _let_go(owner)
    _locked(owner)
    count = DataKey.objects.filter(owner_id=owner, destroyed_at=None).update(wrapped=b"", destroyed_at=now)
    if count:
        record(KeyDestroyed(owner, count), actor=by, at=now, subject_id=owner)
    transactions.afterwards(forget)


def rewrap(limit: int) -> int:
    """Wrap some of the keys with the newest root key; returns how many were left to do and done."""
    newest = root_keys.ring().newest
    todo = DataKey.objects.exclude(root_version=newest).filter(destroyed_at=None).order_by("pk")
    done = 0
    for row in todo.select_for_update(skip_locked=sql.is_postgresql())[:limit]:
        opened = _unwrapped(row.use, row.owner_id, row.version, row.suite, bytes(row.wrapped))
        row.root_version, row.wrapped = _wrap(row.use, row.owner_id, row.version, opened.suite, opened.secret)
        row.save(update_fields=["root_version", "wrapped"])
        done += 1
    return done


def samples(rows: Callable[[str], Iterable[tuple[Any, ...]]] = sql.rows) -> list[dict[str, Any]]:
    """A wrapped key of each root key, as a backup keeps it to tell at once which root keys it needs.

    In one statement: between two, the only key of a root key may be destroyed.

    Args:
        rows: what asks the database that is meant, when it is not the hall's own but a copy.
    """
    return [
        {
            "use": use, "owner": str(sql.uuid(owner)), "version": version, "suite": suite,
            "wrapped": bytes(wrapped).hex(), "root": root,
        }
        for use, owner, version, suite, wrapped, root in rows(_SAMPLES)
    ]  # fmt: skip


def check_sample(sample: dict[str, Any]) -> None:
    """See that the root keys at hand open what :func:`samples` gave.

    Raises:
        CannotStart, Unreadable: they cannot be had, or are not those of that database.
    """
    _unwrapped(
        sample["use"], UUID(sample["owner"]), int(sample["version"]), int(sample["suite"]),
        bytes.fromhex(sample["wrapped"]),
    )  # fmt: skip


def destroyed() -> dict[UUID, datetime]:
    """Whose keys were destroyed, and when."""
    rows = DataKey.objects.exclude(destroyed_at=None).values_list("owner_id", "destroyed_at")
    return {owner: at for owner, at in rows.order_by("destroyed_at") if at is not None}


def forget() -> None:
    """Unwrap every key anew at its next use."""
    _unwrapped.cache_clear()


def counts() -> dict[int, int]:
    """How many keys each root key wraps."""
    rows = DataKey.objects.filter(destroyed_at=None).order_by().values_list("root_version")
    return dict(rows.annotate(count=Count("pk")))
