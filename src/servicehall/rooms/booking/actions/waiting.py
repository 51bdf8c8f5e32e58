"""The waiting list: a freed time is kept for the first whom it fits, for a limited time, by the claims of a booking."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.transaction import atomic

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.events import record
from servicehall.kernel.protection.blind_index import index_of
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.timers import cancel as cancel_timer
from servicehall.kernel.timers import set_timer
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking import setup
from servicehall.rooms.booking.correspondence import (
    EXPIRED,
    LEFT,
    OFFERED,
    TAKEN,
    WAITING,
    WaitingEntry,
)
from servicehall.rooms.booking.events import (
    WaitingExpired,
    WaitingJoined,
    WaitingLeft,
    WaitingOffered,
    WaitingTaken,
)
from servicehall.rooms.booking.models import HELD, Appointment
from servicehall.rooms.booking.queries.correspondence import rules_of
from servicehall.rooms.booking.queries.times import free_times
from servicehall.rooms.booking.quiet import Quiet
from servicehall.rooms.booking.setup import Bookable

from .holding import Details, book, faults_of, hold_time, let_go, release_stale
from .notifying import plan_offer
from .refusals import (
    AlreadyWaiting,
    HoldOver,
    NoLonger,
    NotBookable,
    TimeTaken,
    TooManyBookings,
    TooManyPeople,
)

OFFER_LATER = "booking.offer-freed"
OVER = "booking.waiting-over"
LIST = Actor("system", None, "system", extra=frozenset({"booking.use"}))
"""Who keeps a time for somebody who waits: with a customer's rights, so that hours of staff are not given away."""
_WISH = ("pk", "offer_id", "people", "earliest", "latest", "from_time", "to_time")
LONGEST = timedelta(days=400)
"""So far ahead somebody can wait: no offer can be booked earlier."""


@dataclass(frozen=True, slots=True)
class Wish:
    """When it suits somebody: dates, and times of day at which it begins."""

    earliest: date
    latest: date
    from_time: time | None = None
    to_time: time | None = None
    people: int = 1


def join_waiting(
    *,
    site_id: UUID,
    offer: str | UUID,
    wish: Wish,
    details: Details,
    by: Actor,
    customer_id: UUID | None = None,
    language: str = "",
    priority: int = 0,
    at: datetime | None = None,
) -> WaitingEntry:
    """Wait for a time. Whoever waits already, under the same number or address, does not wait twice.

    Raises:
        NotFound, NotAllowed: no such offer here, or the actor may not.
        BadInput: a detail is missing or too long, or the dates are the wrong way round.
        NotBookable: the offer is not for customers, or its last day that can be booked is before.
        TooManyPeople: see there.
        AlreadyWaiting: they do.
    """
    allow(by, "booking.use", site_id)
    moment = at or clock.now()
    with transaction(site_id):
        here = setup.of_site(site_id)
        chosen = here.offer(offer).row
        today = here.today(moment)
        _check(wish, details, needs_email=chosen.needs_email, today=today)
        if not 1 <= wish.people <= chosen.group_most:
            raise TooManyPeople(most=chosen.group_most)
        last = here.last_day(here.offer(offer), today)
        if wish.earliest > last or not chosen.is_public:
            raise NotBookable(last_day=last.isoformat())
        organisation_id = chosen.site.region.organisation_id
        _not_twice(organisation_id, chosen.pk, details)
        row = WaitingEntry.objects.create(
            organisation_id=organisation_id,
            site_id=site_id,
            offer=chosen,
            code=secrets.token_urlsafe(16),
            priority=priority if by.may("booking.change", site_id) else 0,
            earliest=max(wish.earliest, today),
            latest=wish.latest,
            from_time=wish.from_time,
            to_time=wish.to_time,
            people=wish.people,
            customer_id=customer_id,
            name=details.name.strip(),
            phone=details.phone.strip(),
            email=details.email.strip(),
            language=language[:10],
            channel=by.channel,
            made_at=moment,
        )
        record(WaitingJoined(row.pk, row.offer_id), actor=by, at=moment, subject_id=row.pk)
        _until_last_day(row, here)
        offer_freed(site_id, moment)
        row.refresh_from_db()
    return row


