"""Setting up what can be booked, from pages and from programs (a demo, a test, an import); all end in ``save_setup``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.text import slugify

from servicehall.kernel import outside_addresses
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking.correspondence import BookingRules, OutsideCalendar
from servicehall.rooms.booking.models import DayHours, Need, Offer, Resource, WeeklyHours
from servicehall.rooms.booking.queries.correspondence import rules_of
from servicehall.rooms.booking.setup_forms import OfferForm, ResourceForm
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing

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


def save_resource(form: ResourceForm, *, by: Actor) -> Resource:
    """Add or change a resource as a checked form has it. Raises what ``save_setup`` raises."""
    row: Resource = form.instance
    hall.save_setup(row, by=by, fields=sorted(form.changed_data))
    return row


def save_offer(form: OfferForm, *, by: Actor) -> Offer:
    """Add or change an offer with what it takes, as a checked form has it. Raises what ``save_setup`` raises."""
    row: Offer = form.instance
    wanted = form.needs
    with transaction(row.site_id):
        hall.save_setup(row, by=by, fields=sorted(form.changed_data))
        kept = list(row.needs.order_by("position"))
        for old in kept[len(wanted) :]:
            hall.remove_setup(old, by=by)
        last = kept[-1].position if kept else 0
        for n, resources in enumerate(wanted):
            if n < len(kept):
                need = kept[n]
            else:
                last += 1
                need = Need(offer=row, position=last)
                hall.save_setup(need, by=by)
            need.resources.set(resources)
        hall.touch(row.site_id)
    return row


def add_resources_of(
    *, site_id: UUID, staff: Iterable[UUID], counters: Iterable[UUID], by: Actor
) -> list[Resource]:
    """A resource for each of these people and counters that has none yet, with the hall's own hours.

    Raises:
        NotFound, NotAllowed: the actor may not change the setup there.
        BadInput: one of them is not of this site.
    """
    allow(by, "setup.change", site_id)
    people_here = {one.pk: one for one in people.colleagues(site_id)}
    counters_here = {UUID(one["id"]): one for one in queueing.counters(site_id)}
    wanted_staff, wanted_counters = list(staff), list(counters)
    if not (set(wanted_staff) <= set(people_here) and set(wanted_counters) <= set(counters_here)):
        raise BadInput(errors={"resource": "?"})
    made = []
    with transaction(site_id):
        there = Resource.objects.filter(site_id=site_id)
        had = {pk for row in there.values_list("staff_id", "counter_id") for pk in row}
        slugs = set(there.values_list("slug", flat=True))
        for pk in wanted_staff:
            if pk not in had:
                person = people_here[pk]
                slug = _free_slug(person.username, slugs)
                made.append(Resource(site_id=site_id, slug=slug, names=person.names, staff_id=pk))
        for pk in wanted_counters:
            if pk not in had:
                counter = counters_here[pk]
                slug = _free_slug(f"counter-{counter['label']}", slugs)
                made.append(
                    Resource(
                        site_id=site_id, slug=slug, kind="counter", names=counter["names"], counter_id=pk
                    )
                )
        for row in made:
            hall.save_setup(row, by=by)
    return made


def _free_slug(wanted: str, taken: set[str]) -> str:
    base = slugify(wanted)[:36] or "resource"
    found = next(one for n in count(1) if (one := base if n == 1 else f"{base}-{n}") not in taken)
    taken.add(found)
    return found


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
