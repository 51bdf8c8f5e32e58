"""The same time week after week: all of them, or none."""

from __future__ import annotations

from datetime import datetime, timedelta

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput
from servicehall.kernel.ids import uuid7
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking.limits import MOST_WEEKS
from servicehall.rooms.booking.models import BOOKED, Appointment

from .acting import save, site_of, take
from .holding import Details, book, hold_time
from .refusals import NotBookable, TimeTaken, TooManyBookings, WeeksNotFree


def book_weekly(
    *, code: str, times: int, details: Details, by: Actor, at: datetime | None = None
) -> list[Appointment]:
    """Book what is held and the same time of the following weeks, ``times`` in all, on the site's wall clock.

    Done again with what is the first of a series already, it books no weeks more and answers with the series.

    Raises:
        WeeksNotFree: some of the weeks cannot be had; ``conflicts`` are their dates and the nearest free times.
        BadInput: not between 1 and 12 times.
        TooManyBookings: more than a customer may have of the offer.
        As booking: HoldOver, NoLonger, TooManyBookings, NotFound, NotAllowed.
    """
    site_id, moment = site_of(code, by, "booking.use"), at or clock.now()
    if not 1 <= times <= MOST_WEEKS:
        raise BadInput(errors={"weeks": f"1–{MOST_WEEKS}"})
    with transaction(site_id):
        first = book(code=code, details=details, by=by, at=moment)
        if times == 1:
            return [first]
        first = take(code, states=(BOOKED,))
        if first.repeats is not None:
            rows = Appointment.objects.filter(repeats=first.repeats, state=BOOKED)
            return list(rows.select_related("offer", "site").order_by("starts_at"))
        if times > first.offer.most_open and not by.may("booking.change", site_id):
            raise TooManyBookings(most=first.offer.most_open)
        first.repeats = uuid7()
        save(first, "repeats")
        there = clock.local(first.starts_at, first.site.timezone)
        booked, conflicts = [first], []
        for week in range(1, times):
            day = there.date() + timedelta(weeks=week)
            starts_at = clock.moment_of(day, there.time(), first.site.timezone)
            try:
                held = hold_time(
                    site_id=site_id,
                    offer=first.offer_id,
                    starts_at=starts_at,
                    people=first.people,
                    customer_id=first.customer_id,
                    language=first.language,
                    by=by,
                    at=moment,
                )
            except (TimeTaken, NotBookable) as refused:
                conflicts.append({"starts_at": starts_at.isoformat(), "nearest": refused.facts["nearest"]})
                continue
            held.repeats = first.repeats
            save(held, "repeats")
            if not conflicts:
                booked.append(book(code=held.code, details=details, by=by, at=moment))
        if conflicts:
            raise WeeksNotFree(conflicts=conflicts)
    return booked
