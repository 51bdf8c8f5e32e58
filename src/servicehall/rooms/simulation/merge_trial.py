"""What another merge rule of an offer would bring at a site, from its own history. Reads only."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import Actor
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.hall import queries as hall

from .day.findings import UnusablePlan
from .day.plan import DAY, Plan
from .day.reading import read
from .day.trying import document_of_site
from .merging import EVERY, SHOWS, Comparison, Way, compare, with_bookings

WEEKS = 8


def _served_at(plan: Plan, service: str) -> list[int]:
    """Every half hour at which the doors are open and somebody is at a counter for the service."""
    labels = {one.label for one in plan.counters if (service, 0) in one.stages}
    spans = [(one.begins, one.ends) for one in plan.shifts if one.counter in labels]
    return [
        minute
        for minute in range(0, DAY, EVERY)
        if plan.is_open(minute) and any(begins <= minute < ends for begins, ends in spans)
    ]


def merge_comparison(
    site_id: UUID, offer_id: UUID, service: str, before: Way, after: Way, *, actor: Actor
) -> Comparison | None:
    """Both ways on the same usual days with the appointments of the last eight weeks; None: nothing can be tried.

    ``service``: the short name of what booked customers queue for. It takes about a second.

    Raises:
        NotAllowed, NotFound: the actor may not see the setup there, or does not watch the site.
    """
    site = hall.site(site_id)
    today = clock.business_day(clock.now(), site.timezone, site.day_ends)
    booked = booking.booked_lately(
        site_id, offer_id, today - timedelta(weeks=WEEKS), today - timedelta(days=1), actor=actor
    )
    usual = document_of_site(site_id, actor=actor)
    if service not in usual["services"]:
        return None
    try:
        if booked.days:
            by_minute = {minute: count / booked.days for minute, count in booked.by_minute.items()}
            shows = booked.came / booked.count
        else:
            by_minute, shows = dict.fromkeys(_served_at(read(usual)[0], service), 1.0), SHOWS
            if not by_minute:
                return None
        document = with_bookings(usual, service, by_minute, shows)
        return compare(document, before, after, is_assumed=not booked.days)
    except UnusablePlan:  # nobody has come yet
        return None
