"""Taking back the last act at a counter, within seconds and only while nothing else happened."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from servicehall.kernel import clock, timers
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.queueing import configuration, last_act, store
from servicehall.rooms.queueing.events import TicketUndone
from servicehall.rooms.queueing.models import CALLED, HELD, SERVING, CounterStatus, Ticket

from .acting import of_ticket
from .refusals import CounterBusy, NothingToUndo, NotYours
from .serving import HOLD_RETURN


def undo(*, site_id: UUID, counter_id: UUID, by: Actor, at: datetime | None = None) -> Ticket:
    """Put the ticket of the counter's last act back as it was.

    What was done in one go (finish and call the next) is taken back in one go; the ticket that
    is back at the counter is returned.

    Raises:
        NothingToUndo: too late, nothing done yet, or the ticket was acted on since.
        CounterBusy: the ticket would return to a counter that has another customer by now.
        NotYours, NotAllowed, NotFound: see there.
    """
    allow(by, "ticket.serve", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    counter = setup.counter(counter_id)
    with transaction(site_id):
        status = CounterStatus.objects.filter(pk=counter.id).first()
        last = last_act.last(counter.id)
        if status is None or last is None:
            raise NothingToUndo
        if by.kind == "staff" and status.staff_id != by.id and not by.may("queue.supervise", site_id):
            raise NotYours
        if moment - last["at"] > timedelta(seconds=setup.rules.undo_seconds):
            raise NothingToUndo(seconds=setup.rules.undo_seconds)
        ticket = _take_back(last, setup, counter.id, by=by, at=moment)
        if earlier := last["before"].get("earlier"):
            ticket = _take_back(last_act.earlier_of(earlier), setup, counter.id, by=by, at=moment)
        last_act.forget(counter.id)
        return ticket


def _take_back(
    last: dict[str, Any], setup: configuration.Configuration, counter_id: UUID, *, by: Actor, at: datetime
) -> Ticket:
    ticket = store.ticket(last["ticket"])
    if ticket is None or ticket.version != last["version"]:
        raise NothingToUndo(seconds=setup.rules.undo_seconds)
    store.restore(ticket, last["before"]["ticket"])
    if ticket.state in (CALLED, SERVING) and ticket.counter_id:
        other = store.ticket_at(ticket.counter_id)
        if other is not None and other.pk != ticket.pk:
            raise CounterBusy
    store.save(ticket)
    timers.cancel(HOLD_RETURN, str(ticket.pk))
    if ticket.state == HELD and ticket.held_until is not None and not clock.is_virtual():
        data = {"version": ticket.version}
        timers.set_timer(HOLD_RETURN, str(ticket.pk), ticket.held_until, site_id=ticket.site_id, data=data)
    fact = TicketUndone(
        **of_ticket(ticket, setup),
        counter=counter_id,
        undone=last["kind"],
        facts=last["before"]["facts"],
        undone_at=last["at"].isoformat(),
        state=ticket.state,
    )
    record(fact, actor=by, at=at, subject_id=ticket.pk, visit_id=ticket.visit_id)
    return ticket
