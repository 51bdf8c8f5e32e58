"""What other rooms' events mean for appointments: the visit is over."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel.events import StoredEvent
from servicehall.kernel.followers import follower
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction

from .actions.arriving import end
from .models import ARRIVED, Appointment


@follower("booking.visits", kinds=("ticket.finished", "ticket.no-show", "ticket.cancelled", "ticket.expired"))
def end_with_visit(batch: list[StoredEvent]) -> None:
    """The ticket of an appointment has come to its end, and with it the appointment."""
    by_ticket = {UUID(one.data["ticket"]): one for one in batch if "ticket" in one.data}
    rows = Appointment.objects.filter(ticket_id__in=by_ticket, state=ARRIVED).select_related("offer", "site")
    for row in rows:
        if row.ticket_id is not None:
            with transaction(row.site_id):
                end(row, SYSTEM, by_ticket[row.ticket_id].at)
