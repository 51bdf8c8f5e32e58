"""Staff go on in a customer's place: take a request over, hand it back, make it an address, end it."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.events import record
from servicehall.kernel.languages import say
from servicehall.kernel.rights import Actor
from servicehall.rooms.people import queries as people
from servicehall.rooms.services.events import (
    RequestAddressMade,
    RequestEnded,
    RequestHandedBack,
    RequestTakenOver,
)
from servicehall.rooms.services.instances import answers_of, hashed, path_of
from servicehall.rooms.services.models import Instance, Task
from servicehall.rooms.services.path import FlowFault

from .keeping_on import about, locked, settle
from .moving import close_moves
from .refusals import BeingDone, HeldByColleague, PaymentUnderWay
from .tasks import HELP, close_tasks

BY_STAFF = "by-staff"
"""The outcome of what staff brought to an end outside of its flow."""


def not_a_colleagues(instance: Instance, by: Actor) -> None:
    """Raises HeldByColleague when another member of staff goes on with it."""
    if instance.held_by is not None and instance.held_by != by.id:
        raise HeldByColleague(say(people.names_of([instance.held_by]).get(instance.held_by)))


def take_over(
    *, instance_id: UUID, by: Actor, from_id: UUID | None = None, at: datetime | None = None
) -> Instance:
    """From now on this member of staff goes on, and nobody else. A second time changes nothing.

    Args:
        from_id: the colleague whom it is meant to be taken from.

    Raises:
        HeldByColleague: another one than that has it.
        Over: it has ended.
    """
    moment = at or clock.now()
    with locked(instance_id, by, HELP) as instance:
        if instance.held_by == by.id:
            return instance
        if instance.held_by != from_id:
            not_a_colleagues(instance, by)
        instance.held_by, instance.held_at, instance.changed_at = by.id, moment, moment
        instance.revision += 1
        fact = RequestTakenOver(**about(instance), step=instance.step, revision=instance.revision)
        record(fact, actor=by, at=moment, subject_id=instance.pk)
        if instance.state == Instance.State.WAITING and not _is_stuck(instance):
            settle(instance, answers_of(instance), by=by, at=moment)
        else:
            instance.save(update_fields=["held_by", "held_at", "changed_at", "revision"])
    return instance


def _is_stuck(instance: Instance) -> bool:
    """Whether it waits for more than somebody who goes on: its step has a fault, or nobody knows whether it was done."""
    stuck = (Task.Kind.FAULT, Task.Kind.UNSURE)
    return Task.objects.filter(instance=instance, step=instance.step, kind__in=stuck, done_at=None).exists()


def hand_back(*, instance_id: UUID, by: Actor, at: datetime | None = None) -> str:
    """The customer goes on at the step that waits. Returns the code of their address where they had none yet.

    Raises:
        HeldByColleague: another member of staff has it.
        Over: it has ended.
    """
    moment = at or clock.now()
    with locked(instance_id, by, HELP) as instance:
        not_a_colleagues(instance, by)
        if instance.held_by is None:
            return ""
        code = secrets.token_urlsafe(16) if instance.is_staffs_own else ""
        if code:
            instance.code_hash = hashed(code)
        instance.held_by, instance.held_at, instance.is_staffs_own = None, None, False
        instance.changed_at = moment
        instance.revision += 1
        instance.save(
            update_fields=["held_by", "held_at", "is_staffs_own", "changed_at", "revision", "code_hash"]
        )
        fact = RequestHandedBack(**about(instance), step=instance.step, revision=instance.revision)
        record(fact, actor=by, at=moment, subject_id=instance.pk)
        if instance.state == Instance.State.OPEN:
            close_tasks(instance, (Task.Kind.TAKEN_OVER,), by=by, at=moment)
    return code


def new_address(*, instance_id: UUID, by: Actor, at: datetime | None = None) -> str:
    """The code of a new address for a customer who has none, or lost it; the one before opens nothing any more.

    Raises:
        HeldByColleague: another member of staff has it.
        Over: it has ended.
    """
    moment = at or clock.now()
    code = secrets.token_urlsafe(16)
    with locked(instance_id, by, HELP) as instance:
        not_a_colleagues(instance, by)
        instance.code_hash = hashed(code)
        # Whoever has the address may enter something from now on, which staff then see masked.
        instance.is_staffs_own = False
        instance.save(update_fields=["code_hash", "is_staffs_own"])
        close_moves(instance, "new-address", by=by, at=moment)
        record(RequestAddressMade(**about(instance)), actor=by, at=moment, subject_id=instance.pk)
    return code


def end_for(*, instance_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """Staff did for the customer what it was about, otherwise than by its steps: it ends here. Cases stay open.

    Raises:
        HeldByColleague: another member of staff has it.
        PaymentUnderWay, BeingDone: what is under way has to end first.
        Over: it has ended.
    """
    moment = at or clock.now()
    with locked(instance_id, by, HELP) as instance:
        not_a_colleagues(instance, by)
        if instance.intent_id is not None:
            raise PaymentUnderWay
        if instance.state == Instance.State.OPEN and _is_being_done(instance):
            raise BeingDone
        instance.state, instance.outcome = Instance.State.ENDED, BY_STAFF
        instance.ended_at = instance.changed_at = moment
        instance.works_at, instance.held_by, instance.held_at = None, None, None
        instance.revision += 1
        instance.save(
            update_fields=[
                "state", "outcome", "ended_at", "changed_at", "works_at", "held_by", "held_at", "revision",
            ]
        )  # fmt: skip
        close_tasks(instance, (Task.Kind.TAKEN_OVER, Task.Kind.FAULT, Task.Kind.UNSURE), by=by, at=moment)
        fact = RequestEnded(**about(instance), step=instance.step, outcome=BY_STAFF)
        record(fact, actor=by, at=moment, subject_id=instance.pk)


def _is_being_done(instance: Instance) -> bool:
    """Whether another system may be doing right now what cannot be taken back."""
    try:
        asked = path_of(instance).ask
    except FlowFault:
        return False
    return asked is not None and asked.once
