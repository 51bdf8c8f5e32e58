"""Setting up what can be booked from a program: a demo, a test, an import. People use the pages; both end in ``save_setup``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking.models import DayHours, Need, Offer, Resource, WeeklyHours
from servicehall.rooms.hall import actions as hall


def add_resource(
    *,
    site_id: UUID,
    slug: str,
    names: Text,
    by: Actor,
    hours: Iterable[tuple[int, Any, Any] | tuple[int, Any, Any, str]] = (),
    **fields: Any,
) -> Resource:
    """Add a resource with its weekly hours (weekday, opens, closes and, if not everybody's, for whom)."""
    with transaction(site_id):
        row = Resource(site_id=site_id, slug=slug, names=names, **fields)
        hall.save_setup(row, by=by)
        for weekday, opens, closes, *more in hours:
            audience = more[0] if more else "public"
            hall.save_setup(
                WeeklyHours(resource=row, weekday=weekday, opens=opens, closes=closes, audience=audience),
                by=by,
            )
    return row


def add_offer(
    *, site_id: UUID, slug: str, names: Text, needs: Sequence[Sequence[Resource]], by: Actor, **fields: Any
) -> Offer:
    """Add an offer that takes one resource of each need; ``fields`` as in the table."""
    with transaction(site_id):
        row = Offer(site_id=site_id, slug=slug, names=names, **fields)
        hall.save_setup(row, by=by)
        for position, resources in enumerate(needs, 1):
            need = Need(offer=row, position=position)
            hall.save_setup(need, by=by)
            need.resources.set(resources)
        hall.touch(site_id)
    return row


def add_day(*, resource: Resource, date: Any, by: Actor, **fields: Any) -> DayHours:
    """Add what is different on a date; ``fields`` as in the table (kind, opens, closes, audience, reason)."""
    row = DayHours(resource=resource, date=date, **fields)
    hall.save_setup(row, by=by)
    return row
