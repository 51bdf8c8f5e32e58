"""What all acts on an appointment share: finding it, who may, its facts, its resources."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.booking import store
from servicehall.rooms.booking.models import Appointment, Assignment

from .refusals import NoLonger

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without signs that are taken for one another."""


def site_of(code: str, by: Actor, right: str) -> UUID:
    """The site of the appointment with that code, when the actor may.

    Raises:
        NotFound, NotAllowed: there is none, or the actor may not.
    """
    found = Appointment.objects.filter(code=code).values_list("site_id", flat=True).first()
    if found is None:
        raise NotFound
    allow(by, right, found)
    return found


def take(code: str, *, states: tuple[str, ...]) -> Appointment:
    """The appointment, to act on (inside its site's transaction).

    Raises:
        NotFound: there is none.
        NoLonger: it is in none of these states.
    """
    row = store.by_code(code)
    if row is None:
        raise NotFound
    if row.state not in states:
        raise NoLonger(state=row.state)
    return row


def new_reference(site_id: UUID) -> str:
    """A number that no appointment of the site has."""
    while True:
        made = "".join(secrets.choice(SIGNS) for _sign in range(6))
        if not Appointment.objects.filter(site_id=site_id, reference=made).exists():
            return made


def resources_of(row: Appointment) -> list[str]:
    """Ids of the resources that it has."""
    return [
        str(one) for one in Assignment.objects.filter(appointment=row).values_list("resource_id", flat=True)
    ]


def tell(fact: Any, row: Appointment, by: Actor, at: datetime, **more: Any) -> None:
    """Record a fact about the appointment."""
    item = fact(row.pk, row.offer_id, row.starts_at, row.people, **more)
    record(item, actor=by, at=at, subject_id=row.pk, visit_id=row.visit_id)


def save(row: Appointment, *fields: str) -> None:
    """Keep what was changed."""
    row.version += 1
    row.changed_at = clock.now()
    row.save(update_fields=[*fields, "version", "changed_at"])
