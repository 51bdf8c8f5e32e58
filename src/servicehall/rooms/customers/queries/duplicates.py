"""Reads for those who join records: pairs that look alike, what joining would give, what was joined."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.protection.fields import open_all
from servicehall.kernel.rights import Actor
from servicehall.rooms.customers import access, alike
from servicehall.rooms.customers.actions.joining import RIGHT, UNDO_FOR
from servicehall.rooms.customers.alike import Line, Pair
from servicehall.rooms.customers.models import Customer, Joining


def duplicates(organisation_id: UUID, *, actor: Actor, limit: int = 20) -> list[Pair]:
    """Pairs of records that look like one person's.

    Raises:
        NotAllowed, NotFound: the actor may not join records there.
    """
    access.place_for(actor, RIGHT, organisation_id)
    return alike.pairs(organisation_id, limit)


def joining_preview(
    organisation_id: UUID, one: UUID, other: UUID, *, actor: Actor
) -> tuple[Customer, Customer, list[Line]]:
    """Which of two records is kept, which goes, and each field of the joined one, masked.

    Raises:
        NotAllowed, NotFound: the actor may not join records there, or one is not there.
    """
    access.place_for(actor, RIGHT, organisation_id)
    living = Customer.objects.filter(organisation_id=organisation_id, merged_into=None, erased_at=None)
    rows = list(living.filter(pk__in={one, other}))
    if len(rows) != 2:
        raise NotFound
    open_all(rows)
    kept, gone = alike.ordered(*rows)
    return kept, gone, alike.preview(kept, gone)


def joinings(
    organisation_id: UUID, *, actor: Actor, at: datetime | None = None, limit: int = 20
) -> list[Joining]:
    """What was joined and can still be undone, newest first, with both records opened (two queries).

    Raises:
        NotAllowed, NotFound: the actor may not join records there.
    """
    access.place_for(actor, RIGHT, organisation_id)
    since = (at or clock.now()) - UNDO_FOR
    rows = Joining.objects.filter(
        organisation_id=organisation_id, joined_at__gte=since, undone_at=None, gone__erased_at=None
    )
    found = list(rows.select_related("kept", "gone").order_by("-joined_at")[:limit])
    open_all([row for one in found for row in (one.kept, one.gone)])
    return found
