"""From any step to a person: they go on with all that was entered, and the customer may get a place in a queue for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor
from servicehall.rooms.queueing import actions as queueing
from servicehall.rooms.services.events import RequestAskedPerson
from servicehall.rooms.services.models import Instance

from .keeping_on import about, locked, refuse_when_under_way
from .refusals import AlreadyAsked
from .tasks import add_task, is_waited_for
from .unsent import Unsent, keep_unsent


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """The request, and the ticket with which its customer comes to the person, when one was wanted."""

    instance: Instance
    number: str = ""
    code: str = ""


def ask_person(
    *,
    instance_id: UUID,
    by: Actor,
    service: str = "",
    unsent: Unsent | None = None,
    at: datetime | None = None,
) -> AskedPerson:
    """A person takes it from here: a task for staff at the step where it is, and (``service``) a ticket for a queue.

    Who is waited for already is waited for once; a ticket can still be had for it. What only looks something up is not asked
    any more.

    Args:
        service: whose queue (short name); without one there is no ticket.
        unsent: what stands in the form of the step, for the person to go on with.

    Raises:
        Over: it has ended.
        AlreadyAsked: there is a ticket for it.
        PaymentUnderWay, BeingDone: money or another system may still decide how it goes on.
        UnknownService, HallClosed, ServiceFull, …: as taking a ticket; then nothing was changed.
    """
    moment = at or clock.now()
    with locked(instance_id, by) as instance:
        is_waited = is_waited_for(instance)
        if is_waited and service and instance.visit_id is not None:
            raise AlreadyAsked
        refuse_when_under_way(instance)
        keep_unsent(instance, unsent)
        given = AskedPerson(instance)
        if not is_waited or service:
            given = _stand_in_line(instance, service, by=by, at=moment)
    return given


def _stand_in_line(instance: Instance, service: str, *, by: Actor, at: datetime) -> AskedPerson:
    """The task and the ticket, in the open transaction."""
    step = instance.step[:40]
    ticket = None
    if service:
        ticket = queueing.issue_ticket(
            site_id=instance.site_id,
            service=service,
            by=by,
            language=instance.given.get("language", ""),
            customer_id=instance.customer_id,
            at=at,
        )
        instance.visit_id = ticket.visit_id
    instance.state = Instance.State.WAITING
    instance.revision += 1
    instance.changed_at, instance.works_at = at, None
    instance.save(update_fields=["visit_id", "state", "revision", "changed_at", "works_at"])
    add_task(instance, kind="taken-over", step=step, by=by, at=at)
    if ticket is None:
        return AskedPerson(instance)
    fact = RequestAskedPerson(**about(instance), step=step, ticket=ticket.pk, revision=instance.revision)
    record(fact, actor=by, at=at, subject_id=instance.pk)
    return AskedPerson(instance, ticket.number, ticket.code)
