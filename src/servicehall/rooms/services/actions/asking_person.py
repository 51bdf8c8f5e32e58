"""From any step to a person: a place in the queue, with the request and all that was entered attached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor
from servicehall.rooms.queueing import actions as queueing
from servicehall.rooms.services.events import RequestAskedPerson
from servicehall.rooms.services.models import Instance, Task

from .keeping_on import about, locked, refuse_when_under_way
from .refusals import AlreadyAsked
from .tasks import add_task


@dataclass(frozen=True, slots=True)
class InQueue:
    """The ticket with which somebody comes to a person."""

    ticket_id: UUID
    number: str
    code: str


def ask_person(*, instance_id: UUID, service: str, by: Actor, at: datetime | None = None) -> InQueue:
    """The customer would rather go on with a person: a ticket, and a task with the request, at the step where it is.

    Args:
        service: whose queue (short name).

    Raises:
        HallClosed, ServiceFull, …: as taking a ticket; then nothing was changed.
        AlreadyAsked: there is a ticket for it.
        PaymentUnderWay, BeingDone: money or another system may still decide how it goes on.
    """
    moment = at or clock.now()
    with locked(instance_id, by) as instance:
        step = instance.step[:40]
        asked = Task.objects.filter(instance=instance, step=step, kind=Task.Kind.TAKEN_OVER)
        if instance.state == Instance.State.WAITING and asked.filter(done_at=None).exists():
            raise AlreadyAsked
        refuse_when_under_way(instance)
        ticket = queueing.issue_ticket(
            site_id=instance.site_id,
            service=service,
            by=by,
            language=instance.given.get("language", ""),
            customer_id=instance.customer_id,
            at=moment,
        )
        instance.visit_id = ticket.visit_id
        instance.state = Instance.State.WAITING
        instance.revision += 1
        instance.changed_at, instance.works_at = moment, None
        instance.save(update_fields=["visit_id", "state", "revision", "changed_at", "works_at"])
        asked.update(done_at=None, done_by=None)  # at this step for the second time
        add_task(instance, kind="taken-over", step=step, by=by, at=moment)
        fact = RequestAskedPerson(**about(instance), step=step, ticket=ticket.pk, revision=instance.revision)
        record(fact, actor=by, at=moment, subject_id=instance.pk)
    return InQueue(ticket.pk, ticket.number, ticket.code)
