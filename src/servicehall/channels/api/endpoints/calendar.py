"""Appointments, for programs of the staff's side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query
from pydantic import BaseModel, Field

from servicehall.channels.api.answers import rendered, show, write
from servicehall.channels.api.callers import Request, checked
from servicehall.channels.api.declaring import SitePath, read, written
from servicehall.channels.api.schemas.base import Nothing, QueryDate
from servicehall.channels.api.schemas.calendar import (
    CalendarDay,
    CancelAppointment,
    MoveAppointment,
    NewAppointment,
    StaffAppointment,
)
from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import allow
from servicehall.rooms.booking import actions
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.hall import queries as hall

AppointmentPath = Annotated[
    str, Path(description="an appointment's id", example="0199a1f0-3c5e-7b1a-9f00-5d2a3c4b5e6f")
]
NOT_FREE = (actions.NotBookable, actions.TimeTaken, actions.TooManyPeople)


class DayQuery(BaseModel):
    """Which day."""

    day: QueryDate | None = Field(None, description="a date at the site; none: today")


def _row(row: Any) -> dict[str, Any]:
    resources = {one.resource_id: one.resource for one in row.assignments.all()}
    return {
        "id": str(row.pk),
        "reference": row.reference,
        "state": row.state,
        "offer": _named(row.offer),
        "resources": [_named(one) for one in resources.values()],
        "day": row.day.isoformat(),
        "starts_at": row.starts_at.isoformat(),
        "ends_at": row.ends_at.isoformat(),
        "people": row.people,
        **{name: str(getattr(row, name) or "") for name in ("name", "phone", "email", "note")},
        "late_minutes": row.late_by,
        **{name: _iso(getattr(row, name)) for name in ("confirmed_at", "arrived_at", "ended_at")},
        "ticket": str(row.ticket_id) if row.ticket_id else None,
        "version": row.version,
    }


def _named(row: Any) -> dict[str, Any]:
    return {"id": str(row.pk), "slug": row.slug, "names": row.names}


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def _resource(site_id: UUID, ref: str | None) -> UUID | None:
    if ref is None:
        return None
    for one in booking.resources(site_id):
        if checked(ref) in {one.slug, str(one.pk)}:
            return one.pk
    raise NotFound


def _found(request: Request, site_id: UUID, ref: str) -> Any:
    try:
        row = booking.appointment_at(site_id, UUID(checked(ref)), actor=request.auth.actor)
    except ValueError:
        raise NotFound from None
    if row is None:
        raise NotFound
    return row


def _id(row: Any) -> bytes:
    """What is kept of an answer: nobody's name."""
    return str(row.pk).encode()


def _told(request: Request, site_id: UUID) -> Callable[[bytes], bytes]:
    """How the appointment stands now."""
    return lambda kept: rendered(StaffAppointment, _row(_found(request, site_id, kept.decode())))


@read("/sites/{site}/calendar", CalendarDay, tag="calendar")
def list_calendar(request: Request, site: SitePath, wanted: Query[DayQuery]) -> HttpResponse:
    """Who is booked on a day, by time; with cancelled ones."""
    site_id = request.auth.site(site)
    with request.auth.at(site_id):
        allow(request.auth.actor, "booking.see", site_id)
        day = wanted.day or clock.local(clock.now(), hall.site(site_id).timezone).date()
        rows = booking.of_day(site_id, day, day, actor=request.auth.actor)
        return show(CalendarDay, {"day": day.isoformat(), "items": [_row(row) for row in rows]})


@read("/sites/{site}/calendar/{appointment}", StaffAppointment, tag="calendar")
def get_calendar_appointment(request: Request, site: SitePath, appointment: AppointmentPath) -> HttpResponse:
    """One appointment, for staff."""
    site_id = request.auth.site(site)
    with request.auth.at(site_id):
        return show(StaffAppointment, _row(_found(request, site_id, appointment)))


@written("/sites/{site}/calendar", StaffAppointment, tag="calendar", status=201, refuses=NOT_FREE)
def book_for_customer(request: Request, site: SitePath, body: NewAppointment) -> HttpResponse:
    """Book a time for a customer, at once."""
    caller = request.auth
    site_id = caller.site(site)
    with caller.at(site_id):
        return write(
            request,
            site_id,
            lambda: actions.book_for(
                site_id=site_id,
                offer=body.offer,
                starts_at=body.starts_at,
                details=actions.Details(body.name, body.phone, body.email, body.note),
                by=caller.actor,
                people=body.people,
                resource=_resource(site_id, body.resource),
                language=body.language,
            ),
            _id,
            status=201,
            told=_told(request, site_id),
        )


def _acted(request: Request, site: str, ref: str, act: Callable[[str, UUID], Any]) -> HttpResponse:
    """Act on an appointment of the site, by its code."""
    caller = request.auth
    site_id = caller.site(site)
    with caller.at(site_id):
        allow(caller.actor, "booking.change", site_id)
        row = _found(request, site_id, ref)
        return write(
            request,
            site_id,
            lambda: act(row.code, site_id),
            _id,
            told=_told(request, site_id),
        )


@written(
    "/sites/{site}/calendar/{appointment}/move",
    StaffAppointment,
    tag="calendar",
    refuses=(*NOT_FREE, actions.NoLonger),
)
def move_for_customer(
    request: Request, site: SitePath, appointment: AppointmentPath, body: MoveAppointment
) -> HttpResponse:
    """Move an appointment to another time or resource; the old time is kept when the new one is not free."""

    def act(code: str, site_id: UUID) -> Any:
        resource = _resource(site_id, body.resource)
        return actions.reschedule(
            code=code, starts_at=body.starts_at, by=request.auth.actor, resource=resource
        )

    return _acted(request, site, appointment, act)


@written(
    "/sites/{site}/calendar/{appointment}/cancel",
    StaffAppointment,
    tag="calendar",
    refuses=(actions.NoLonger,),
)
def cancel_for_customer(
    request: Request, site: SitePath, appointment: AppointmentPath, body: CancelAppointment
) -> HttpResponse:
    """Cancel an appointment for the hall."""
    return _acted(
        request,
        site,
        appointment,
        lambda code, _site: actions.cancel(code=code, by=request.auth.actor, reason=body.reason),
    )


@written(
    "/sites/{site}/calendar/{appointment}/arrived",
    StaffAppointment,
    tag="calendar",
    refuses=(actions.NoLonger, actions.TooEarly),
)
def mark_arrived(
    request: Request,
    site: SitePath,
    appointment: AppointmentPath,
    body: Nothing,  # noqa: ARG001 - the form of a write
) -> HttpResponse:
    """Check the customer in; they get a ticket where the offer has a service."""
    return _acted(
        request,
        site,
        appointment,
        lambda code, _site: actions.check_in(code=code, by=request.auth.actor),
    )


@written(
    "/sites/{site}/calendar/{appointment}/lost",
    StaffAppointment,
    tag="calendar",
    refuses=(actions.NoLonger, actions.NotBegun),
)
def mark_lost(
    request: Request,
    site: SitePath,
    appointment: AppointmentPath,
    body: Nothing,  # noqa: ARG001 - the form of a write
) -> HttpResponse:
    """The customer did not come; what is left of the time is free again."""
    return _acted(
        request, site, appointment, lambda code, _site: actions.lose(code=code, by=request.auth.actor)
    )
