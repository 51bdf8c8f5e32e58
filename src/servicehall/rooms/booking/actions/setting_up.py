"""Setting up what can be booked from a program: a demo, a test, an import. People use the pages; both end in ``save_setup``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings

from servicehall.kernel import outside_addresses
from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking.correspondence import BookingRules, OutsideCalendar
from servicehall.rooms.booking.models import DayHours, Need, Offer, Resource, WeeklyHours
from servicehall.rooms.booking.queries.correspondence import rules_of
from servicehall.rooms.hall import actions as hall

from .refusals import UnfitCalendarAddress


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


def set_rules(*, site_id: UUID, by: Actor, **fields: Any) -> BookingRules:
    """Say what the hall does about appointments: quiet hours, reminders, freed times, names in calendars.

    Raises:
        NotFound, NotAllowed: the actor may not.
        ValidationError: a field does not fit.
    """
    row = rules_of(site_id)
    for name, value in fields.items():
        setattr(row, name, value)
    hall.save_setup(row, by=by, fields=sorted(fields))
    return row


def add_outside(*, resource_id: UUID, by: Actor, **fields: Any) -> OutsideCalendar:
    """Let a calendar elsewhere close a resource's hours; ``fields`` as in the table (kind, address, user, secret_name).

    Raises:
        NotFound, NotAllowed: no such resource, or the actor may not.
        UnfitCalendarAddress: nothing is read there.
        ValidationError: a field does not fit.
    """
    resource = Resource.objects.filter(pk=resource_id).select_related("site").first()
    if resource is None:
        raise NotFound
    try:
        outside_addresses.target_of(str(fields.get("address", "")), settings.CONNECTOR_NETWORKS)
    except outside_addresses.Forbidden:
        raise UnfitCalendarAddress from None
    row = OutsideCalendar(resource=resource, **fields)
    hall.save_setup(row, by=by)
    return row


def remove_outside(*, calendar_id: UUID, by: Actor) -> None:
    """Forget a calendar elsewhere; the hours that it closed are open again.

    Raises:
        NotFound, NotAllowed: no such calendar, or the actor may not.
    """
    row = OutsideCalendar.objects.filter(pk=calendar_id).select_related("resource__site").first()
    if row is None:
        raise NotFound
    hall.remove_setup(row, by=by)
