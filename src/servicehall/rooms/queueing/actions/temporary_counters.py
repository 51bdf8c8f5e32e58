"""Counters that are there for some days: set up, taken out of use afterwards, kept for the records and the next time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.queueing import configuration, store
from servicehall.rooms.queueing.events import TicketRequeued
from servicehall.rooms.queueing.models import WAITING, Counter, CounterStatus, Stage, Ticket

from .acting import changed, of_ticket
from .counters import close


def open_temporary_counter(
    *,
    site_id: UUID,
    zone_id: UUID,
    label: str,
    names: Text,
    stages: Collection[UUID],
    by: Actor,
    at: datetime | None = None,
) -> UUID | None:
    """Let there be a counter with this label; its id, or None: one is in use already, and is left as it is.

    One that is out of use is taken: it stands where it is said now, and serves what is said now.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there; the site has no such stage.
        ValidationError: label or zone do not fit.
    """
    allow(by, "setup.change", site_id)
    moment = at or clock.now()
    with transaction(site_id):
        row = Counter.objects.filter(site_id=site_id, label=label).first()
        if row is not None and row.is_active:
            return None
        found = list(Stage.objects.filter(pk__in=stages, service__site_id=site_id))
        if len(found) != len(set(stages)):
            raise NotFound
        row = row or Counter(site_id=site_id, label=label)
        row.zone_id, row.names, row.is_active = zone_id, names, True
        hall.save_setup(row, by=by, at=moment)
        row.stages.set(found)
        hall.touch(site_id)
        return row.pk


def retire_counter(*, site_id: UUID, counter_id: UUID, by: Actor, at: datetime | None = None) -> bool:
    """Take a counter out of use; whether it was in use.

    Whoever is signed in there is signed out, unless a customer is there: they are served to the end. Who was sent to it
    waits in the line of their service again.

    Raises:
        NotAllowed: the actor may not change the setup there.
    """
    allow(by, "setup.change", site_id)
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    with transaction(site_id):
        row = Counter.objects.filter(pk=counter_id, site_id=site_id, is_active=True).first()
        if row is None:
            return False
        row.is_active = False
        hall.save_setup(row, by=by, fields=["is_active"], at=moment)
        status = CounterStatus.objects.filter(pk=counter_id).exclude(state=CounterStatus.State.CLOSED).first()
        if status is not None and store.ticket_at(counter_id) is None:
            close(status, setup, by, moment)
        for ticket in Ticket.objects.filter(site_id=site_id, state=WAITING, for_counter_id=counter_id):
            before = store.snapshot(ticket)
            ticket.for_counter_id = None
            fact = TicketRequeued(
                **of_ticket(ticket, setup), was=WAITING, counter=counter_id, arrival=ticket.order_key
            )
            changed(ticket, before, fact, by=by, at=moment, counter=None)
        return True
