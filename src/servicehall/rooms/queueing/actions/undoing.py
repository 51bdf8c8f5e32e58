"""Taking back the last act at a counter, within seconds and only while nothing else happened."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from servicehall.kernel import clock, timers
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.queueing import configuration, store
from servicehall.rooms.queueing.events import TicketUndone
from servicehall.rooms.queueing.models import CALLED, SERVING, CounterStatus, Ticket

from .acting import of_ticket
from .refusals import CounterBusy, NothingToUndo, NotYours
from .serving import HOLD_RETURN


def undo(*, site_id: UUID, counter_id: UUID, by: Actor, at: datetime | None = None) -> Ticket:
    """Put the ticket of the counter's last act back as it was.

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
        if status is None or status.undo_before is None or status.undo_at is None:
            raise NothingToUndo
        if by.kind == "staff" and status.staff_id != by.id and not by.may("queue.supervise", site_id):
            raise NotYours
        ticket = store.ticket(status.undo_ticket_id) if status.undo_ticket_id else None
        limit = timedelta(seconds=setup.rules.undo_seconds)
        if ticket is None or ticket.version != status.undo_version or moment - status.undo_at > limit:
            raise NothingToUndo(seconds=setup.rules.undo_seconds)
        store.restore(ticket, status.undo_before["ticket"])
        if ticket.state in (CALLED, SERVING) and ticket.counter_id:
            other = store.ticket_at(ticket.counter_id)
            if other is not None and other.pk != ticket.pk:
                raise CounterBusy
        store.save(ticket)
        timers.cancel(HOLD_RETURN, str(ticket.pk))
        fact = TicketUndone(
            **of_ticket(ticket, setup),
            counter=counter.id,
            undone=status.undo_kind,
            facts=status.undo_before["facts"],
            undone_at=status.undo_at.isoformat(),
            state=ticket.state,
        )
        status.undo_before = None
        status.save()
        record(fact, actor=by, at=moment, subject_id=ticket.pk, visit_id=ticket.visit_id)
        return ticket