def take_offer(*, code: str, by: Actor, at: datetime | None = None) -> Appointment:
    """Book the time that is kept. Done again it changes nothing.

    Raises:
        NotFound, NotAllowed: no such entry, or the actor may not.
        HoldOver: the time to take it is over.
        NoLonger: nothing is kept for them.
        TooManyBookings: under this phone number there are enough.
    """
    site_id, moment = _site_of(code, by), at or clock.now()
    with transaction(site_id):
        row = _take(code, OFFERED, TAKEN, EXPIRED)
        if row.state == EXPIRED or row.appointment is None:
            raise HoldOver
        if row.state == TAKEN:
            return row.appointment
        details = Details(row.name, row.phone, row.email)
        found = book(code=row.appointment.code, details=details, by=by, at=moment)
        note_taken(row, by, moment)
    return found


def note_taken(row: WaitingEntry, by: Actor, at: datetime) -> None:
    """They have it; in the open transaction."""
    _end(row, TAKEN, at)
    if row.appointment_id is not None:
        record(WaitingTaken(row.pk, row.offer_id, row.appointment_id), actor=by, at=at, subject_id=row.pk)


def leave_waiting(*, code: str, by: Actor, at: datetime | None = None) -> WaitingEntry:
    """Wait no longer; what was kept is the next one's. Done again it changes nothing.

    Raises:
        NotFound, NotAllowed: no such entry, or the actor may not.
        NoLonger: they have booked, or it is over.
    """
    site_id, moment = _site_of(code, by), at or clock.now()
    with transaction(site_id):
        row = _take(code, WAITING, OFFERED, LEFT)
        if row.state == LEFT:
            return row
        kept = row.appointment if row.state == OFFERED else None
        _end(row, LEFT, moment)
        record(WaitingLeft(row.pk, row.offer_id), actor=by, at=moment, subject_id=row.pk)
        if kept is not None and kept.state == HELD:
            let_go([kept], by, moment)
    return row


def wait_again(*, code: str, by: Actor, at: datetime | None = None) -> WaitingEntry:
    """After an offer that was not taken: wait on, as the last. Done again it changes nothing.

    Raises:
        NotFound, NotAllowed: no such entry, or the actor may not.
        NoLonger: they left, have booked, or their last day is over.
        AlreadyWaiting: they have joined anew meanwhile.
    """
    site_id, moment = _site_of(code, by), at or clock.now()
    with transaction(site_id):
        row = _take(code, EXPIRED, WAITING)
        here = setup.of_site(site_id)
        if row.state == EXPIRED:
            if row.latest < here.today(moment) or row.forgotten_at is not None:
                raise NoLonger(state=row.state)
            _not_twice(row.organisation_id, row.offer_id, Details(row.name, row.phone, row.email))
            row.state, row.made_at, row.ended_at, row.appointment = WAITING, moment, None, None
            row.save(update_fields=["state", "made_at", "ended_at", "appointment"])
            record(WaitingJoined(row.pk, row.offer_id), actor=by, at=moment, subject_id=row.pk)
            _until_last_day(row, here)
            offer_freed(site_id, moment)
            row.refresh_from_db()
    return row


def offer_freed(site_id: UUID, at: datetime) -> int:
    """Keep what is free for those who wait, in their order; returns for how many. In the open transaction.

    In quiet hours nobody is told, so nothing is kept either: it is looked at again when they end.
    """
    line = WaitingEntry.objects.filter(site_id=site_id, state=WAITING).order_by("-priority", "made_at", "pk")
    # All of them: whoever stands behind hundreds whom nothing fits gets what fits nobody else.
    wishes = list(line.values_list(*_WISH, named=True))
    if not wishes:
        return 0
    rules, here = rules_of(site_id), setup.of_site(site_id)
    quiet = Quiet(rules.quiet_from, rules.quiet_to, here.zone).span(at)
    if quiet is not None:
        set_timer(OFFER_LATER, str(site_id), quiet[1], site_id=site_id)
        return 0
    # A time that was kept in vain is undone below, and what is over must not come back with it.
    release_stale(site_id, at)
    last, known, kept = max(one.latest for one in wishes), dict[tuple[UUID, int], list[datetime]](), 0
    for wish in wishes:
        if wish.offer_id not in here.offers:
            continue
        of = (wish.offer_id, wish.people)
        if of not in known:
            known[of] = _free(here, *of, last, at)
        wanted = next((wall for wall in known[of] if _fits(wish, wall)), None)
        if wanted is not None:
            entry = WaitingEntry.objects.get(pk=wish.pk)
            if _keep(entry, wanted, timedelta(minutes=rules.offer_minutes), at):
                kept += 1
                known.clear()  # what was just taken may be another offer's too
    return kept


