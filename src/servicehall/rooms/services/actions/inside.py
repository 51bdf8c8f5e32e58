"""Steps that the hall does in its own tables: in the transaction that stores their outcome, so they happen once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from servicehall.kernel.rights import Actor
from servicehall.kernel.timers import set_timer
from servicehall.rooms.queueing import actions as queueing
from servicehall.rooms.services.language.definition import Case, HandOver, Message, Step, Ticket
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.timers import MESSAGE

from .tasks import add_task


def is_inside(step: Step | None) -> bool:
    """Whether a step is done in our own tables."""
    return isinstance(step, Ticket | Case | HandOver | Message)


def do(instance: Instance, step: Step, *, by: Actor, at: datetime) -> dict[str, Any]:
    """Does the step in the open transaction; what it gives.

    Raises:
        Refused: the hall is closed, the service is full, and so on: then the answer before it was not taken either.
    """
    match step:
        case Case():
            return {
                "number": add_task(instance, kind="case", step=step.id, group=step.group, by=by, at=at).number
            }
        case Message():
            # Messages stand in the organisation's line: the timer goes there, once, with what is then in the answers.
            set_timer(MESSAGE, f"{instance.pk}:{step.id}", at, site_id=instance.organisation_id)
            return {}
        case HandOver():
            add_task(instance, kind="taken-over", step=step.id, by=by, at=at)
            return take_ticket(instance, step.service, by=by, at=at) if step.service else {"number": ""}
        case Ticket():
            return take_ticket(instance, step.service, step.priority, by=by, at=at)
    raise TypeError(step.kind)


def take_ticket(
    instance: Instance, service: str, priority: str = "", *, by: Actor, at: datetime
) -> dict[str, str]:
    """A place in a queue for the instance's customer, in the open transaction."""
    ticket = queueing.issue_ticket(
        site_id=instance.site_id,
        service=service,
        by=by,
        priority=priority or None,
        language=instance.given.get("language", ""),
        customer_id=instance.customer_id,
        at=at,
    )
    instance.visit_id = ticket.visit_id
    return {"number": ticket.number, "code": ticket.code}
