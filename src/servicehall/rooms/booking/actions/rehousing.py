"""Changing hours, and what becomes of the bookings for which nobody would be there any more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking import setup
from servicehall.rooms.booking.models import BOOKED, CANCELLED, DayHours, WeeklyHours
from servicehall.rooms.booking.queries.changes import Broken, HoursChange, consequence
from servicehall.rooms.booking.setup import Bookable
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.hall import queries as places

from .changing import call_off, move
from .holding import let_go
from .refusals import HoursMoved, NowhereToMove

MOVE, CANCEL, KEEP = "move", "cancel", "keep"


def change_hours(
    *,
    site_id: UUID,
    change: HoursChange,
    seal: str,
    answers: Mapping[UUID, str],
    by: Actor,
    reason: str = "",
    at: datetime | None = None,
) -> tuple[int, int]:
    """Change hours and settle the bookings that this breaks, all of it or nothing.

    Customers are told by whoever follows the events of their bookings, as of any other move or cancellation.

    Args:
        seal: of the consequence that the person has looked at.
        answers: what becomes of each booking: ``move`` to the time that was shown, ``cancel``, or ``keep`` it
            although it is outside of the hours. Times that somebody only holds are given up.
        reason: why, for the customers whose booking is cancelled.

    Returns:
        How many were moved and how many were cancelled.

    Raises:
        NotFound, NotAllowed: the actor may not change hours, or not bookings.
        HoursMoved: hours or bookings have changed since the person looked.
        NowhereToMove: there is no free time for a booking that should be moved.
        BadInput: hours do not fit, or a booking has no answer.
    """
    allow(by, "setup.change", site_id)
    allow(by, "booking.change", site_id)
    if len(reason) > 200:
        raise BadInput(errors={"reason": "≤ 200"})
    moment = at or clock.now()
    with transaction(site_id):
        found = consequence(site_id, change, actor=by, at=moment)
        if found.seal != seal:
            raise HoursMoved
        settled = {one.row.pk: _answer(one, answers) for one in found.broken}
        # Read before anything is written: what is kept in memory must not come from a transaction that may fail.
        here = setup.of_site(site_id)
        _write(change, site_id, by)
        for one in found.broken:
            _settle(one, settled[one.row.pk], here, by=by, at=moment, reason=reason)
    given = [settled[one.row.pk] for one in found.broken if one.row.state in (BOOKED, CANCELLED)]
    return given.count(MOVE), given.count(CANCEL)


def _answer(one: Broken, answers: Mapping[UUID, str]) -> str:
    if one.row.state != BOOKED:
        return CANCEL
    answer = answers.get(one.row.pk, "")
    if answer not in (MOVE, CANCEL, KEEP):
        raise BadInput(errors={one.row.reference: "move | cancel | keep"})
    if answer == MOVE and one.proposal is None:
        raise NowhereToMove(reference=one.row.reference)
    return answer


def _write_hall(change: HoursChange, site_id: UUID, by: Actor) -> None:
    """The hall's own hours: dates are taken away first, so that one can be said anew."""
    if not change.is_about_hall:
        return
    site = places.site(site_id)
    if change.hall_week is not None:
        hall.set_opening_week(site=site, week=change.hall_week, by=by)
    hall.remove_special_days(site=site, ids=change.hall_remove, by=by)
    for one in change.hall_add:
        hall.add_special_day(
            site=site, day=one.date, opens=one.opens, closes=one.closes, names=dict(one.names), by=by
        )


def _write(change: HoursChange, site_id: UUID, by: Actor) -> None:
    """The rows of the setup."""
    try:
        for pk, week in change.weeks.items():
            for old in WeeklyHours.objects.filter(resource_id=pk):
                hall.remove_setup(old, by=by)
            for weekday, one in week:
                row = WeeklyHours(
                    resource_id=pk,
                    weekday=weekday,
                    opens=one.opens,
                    closes=one.closes,
                    audience=one.audience,
                    valid_from=one.valid_from,
                    valid_to=one.valid_to,
                )
                hall.save_setup(row, by=by)
        _write_hall(change, site_id, by)
        for day in DayHours.objects.filter(pk__in=change.remove):
            hall.remove_setup(day, by=by)
        for new in change.add:
            hall.save_setup(
                DayHours(
                    resource_id=new.resource,
                    date=new.date,
                    kind=new.kind,
                    opens=new.opens,
                    closes=new.closes,
                    audience=new.audience,
                    reason=new.reason,
                ),
                by=by,
            )
    except ValidationError as wrong:
        raise BadInput(errors={"hours": " ".join(wrong.messages)}) from wrong


def _settle(one: Broken, answer: str, here: Bookable, *, by: Actor, at: datetime, reason: str) -> None:
    row = one.row
    if row.state != BOOKED:
        let_go([row], by, at)
    elif answer == CANCEL:
        call_off(row, by=by, at=at, reason=reason)
    elif answer == MOVE and one.proposal is not None:
        to = one.proposal
        move(row, here, here.offers[row.offer_id], to.starts_at, by=by, at=at, fits=to.places)
