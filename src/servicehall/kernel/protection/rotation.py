"""New keys while the hall works, in small steps. Stopped at any moment, the next run goes on where it was.

A new root key: each data key is wrapped again, the data stays as it is. New data keys: each person gets a
new one, all of their rows are sealed again and the old key goes, person by person in one transaction, so
that a reader finds a row and its key together or reads again (see :mod:`fields`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db import models

from servicehall.kernel import clock, sql
from servicehall.kernel.events import record
from servicehall.kernel.models import DataKey, KeyChange
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction

from . import keys, root_keys
from .events import KeysChanged
from .fields import ProtectedText, Sealed, protected_fields

WRAPPED_AT_ONCE = 200
PERSONS_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a change has come."""

    done: int
    total: int
    resumed: bool


def unfinished() -> list[KeyChange]:
    """Changes that were stopped, or go on elsewhere at this moment."""
    return list(KeyChange.objects.filter(finished_at=None).order_by("kind"))


def _begin(kind: KeyChange.Kind, total: int) -> tuple[KeyChange, bool]:
    with transaction():
        open_one = KeyChange.objects.filter(kind=kind, finished_at=None).first()
        if open_one is not None:
            return open_one, True
        return KeyChange.objects.create(kind=kind, started_at=clock.now(), total=total), False


def _finish(change: KeyChange, by: Actor) -> None:
    with transaction():
        now = clock.now()
        if KeyChange.objects.filter(pk=change.pk, finished_at=None).update(finished_at=now):
            record(KeysChanged(change.kind, root_keys.ring().newest, change.done), actor=by, at=now)


def _note(change: KeyChange, left: int) -> None:
    # What was added meanwhile counts, too: done and left are what is known, the total follows.
    change.total = change.done + left
    KeyChange.objects.filter(pk=change.pk).update(done=change.done, total=change.total)


def change_root(*, by: Actor) -> Generator[Progress, None, None]:
    """Wrap every data key with the newest root key."""
    newest = root_keys.ring().newest

    def left() -> int:
        return DataKey.objects.exclude(root_version=newest).filter(destroyed_at=None).count()

    change, resumed = _begin(KeyChange.Kind.ROOT, left())
    yield Progress(change.done, change.total, resumed)
    while True:
        with transaction():
            count = keys.rewrap(WRAPPED_AT_ONCE)
            change.done += count
            _note(change, left())
        if not count:
            break
        yield Progress(change.done, change.total, resumed)
    _finish(change, by)
    yield Progress(change.done, change.total, resumed)


def change_data(*, by: Actor) -> Generator[Progress, None, None]:
    """Give every person a new data key and seal all of their data again."""
    change, resumed = _begin(KeyChange.Kind.DATA, DataKey.objects.filter(**_PERSONS).count())
    old = DataKey.objects.filter(**_PERSONS, created_at__lt=change.started_at)
    yield Progress(change.done, change.total, resumed)
    while batch := list(
        old.order_by("tenant_id", "pk").values_list("tenant_id", "owner_id")[:PERSONS_AT_ONCE]
    ):
        by_tenant = defaultdict(set)
        for tenant, owner in batch:
            by_tenant[tenant].add(owner)
        for tenant, owners in by_tenant.items():
            with transaction(tenant):
                for owner in sorted(owners):
                    _renew(owner, tenant)
                change.done += len(owners)
                _note(change, old.values("owner_id").distinct().count())
        yield Progress(change.done, change.total, resumed)
    _finish(change, by)
    yield Progress(change.done, change.total, resumed)


_PERSONS = {"use": DataKey.Use.PERSON, "destroyed_at": None}


def _renew(owner: UUID, tenant: UUID) -> None:
    """A new key for one person, all rows under it, the old keys gone; in the open transaction."""
    newest = DataKey.objects.filter(owner_id=owner, destroyed_at=None).order_by("-version").first()
    if newest is None:
        return  # destroyed since it was listed
    keys.add(owner, tenant, after=newest.version)
    version = keys.for_writing(owner, tenant).version
    for model, fields in protected_tables().items():
        for subject in {field.subject for field in fields}:
            _seal_again(model, [f for f in fields if f.subject == subject], subject, owner)
    keys.drop_before(owner, version)


def _seal_again(model: type[models.Model], fields: list[ProtectedText], subject: str, owner: UUID) -> None:
    rows = model._base_manager.filter(**{subject: owner})
    if sql.is_postgresql():
        rows = rows.select_for_update()
    for row in rows:
        # Sealed under an old key, untouched: the field opens it and seals it under the newest.
        names = [f.attname for f in fields if isinstance(row.__dict__.get(f.attname), Sealed)]
        if names:
            row.save(update_fields=names)


def protected_tables() -> dict[type[models.Model], list[ProtectedText]]:
    """Every table with marked columns."""
    return {model: fields for model in apps.get_models() if (fields := protected_fields(model))}
