"""What this room does by timers: texts that flows send to their customers, what became of their payments, and which
requests go over to another version or end with theirs."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import Due, set_timer, timer
from servicehall.rooms.messages import actions as messages

from .instances import path_of, program_of
from .language.definition import Message
from .models import Instance, Version

MESSAGE = "services.message"
PERSON = "services.call-person"
UPGRADE_FROM, UPGRADE = "services.upgrade-from", "services.upgrade"
RETIRE, RETIRE_THERE = "services.retire", "services.retire-there"
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


@timer(UPGRADE_FROM)
def begin_upgrade(due: Due) -> None:
    """A version whose flow lets running requests go over is the newest now, unless its publication was cancelled."""
    from .actions.upgrading import set_turns
    from .queries import live_version

    version, now = Version.objects.select_related("flow").get(pk=UUID(due.key)), clock.now()
    live = live_version(version.flow.organisation_id, version.flow.slug, at=now)
    if live is not None and live.pk == version.pk:
        set_turns(version, back=False, at=now)


@timer(UPGRADE)
def upgrade_some(due: Due) -> None:
    """The next requests of a site go over; as long as there are more, once more."""
    from .actions.upgrading import take_turn

    version, back = UUID(due.key[:32]), bool(due.data["back"])
    now = clock.now()
    last = take_turn(version_id=version, site_id=due.site_id, back=back, after=due.data["after"], at=now)
    if last:
        set_timer(UPGRADE, due.key, now, site_id=due.site_id, data={"back": back, "after": last})


@timer(RETIRE)
def retire_version(due: Due) -> None:
    """A version's last moment has come."""
    from .actions.retiring import begin_end

    begin_end(UUID(due.key), clock.now())


@timer(RETIRE_THERE)
def retire_some(due: Due) -> None:
    """What still runs by a retired version at a site ends or goes over; what is under way is looked at again."""
    from .actions.retiring import end_there

    again = end_there(version_id=UUID(due.key[:32]), site_id=due.site_id, at=clock.now())
    if again:
        set_timer(RETIRE_THERE, due.key, again, site_id=due.site_id)


@timer(PERSON)
def call_person(due: Due) -> None:
    """Nobody could find out what became of something done outside for a request."""
    from .actions import once, undoing

    once.call_person(UUID(due.key))
    undoing.call_person(UUID(due.key))


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
        body=program.say(step.said("text", path.values.get("given.variant", "")), path.values, language),
        by=SYSTEM,
    )
