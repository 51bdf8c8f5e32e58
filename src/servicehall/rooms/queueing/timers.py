"""What happens in the queue by the clock: held customers return, business days are closed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import StoredEvent, record
from servicehall.kernel.followers import follower
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import Due, at_start, set_timer, timer
from servicehall.kernel.transactions import transaction
from servicehall.rooms.hall import queries as hall

from . import configuration, store
from .actions.acting import of_ticket
from .actions.serving import HOLD_RETURN
from .actions.supervising import expire_before
from .events import TicketRequeued
from .models import HELD, WAITING, Ticket

CLOSE_DAY = "queueing.close-day"


@timer(HOLD_RETURN)
def return_from_hold(due: Due) -> None:
    """The agreed moment has come: the customer waits for the counter that held them."""
    ticket = Ticket.objects.filter(pk=UUID(due.key), state=HELD, version=due.data["version"]).first()
    if ticket is None:
        return
    moment = clock.now()
    counter = ticket.counter_id
    ticket.state, ticket.for_counter_id, ticket.stage_since = WAITING, counter, moment
    ticket.counter_id = ticket.staff_id = ticket.called_at = ticket.started_at = ticket.held_until = None
    store.save(ticket)
    record(
        TicketRequeued(
            **of_ticket(ticket, configuration.of_site(ticket.site_id)),
            was=HELD,
            counter=counter,
            arrival=ticket.order_key,
        ),
        actor=SYSTEM,
        at=moment,
        subject_id=ticket.pk,
        visit_id=ticket.visit_id,
    )


@timer(CLOSE_DAY)
def close_day(due: Due) -> None:
    """End what is left of earlier business days, then wait for the next end of a day."""
    moment = clock.now()
    try:
        setup = configuration.of_site(due.site_id)
    except NotFound:  # out of use; when it is in use again, that is a change of the setup
        return
    if not setup.is_rehearsal:
        full = expire_before(site_id=due.site_id, day=setup.day(moment), by=SYSTEM, at=moment) >= 500
        if full:
            set_timer(CLOSE_DAY, due.key, moment + timedelta(seconds=1), site_id=due.site_id)
            return
    ends = clock.moment_of(setup.day(moment) + timedelta(days=1), setup.day_ends, setup.timezone)
    set_timer(CLOSE_DAY, due.key, max(ends, moment) + timedelta(minutes=1), site_id=due.site_id)


def watch_day(site_id: UUID) -> None:
    """Close the site's days from now on."""
    with transaction(site_id):
        set_timer(CLOSE_DAY, str(site_id), clock.now(), site_id=site_id)


@follower("queueing.days", kinds=("setup.changed",))
def watch_changed_sites(events: list[StoredEvent]) -> None:
    """A new site's days are closed too, and a changed one's at their new end, by a worker that runs already."""
    for event in events:
        if event.data["thing"] == "hall.site" and event.data["act"] != "removed":
            set_timer(CLOSE_DAY, event.data["id"], clock.now(), site_id=UUID(event.data["id"]))


@at_start
def watch_days() -> None:
    """Every worker makes sure, when it starts, that each site's days are closed."""
    for site in hall.sites_seen(SYSTEM):
        watch_day(site.pk)
