"""What events mean for appointments: the visit is over, the customer is told, a freed time is somebody else's."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.events import StoredEvent
from servicehall.kernel.followers import follower
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction

from . import wording
from .actions.arriving import end
from .actions.notifying import plan_notice, plan_reminders
from .actions.waiting import expire, note_taken, offer_freed
from .correspondence import OFFERED, WaitingEntry
from .models import ARRIVED, Appointment

OWN = {"customer", "system"}
"""Who acts for a customer; everybody else acts for the hall."""
FREEING = {
    "appointment.cancelled", "appointment.ended", "appointment.lost", "appointment.moved", "appointment.released",
}  # fmt: skip
OPENING = {
    "booking.dayhours", "booking.need", "booking.offer", "booking.resource", "booking.weeklyhours",
    "hall.openinghours", "hall.specialday",
}  # fmt: skip
"""Parts of the setup after whose change a time may be free that was not."""


@follower("booking.visits", kinds=("ticket.finished", "ticket.no-show", "ticket.cancelled", "ticket.expired"))
def end_with_visit(batch: list[StoredEvent]) -> None:
    """The ticket of an appointment has come to its end, and with it the appointment."""
    by_ticket = {UUID(one.data["ticket"]): one for one in batch if "ticket" in one.data}
    rows = Appointment.objects.filter(ticket_id__in=by_ticket, state=ARRIVED).select_related("offer", "site")
    for row in rows:
        if row.ticket_id is not None:
            with transaction(row.site_id):
                end(row, SYSTEM, by_ticket[row.ticket_id].at)


@follower("booking.notices", kinds=("appointment.booked", "appointment.moved", "appointment.cancelled"))
def tell_customers(batch: list[StoredEvent]) -> None:
    """What happened is told once; where it happened again since, only the last is told."""
    rows = Appointment.objects.filter(pk__in=[event.data["appointment"] for event in batch])
    known = {row.pk: row for row in rows.select_related("offer", "site")}
    for event in batch:
        row = known.get(UUID(event.data["appointment"]))
        if row is None:
            continue
        # A booking is what was not changed yet; a cancellation is the last of all.
        then = event.data.get("sequence", 0 if event.kind == "appointment.booked" else row.sequence)
        if then != row.sequence:
            continue
        if event.kind == "appointment.moved" and event.data["was"] == event.data["starts_at"]:
            continue  # to another resource: for the customer nothing has changed
        if event.kind == "appointment.cancelled":
            by_hall = event.data["by_hall"] and event.actor_kind not in OWN
            plan_notice(row, wording.CANCELLED_BY_HALL if by_hall else wording.CANCELLED, event.at)
            continue
        cause = wording.BOOKED
        if event.kind == "appointment.moved":
            cause = wording.MOVED if event.actor_kind in OWN else wording.MOVED_BY_HALL
        plan_notice(row, cause, event.at)
        plan_reminders(row, event.at)


@follower(
    "booking.waiting",
    kinds=("appointment.*", "setup.changed"),
)
def serve_waiting(batch: list[StoredEvent]) -> None:
    """Offers that were taken or not, then what is free for the next. In the site's line, by the clock of now."""
    now, freed = clock.now(), False
    for event in batch:
        if event.kind in {"appointment.booked", "appointment.released"}:
            offered = WaitingEntry.objects.filter(appointment=event.data["appointment"], state=OFFERED)
            for row in offered:
                if event.kind == "appointment.booked":
                    note_taken(row, SYSTEM, now)
                else:
                    expire(row, now)
        freed |= event.kind in FREEING or (event.kind == "setup.changed" and event.data["thing"] in OPENING)
    if freed:
        offer_freed(batch[-1].site_id, now)
