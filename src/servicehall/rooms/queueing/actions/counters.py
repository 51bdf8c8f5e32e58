"""Opening, pausing and closing counters."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import configuration, store
from servicehall.rooms.queueing.configuration import Configuration, CounterSetup
from servicehall.rooms.queueing.events import CounterClosed, CounterOpened, CounterPaused
from servicehall.rooms.queueing.models import CounterStatus

from .refusals import CounterBusy, CounterNotOpen, CounterTaken, NotYours


def _facts(counter: CounterSetup, staff: UUID | None) -> dict[str, Any]:
    return {"counter": counter.id, "counter_label": counter.label, "zone": counter.zone, "staff": staff}


def _usable(setup: Configuration, counter_id: UUID) -> CounterSetup:
    counter = setup.counter(counter_id)
    if not counter.is_active:
        raise CounterNotOpen
    return counter


def _own(by: Actor, status: CounterStatus | None) -> None:
    if status is None or by.kind != "staff" or status.staff_id in (None, by.id):
        return
    if not by.may("queue.supervise", status.site_id):
        raise NotYours


def sign_in(
    *, site_id: UUID, counter_id: UUID, by: Actor, staff: str | None = None, at: datetime | None = None
) -> CounterStatus:
    """Open a counter for the acting member of staff, or (by a device) for ``staff``, or for nobody named.

    Whoever is signed in elsewhere is signed out there, unless a customer is being served there.
    Signing in again at the same counter ends a pause.

    Raises:
        CounterTaken: somebody else is signed in there.
        CounterBusy: this person still has a customer at another counter.
        NotAllowed, NotFound: the actor, or the person, does not serve at that site.
    """
    allow(by, "queue.call", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    counter = _usable(setup, counter_id)
    person: UUID | None = by.id if by.kind == "staff" else None
    if staff and by.kind != "staff":
        person = people.staff_at(site_id, staff).pk
    with transaction(site_id):
        status = CounterStatus.objects.filter(pk=counter.id).first()
        if status and status.state != CounterStatus.State.CLOSED and status.staff_id not in (None, person):
            raise CounterTaken(counter=counter.label)
        elsewhere = CounterStatus.objects.filter(staff_id=person).exclude(pk=counter.id) if person else None
        for other in elsewhere or []:
            if store.ticket_at(other.pk) is not None:
                raise CounterBusy(counter=str(other.pk))
            close(other, setup, by, moment)
        CounterStatus.objects.update_or_create(
            counter_id=counter.id,
            defaults={
                "site_id": site_id,
                "state": CounterStatus.State.OPEN,
                "staff_id": person,
                "pause_reason": "",
                "since": moment,
            },
        )
        record(CounterOpened(**_facts(counter, person)), actor=by, at=moment, subject_id=counter.id)
        return CounterStatus.objects.get(pk=counter.id)


def close(status: CounterStatus, setup: Configuration, by: Actor, at: datetime) -> None:
    """Nobody is at the counter any more (in the site's line; no customer is there)."""
    staff = status.staff_id
    status.state, status.staff, status.pause_reason, status.since = CounterStatus.State.CLOSED, None, "", at
    status.undo_before = None
    status.save()
    if status.counter_id in setup.counters:
        counter = setup.counters[status.counter_id]
        record(CounterClosed(**_facts(counter, staff)), actor=by, at=at, subject_id=counter.id)


def sign_out(*, site_id: UUID, counter_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """Close a counter; closing a closed one changes nothing.

    Raises:
        CounterBusy: a customer is called or served there.
    """
    allow(by, "queue.call", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    counter = setup.counter(counter_id)
    with transaction(site_id):
        status = CounterStatus.objects.filter(pk=counter.id).first()
        _own(by, status)
        if status is None or status.state == CounterStatus.State.CLOSED:
            return
        if store.ticket_at(counter.id) is not None:
            raise CounterBusy
        close(status, setup, by, moment)


def pause(
    *, site_id: UUID, counter_id: UUID, by: Actor, reason: str = "", at: datetime | None = None
) -> CounterStatus:
    """Call nobody for a while; a customer who is at the counter is served to the end.

    Raises:
        CounterNotOpen: nobody is signed in there.
        BadInput: the reason is longer than 200 characters.
    """
    allow(by, "queue.call", site_id)
    if len(reason) > 200:
        raise BadInput(errors={"reason": "≤ 200"})
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    counter = setup.counter(counter_id)
    with transaction(site_id):
        status = CounterStatus.objects.filter(pk=counter.id).exclude(state=CounterStatus.State.CLOSED).first()
        if status is None:
            raise CounterNotOpen
        _own(by, status)
        status.state, status.pause_reason, status.since = CounterStatus.State.PAUSED, reason, moment
        status.save()
        record(
            CounterPaused(**_facts(counter, status.staff_id), reason=reason),
            actor=by,
            at=moment,
            subject_id=counter.id,
        )
        return status


def end_pause(*, site_id: UUID, counter_id: UUID, by: Actor, at: datetime | None = None) -> CounterStatus:
    """Call again after a pause.

    Raises:
        CounterNotOpen: nobody is signed in there.
    """
    allow(by, "queue.call", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    counter = setup.counter(counter_id)
    with transaction(site_id):
        status = CounterStatus.objects.filter(pk=counter.id).exclude(state=CounterStatus.State.CLOSED).first()
        if status is None:
            raise CounterNotOpen
        _own(by, status)
        if status.state == CounterStatus.State.PAUSED:
            status.state, status.pause_reason, status.since = CounterStatus.State.OPEN, "", moment
            status.save()
            record(
                CounterOpened(**_facts(counter, status.staff_id)), actor=by, at=moment, subject_id=counter.id
            )
        return status
