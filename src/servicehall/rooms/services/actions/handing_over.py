"""A customer cannot, or does not want to, go on alone: a person does, and has everything that was answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import Actor
from servicehall.rooms.services.models import Instance

from .inside import take_ticket
from .keeping_on import locked, refuse_when_under_way
from .tasks import add_task


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The instance, and the ticket that its customer waits with, when one was wanted."""

    instance: Instance
    number: str = ""
    code: str = ""


def hand_over(*, instance_id: UUID, by: Actor, service: str = "", at: datetime | None = None) -> HandedOver:
    """A person takes it from here: a task for staff, and (``service``) a place in that service's queue.

    Who is waited for already is waited for once. What only looks something up is not asked any more.

    Raises:
        Over: it has ended.
        PaymentUnderWay, BeingDone: money or another system may still decide how it goes on.
        UnknownService, HallClosed and the like: no such ticket is given now; then nothing was changed.
    """
    moment = at or clock.now()
    with locked(instance_id, by) as instance:
        refuse_when_under_way(instance)
        waited = instance.state == Instance.State.WAITING
        add_task(instance, kind="taken-over", step=instance.step, by=by, at=moment)
        ticket = {"number": "", "code": ""}
        if service and instance.visit_id is None:
            ticket = take_ticket(instance, service, by=by, at=moment)
        if not waited or ticket["number"]:
            instance.state, instance.works_at = Instance.State.WAITING, None
            instance.changed_at = moment
            instance.revision += 1
            instance.save(update_fields=["state", "works_at", "changed_at", "revision", "visit_id"])
    return HandedOver(instance, ticket["number"], ticket["code"])
