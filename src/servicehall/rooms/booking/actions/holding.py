"""Having a time: it is kept while somebody fills in the form, and then booked."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.models import DataKey
from servicehall.kernel.protection.blind_index import index_of
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.timers import cancel as cancel_timer
from servicehall.kernel.timers import set_timer
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking import cells, fitting, setup, store
from servicehall.rooms.booking.events import AppointmentBooked, AppointmentHeld, AppointmentReleased
from servicehall.rooms.booking.limits import MOST_TEXT
from servicehall.rooms.booking.models import BOOKED, HELD, RELEASED, Appointment, Assignment
from servicehall.rooms.booking.queries.times import days_of_needs, nearest
from servicehall.rooms.booking.setup import Bookable, OfferSetup

from .acting import new_reference, resources_of, save, site_of, take, tell
from .refusals import HoldOver, NotBookable, TimeTaken, TooManyBookings, TooManyPeople

RELEASE = "booking.release"
LOSE = "booking.lose"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_ENDS = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Details:
    """Who comes."""

    name: str
    phone: str = ""
    email: str = ""
    note: str = ""
    wechat: str = ""
    """The customer's id with the hall's official account (openid)."""


def hold_time(
    *,
    site_id: UUID,
    offer: str | UUID,
    starts_at: datetime,
    by: Actor,
    people: int = 1,
    resource: UUID | None = None,
    held: Collection[str] = (),
    customer_id: UUID | None = None,
    language: str = "",
    party: UUID | None = None,
    keep: timedelta | None = None,
    at: datetime | None = None,
) -> Appointment:
    """Keep a time for somebody until the form is filled in, for the minutes that the offer gives.

    Args:
        offer: its id or short name.
        resource: only with this one (of the offer's).
        held: codes of appointments that the same customer has, as far as the channel knows; those that are only
            held of the same offer are given up for this one.
        party: of another appointment of the same visit.
        keep: how long, instead of the offer's minutes.

    Raises:
        NotFound, NotAllowed: no such offer here, or the actor may not.
        NotBookable: too soon, too far ahead, or not for customers.
        TimeTaken: somebody has it; ``nearest`` are times that are free.
        TooManyPeople, TooManyBookings: see there.
    """
    allow(by, "booking.use", site_id)
    moment = at or clock.now()
    with transaction(site_id):
        here = setup.of_site(site_id)
        chosen = here.offer(offer)
        admit(here, chosen, starts_at=starts_at, people=people, by=by, at=moment)
        release_stale(site_id, moment)
        _give_up(held, chosen, moment)
        _not_hoarding(chosen, held, customer_id, by)
        until = moment + (keep or timedelta(minutes=chosen.row.hold))
        row = Appointment(
            organisation_id=chosen.row.site.region.organisation_id,
            site_id=site_id,
            offer=chosen.row,
            code=secrets.token_urlsafe(16),
            reference=new_reference(site_id),
            state=HELD,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=chosen.row.minutes),
            day=clock.local(starts_at, here.zone).date(),
            people=people,
            hold_until=until,
            customer_id=customer_id,
            language=language[:10],
            channel=by.channel,
            made_at=moment,
            party=party,
        )
        row.save(force_insert=True)
        place(row, here, chosen, by=by, at=moment, resource=resource)
        set_timer(RELEASE, str(row.pk), until, site_id=site_id)
        tell(AppointmentHeld, row, by, moment, until=until, resources=resources_of(row))
    return row


def book(*, code: str, details: Details, by: Actor, at: datetime | None = None) -> Appointment:
    """What was held is booked. Done again it changes nothing but the details.

    Raises:
        NotFound, NotAllowed: no such appointment, or the actor may not.
        HoldOver: the time to fill in the form is over, and somebody else may have the time.
        BadInput: a detail is missing or too long.
        NoLonger: it was cancelled, or is over.
        TooManyBookings: under this phone number there are enough.
    """
    site_id, moment = site_of(code, by, "booking.use"), at or clock.now()
    with transaction(site_id):
        row = store.by_code(code)
        if row is None:
            raise NotFound
        if row.state == RELEASED or (row.state == HELD and row.hold_until and row.hold_until <= moment):
            raise HoldOver
        row = take(code, states=(HELD, BOOKED))
        _check(details, row, by)
        first = row.state == HELD
        _not_hoarding_by_phone(row, details.phone, by)
        row.name, row.phone, row.email, row.note = details.name, details.phone, details.email, details.note
        row.wechat = details.wechat
        row.state, row.hold_until = BOOKED, None
        save(row, "state", "hold_until", "name", "phone", "phone_index", "email", "note", "wechat")
        if first:
            cancel_timer(RELEASE, str(row.pk))
            set_timer(LOSE, str(row.pk), row.starts_at + timedelta(minutes=row.offer.lost), site_id=site_id)
            tell(AppointmentBooked, row, by, moment)
    return row


def release(*, code: str, by: Actor, at: datetime | None = None) -> Appointment:
    """Give up a time that was only held. Done again it changes nothing.

    Raises:
        NotFound, NotAllowed: no such appointment, or the actor may not.
        NoLonger: it is booked already.
    """
    site_id, moment = site_of(code, by, "booking.use"), at or clock.now()
    with transaction(site_id):
        row = take(code, states=(HELD, RELEASED))
        if row.state == HELD:
            let_go([row], by, moment)
    return row


def let_go(rows: Collection[Appointment], by: Actor, at: datetime) -> None:
    """Held times are free again; in the open transaction."""
    store.give_back([row.pk for row in rows])
    for row in rows:
        row.state, row.ended_at, row.hold_until = RELEASED, at, None
        save(row, "state", "ended_at", "hold_until")
        cancel_timer(RELEASE, str(row.pk))
        tell(AppointmentReleased, row, by, at)
    DataKey.objects.filter(owner_id__in=[row.pk for row in rows]).delete()


def place(
    row: Appointment,
    here: Bookable,
    chosen: OfferSetup,
    *,
    by: Actor,
    at: datetime,
    resource: UUID | None = None,
) -> None:
    """Take the resources that the appointment needs at its time.

    Raises:
        TimeTaken: one of them is not free, or the wished resource is none of the offer's.
    """
    staff, shape = by.may("booking.change", row.site_id), chosen.shape(row.people)
    cell = cells.cell_of(row.starts_at, row.day, here.zone)
    fits, is_theirs = None, resource is None or any(resource in need for need in chosen.needs)
    if is_theirs and row.starts_at == cells.moment_of(cell, row.day, here.zone):
        needs = days_of_needs(here, chosen, row.day, row.day, row.people, only=resource, at=at)[row.day]
        fits = fitting.chosen(needs, shape, cell, by_staff=staff) if needs else None
    if fits is None or not occupy(row, here, chosen, fits):
        near = nearest(here, chosen, row.starts_at, row.people, by_staff=staff, at=at) if fits is None else []
        raise TimeTaken(nearest=[one.isoformat() for one in near])


def occupy(
    row: Appointment, here: Bookable, chosen: OfferSetup, fits: Sequence[tuple[UUID, tuple[int, ...]]]
) -> bool:
    """Give the appointment these places of these resources; False, and nothing is changed, when one is taken."""
    if not store.claim(row.pk, taken_by(row, here, chosen, fits)):
        return False
    Assignment.objects.bulk_create(
        [
            Assignment(appointment=row, resource_id=found, place=one, starts_at=row.starts_at)
            for found, places in fits
            for one in places
        ]
    )
    return True


def taken_by(
    row: Appointment, here: Bookable, chosen: OfferSetup, fits: Sequence[tuple[UUID, tuple[int, ...]]]
) -> dict[tuple[UUID, int, date], int]:
    """The cells that the appointment takes, with what is kept free around it, by place and day."""
    first = row.starts_at - timedelta(minutes=chosen.row.before)
    by_day = store.days_of(here.zone, first, row.ends_at + timedelta(minutes=chosen.row.after))
    return {
        (found, one, day): mask for found, places in fits for one in places for day, mask in by_day.items()
    }


def admit(
    here: Bookable, chosen: OfferSetup, *, starts_at: datetime, people: int, by: Actor, at: datetime
) -> None:
    row, staff = chosen.row, by.may("booking.change", here.site)
    if people < 1 or people > row.group_most:
        raise TooManyPeople(most=row.group_most)
    soonest = at if staff else at + timedelta(minutes=row.lead)
    last = here.last_day(chosen, here.today(at))
    if starts_at < soonest or clock.local(starts_at, here.zone).date() > last or not (row.is_public or staff):
        near = nearest(here, chosen, max(starts_at, soonest), people, by_staff=staff, at=at)
        raise NotBookable(
            soonest=soonest.isoformat(), last_day=last.isoformat(), nearest=[one.isoformat() for one in near]
        )


def release_stale(site_id: UUID, at: datetime) -> None:
    """Holds whose time is over do not wait for a worker."""
    while stale := store.stale_holds(site_id, at):
        let_go(stale, SYSTEM, at)


def _give_up(held: Collection[str], chosen: OfferSetup, at: datetime) -> None:
    if held and (mine := list(Appointment.objects.filter(code__in=held, offer=chosen.row, state=HELD))):
        let_go(mine, SYSTEM, at)


def _not_hoarding(chosen: OfferSetup, held: Collection[str], customer_id: UUID | None, by: Actor) -> None:
    """Refuse when the customer has enough already; staff decide for themselves."""
    if by.may("booking.change", chosen.row.site_id):
        return
    open_ones = Appointment.objects.filter(offer=chosen.row, state__in=(HELD, BOOKED))
    counts = [open_ones.filter(code__in=held).count()] if held else []
    if customer_id is not None:
        counts.append(open_ones.filter(customer_id=customer_id).count())
    if any(count >= chosen.row.most_open for count in counts):
        raise TooManyBookings(most=chosen.row.most_open)


def _not_hoarding_by_phone(row: Appointment, phone: str, by: Actor) -> None:
    if not phone or by.may("booking.change", row.site_id):
        return
    index = index_of(Appointment, "phone_index", row.organisation_id, phone)
    others = Appointment.objects.filter(offer_id=row.offer_id, state=BOOKED, phone_index=index).exclude(
        pk=row.pk
    )
    if others.count() >= row.offer.most_open:
        raise TooManyBookings(most=row.offer.most_open)


def faults_of(details: Details) -> dict[str, str]:
    """What is missing, too long, or would begin a line of its own in an e-mail or a calendar."""
    wrong = {name: f"≤ {most}" for name, most in MOST_TEXT.items() if len(getattr(details, name)) > most}
    if not details.name.strip():
        wrong["name"] = "required"
    for name in MOST_TEXT:
        if (_CONTROLS if name == "note" else _LINE_ENDS).search(getattr(details, name)):
            wrong[name] = "characters"
    return wrong


def _check(details: Details, row: Appointment, by: Actor) -> None:
    wrong = faults_of(details)
    if row.offer.needs_email and "@" not in details.email and not by.may("booking.change", row.site_id):
        wrong["email"] = "required"
    if wrong:
        raise BadInput(errors=wrong)
