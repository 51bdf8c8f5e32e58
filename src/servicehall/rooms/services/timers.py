"""What this room does by timers: texts that flows send to their customers, and what became of their payments."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import Due, timer
from servicehall.rooms.messages import actions as messages

from .instances import path_of, program_of
from .language.definition import Message
from .models import Instance

MESSAGE = "services.message"
PAID = "services.paid"
UNPAID = "services.unpaid"
HOLD = "services.hold"


@timer(PAID)
def take_payment(due: Due) -> None:
    """The money for a step came in: its outcome. When the step does not wait for just that any more, a person looks."""
    from .actions import paid

    paid(intent_id=UUID(due.key), at=clock.now())


@timer(UNPAID)
def give_up_payment(due: Due) -> None:
    """The intent of a step is over and was not paid: the step waits again."""
    from .actions import unpaid

    unpaid(intent_id=UUID(due.key))


@timer(HOLD)
def give_back(due: Due) -> None:
    """A time that was taken for somebody was held long enough."""
    from .actions.booking import time_is_over

    time_is_over(due.key, at=clock.now())


@timer(MESSAGE)
def send_message(due: Due) -> None:
    """Sends the text of a step. What it says is found in the answers; after those were forgotten nothing is sent."""
    instance_id, _colon, name = due.key.partition(":")
    instance = Instance.objects.filter(pk=UUID(instance_id)).first()
    if instance is None or not instance.answers:
        return
    program, path = program_of(instance), path_of(instance)
    step = program.flow.step(name)
    if not isinstance(step, Message) or name not in path.names:
        return
    address, language = str(program.evaluate(step.to, path.values)), instance.given.get("language", "en")
    messages.send_message(
        organisation_id=instance.organisation_id,
        kind="email" if "@" in address else "phone",
        address=address,
        title=program.say(program.flow.name, path.values, language),
        body=program.say(step.text, path.values, language),
        by=SYSTEM,
    )
