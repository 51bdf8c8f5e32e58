"""Appointments: what can be booked and when; a time is held with a token, and looked after by whoever has its code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from servicehall.channels.api.answers import rendered, show, write
from servicehall.channels.api.callers import Request
from servicehall.channels.api.declaring import BookingPath, OfferPath, SitePath, read, written
from servicehall.channels.api.schemas import appointments as forms
from servicehall.channels.api.schemas.base import Nothing, QueryDate
from servicehall.channels.flooding import TooManyGuesses, count_guess, refuse_guessing
from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.rooms.booking import actions, queries
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as queueing

LONGEST = timedelta(days=62)
_TIME = (actions.TimeTaken, actions.NotBookable, actions.TooManyPeople, actions.TooManyBookings)


class TimesQuery(BaseModel):
    """Which days, for how many."""

    first: QueryDate | None = Field(None, alias="from", description="first date at the site; none: today")
    last: QueryDate | None = Field(None, alias="to", description="last date, at most 62 days after the first")
    people: int = Field(1, ge=1, le=500)


def _offer(site_id: UUID, one: Any) -> dict[str, Any]:
    row = one.row
    return {
        "id": str(row.pk),
        "slug": row.slug,
        "names": row.names,
        "hint": row.hint or {},
        "icon": row.icon,
        "minutes": row.minutes,
        "group_most": row.group_most,
        "needs_email": row.needs_email,
        "lead_minutes": row.lead,
        "last_day": queries.last_day(site_id, row.pk).isoformat(),
        "service": row.service.slug if row.service else None,
    }


def _moment(value: Any) -> str | None:
    return value.isoformat() if value else None


def _appointment(row: Any) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "code": row.code,
        "reference": row.reference,
        "state": row.state,
        "site": row.site.slug,
        "offer": row.offer.slug,
        "names": row.offer.names,
        "day": row.day.isoformat(),
        "starts_at": _moment(row.starts_at),
        "ends_at": _moment(row.ends_at),
        "people": row.people,
        "hold_until": _moment(row.hold_until),
        "confirmed_at": _moment(row.confirmed_at),
        "late_by": row.late_by,
        "arrived_at": _moment(row.arrived_at),
        "ticket": queueing.code_of(row.ticket_id) if row.ticket_id else None,
        "sequence": row.sequence,
        "version": row.version,
    }


def _body(row: Any) -> bytes:
    return rendered(forms.Appointment, _appointment(row))


@read("/sites/{site}/offers", forms.Offers, tag="appointments", public=True)
def list_offers(request: Request, site: SitePath) -> HttpResponse:
    """What can be booked at a site."""
    caller = request.auth
    site_id = caller.site(site)
    staff = caller.actor.may("booking.change", site_id)
    with caller.at(site_id):
        found = [_offer(site_id, one) for one in queries.offers(site_id, public=not staff)]
    return show(forms.Offers, {"items": found})


@read("/sites/{site}/offers/{offer}/times", forms.Times, tag="appointments", public=True)
def list_times(request: Request, site: SitePath, offer: OfferPath, wanted: Query[TimesQuery]) -> HttpResponse:
    """The free times of an offer, day by day; with none, the next ones."""
    caller = request.auth
    site_id = caller.site(site)
    staff = caller.actor.may("booking.change", site_id)
    with caller.at(site_id):
        chosen, zone = queries.offer(site_id, offer), hall.site(site_id).timezone
        if not chosen.row.is_public and not staff:
            raise NotFound
        first, last = _days(wanted, clock.local(clock.now(), zone).date())
        days = queries.free_times(
            site_id=site_id, offer=offer, first=first, last=last, people=wanted.people, by_staff=staff
        )
        free = any(one.starts for one in days)
        soonest = [] if free else queries.next_times(site_id, offer, people=wanted.people)
    found = [{"day": one.day.isoformat(), "starts": [_moment(at) for at in one.starts]} for one in days]
    return show(forms.Times, {"timezone": zone, "days": found, "next": [_moment(at) for at in soonest]})


def _days(wanted: TimesQuery, today: date) -> tuple[date, date]:
    first = wanted.first or today
    if first.year not in clock.YEARS:
        raise BadInput(errors={"from": "1970 … 2199"})
    last = wanted.last or first + timedelta(days=13)
    if not timedelta() <= last - first <= LONGEST:
        raise BadInput(errors={"to": f"from … from + {LONGEST.days}"})
    return first, last


@written("/sites/{site}/appointments", forms.Appointment, tag="appointments", status=201, refuses=_TIME)
def hold_time(request: Request, site: SitePath, body: forms.NewHold) -> HttpResponse:
    """Keep a time for a customer while they say who they are. The answer has the code of the booking."""
    caller = request.auth
    site_id = caller.site(site)
    with caller.at(site_id):
        return write(
            request,
            site_id,
            lambda: actions.hold_time(
                site_id=site_id,
                offer=body.offer,
                starts_at=body.starts_at,
                people=body.people,
                language=body.language,
                by=caller.actor,
            ),
            lambda row: _body(queries.appointment(row.code)),
            status=201,
        )


@read("/appointments/{booking_code}", forms.Appointment, tag="appointments", public=True)
def get_appointment(request: Request, booking_code: BookingPath) -> HttpResponse:
    """A booking, by its code."""
    request.auth.booking(booking_code)
    return show(forms.Appointment, _appointment(queries.appointment(booking_code)))


def _act(request: Request, code: str, act: Callable[..., Any], **how: Any) -> HttpResponse:
    """Do it to the booking, and answer with the booking as it is then."""
    caller = request.auth
    site_id, pk = caller.booking(code)
    with caller.at(site_id):
        return write(
            request,
            site_id,
            lambda: act(code=code, by=caller.actor, **how),
            lambda _row: _body(queries.appointment(code)),
            about=pk,
        )


@written(
    "/appointments/{booking_code}/book",
    forms.Booked,
    tag="appointments",
    public=True,
    refuses=(actions.HoldOver, actions.NoLonger, actions.TooManyBookings, actions.WeeksNotFree),
)
def book_appointment(request: Request, booking_code: BookingPath, body: forms.Details) -> HttpResponse:
    """Book what is held, for the one who comes; with `weeks` the same time of the weeks after it, too."""
    caller = request.auth
    site_id, pk = caller.booking(booking_code)
    who = actions.Details(body.name, body.phone, body.email, body.note)

    def told(rows: list[Any]) -> bytes:
        items = [_appointment(queries.appointment(row.code)) for row in rows]
        return rendered(forms.Booked, {"items": items})

    with caller.at(site_id):
        return write(
            request,
            site_id,
            lambda: actions.book_weekly(code=booking_code, times=body.weeks, details=who, by=caller.actor),
            told,
            about=pk,
        )


@written(
    "/appointments/{booking_code}/release",
    forms.Appointment,
    tag="appointments",
    public=True,
    refuses=(actions.NoLonger,),
)
def release_appointment(request: Request, booking_code: BookingPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """Give up a time that is only held."""
    return _act(request, booking_code, actions.release)


@written(
    "/appointments/{booking_code}/reschedule",
    forms.Appointment,
    tag="appointments",
    public=True,
    refuses=(*_TIME, actions.NoLonger, actions.TooLateToChange),
)
def reschedule_appointment(request: Request, booking_code: BookingPath, body: forms.Move) -> HttpResponse:
    """Another time; the old one is kept when the new one is not to be had."""
    return _act(request, booking_code, actions.reschedule, starts_at=body.starts_at)


@written(
    "/appointments/{booking_code}/cancel",
    forms.Appointment,
    tag="appointments",
    public=True,
    refuses=(actions.NoLonger, actions.TooLateToChange),
)
def cancel_appointment(request: Request, booking_code: BookingPath, body: forms.Cancel) -> HttpResponse:
    """Give the booked time back."""
    return _act(request, booking_code, actions.cancel, reason=body.reason)


@written(
    "/appointments/{booking_code}/late",
    forms.Appointment,
    tag="appointments",
    public=True,
    refuses=(actions.NoLonger,),
)
def say_late(request: Request, booking_code: BookingPath, body: forms.Late) -> HttpResponse:
    """The customer is late; staff see it."""
    return _act(request, booking_code, actions.say_late, minutes=body.minutes)


@written(
    "/appointments/{booking_code}/confirm",
    forms.Appointment,
    tag="appointments",
    public=True,
    refuses=(actions.NoLonger,),
)
def confirm_appointment(request: Request, booking_code: BookingPath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """The customer comes for sure."""
    return _act(request, booking_code, actions.confirm)


@written(
    "/appointments/{booking_code}/check-in",
    forms.Appointment,
    tag="appointments",
    public=True,
    refuses=(
        *(actions.NoLonger, actions.TooEarly, actions.AnotherDay, actions.WrongDoorCode, TooManyGuesses),
        *(queue.HallClosed, queue.ServiceNotOffered, queue.ServiceFull),
    ),
)
def check_in_appointment(request: Request, booking_code: BookingPath, body: forms.CheckIn) -> HttpResponse:
    """The customer is here: a token of the hall's own devices says so, anybody else shows it by the door's code."""
    if request.auth.is_known:
        return _act(request, booking_code, actions.check_in_today)
    site_id, _pk = request.auth.booking(booking_code)
    refuse_guessing(request, site_id)
    try:
        return _act(request, booking_code, actions.check_in_at_door, door=body.door)
    except actions.WrongDoorCode:
        count_guess(request, site_id)
        raise