def _free(here: Bookable, offer_id: UUID, people: int, last: date, at: datetime) -> list[datetime]:
    """When the offer is free, on the hall's wall clock."""
    found = free_times(
        site_id=here.site,
        offer=offer_id,
        first=here.today(at),
        last=min(last, here.last_day(here.offers[offer_id], here.today(at))),
        people=people,
        at=at,
    )
    return [clock.local(start, here.zone) for day in found for start in day.starts]


def _fits(wish: Any, wall: datetime) -> bool:
    return (
        wish.earliest <= wall.date() <= wish.latest
        and (wish.from_time is None or wall.time() >= wish.from_time)
        and (wish.to_time is None or wall.time() <= wish.to_time)
    )


def _keep(entry: WaitingEntry, start: datetime, how_long: timedelta, at: datetime) -> bool:
    try:
        with atomic():
            made = hold_time(
                site_id=entry.site_id,
                offer=entry.offer_id,
                starts_at=start.astimezone(UTC),
                by=LIST,
                people=entry.people,
                customer_id=entry.customer_id,
                language=entry.language,
                keep=how_long,
                at=at,
            )
    except (TooManyBookings, TimeTaken, NotBookable):
        return False
    until = at + how_long
    entry.state, entry.appointment, entry.offered_until = OFFERED, made, until
    entry.offers += 1
    entry.save(update_fields=["state", "appointment", "offered_until", "offers"])
    fact = WaitingOffered(entry.pk, entry.offer_id, made.pk, until)
    record(fact, actor=SYSTEM, at=at, subject_id=entry.pk)
    plan_offer(entry, at)
    return True


def expire(row: WaitingEntry, at: datetime) -> None:
    """The offer was not taken, or the last day is over; in the open transaction."""
    _end(row, EXPIRED, at)
    record(WaitingExpired(row.pk, row.offer_id), actor=SYSTEM, at=at, subject_id=row.pk)


def _end(row: WaitingEntry, state: str, at: datetime) -> None:
    row.state, row.ended_at, row.offered_until = state, at, None
    row.save(update_fields=["state", "ended_at", "offered_until"])
    cancel_timer(OVER, str(row.pk))


def _until_last_day(row: WaitingEntry, here: Bookable) -> None:
    due = clock.moment_of(row.latest + timedelta(days=1), time(0), here.zone)
    set_timer(OVER, str(row.pk), due, site_id=row.site_id)


def _site_of(code: str, by: Actor) -> UUID:
    found = WaitingEntry.objects.filter(code=code).values_list("site_id", flat=True).first()
    if found is None:
        raise NotFound
    allow(by, "booking.use", found)
    return found


def _take(code: str, *states: str) -> WaitingEntry:
    row = WaitingEntry.objects.filter(code=code).select_related("appointment").first()
    if row is None:
        raise NotFound
    if row.state not in states:
        raise NoLonger(state=row.state)
    return row


def _not_twice(organisation_id: UUID, offer_id: UUID, details: Details) -> None:
    line = WaitingEntry.objects.filter(offer_id=offer_id, state__in=(WAITING, OFFERED))
    same = Q()
    if details.phone.strip():
        same |= Q(phone_index=index_of(WaitingEntry, "phone_index", organisation_id, details.phone))
    if details.email.strip():
        same |= Q(email_index=index_of(WaitingEntry, "email_index", organisation_id, details.email))
    if line.filter(same).exists():
        raise AlreadyWaiting


def _check(wish: Wish, details: Details, *, needs_email: bool, today: date) -> None:
    wrong = faults_of(details)
    if details.email.strip() and "@" not in details.email:
        wrong["email"] = "characters"
    if needs_email and not details.email.strip():
        wrong["email"] = "required"
    if not (details.phone.strip() or details.email.strip()):
        wrong["phone"] = "required"
    if not max(wish.earliest, today) <= wish.latest <= today + LONGEST:
        wrong["latest"] = "order"
    if wish.from_time and wish.to_time and wish.to_time < wish.from_time:
        wrong["to_time"] = "order"
    if wrong:
        raise BadInput(errors=wrong)
