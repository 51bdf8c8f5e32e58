"""What the hall does by itself at a step: look up, tell another system, take a ticket, make a task, send a text.

What happens in our own tables happens in the transaction that stores its outcome, so it happens once. What happens
outside (machines.py) is intended first, done without a transaction, and settled: unknown is never done again blind.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM, Actor
from servicehall.kernel.timers import set_timer
from servicehall.rooms.queueing import actions as queueing
from servicehall.rooms.services.events import RequestDoneStep
from servicehall.rooms.services.instances import answers_of, path_of, program_of
from servicehall.rooms.services.language.definition import (
    Call,
    Case,
    HandOver,
    Message,
    Print,
    Step,
    Ticket,
)
from servicehall.rooms.services.machines import Outcome, machine
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import Answer, Path
from servicehall.rooms.services.timers import MESSAGE

from .keeping_on import about, locked, settle
from .refusals import NothingToDo
from .running import RIGHT
from .tasks import add_task

DEADLINE = 8.0
"""Seconds that one request may work; then it says that it goes on."""
AT_ONCE = 12
INSIDE = (Ticket, Case, HandOver, Message)
"""Steps that are done in our own tables."""


def is_ours(step: Step | None) -> bool:
    """Whether the next thing is the hall's to do."""
    return isinstance(step, Call | Ticket | Case | HandOver | Message)


def advance(*, instance_id: UUID, by: Actor, at: datetime | None = None) -> tuple[Instance, Path]:
    """Does what is the hall's to do until the customer's next step, an end, or the deadline.

    Raises:
        Over, NotFound: see there.
    """
    began = time.monotonic()
    for _turn in range(AT_ONCE):
        moment = at or clock.now()
        with locked(instance_id, by, RIGHT) as instance:
            answers = answers_of(instance)
            path = path_of(instance, answers)
            step = path.step
            if not is_ours(step) or instance.state == Instance.State.WAITING:
                return instance, path
            if isinstance(step, INSIDE):
                value = _inside(instance, step, by, moment)
                path = _store(
                    instance,
                    answers,
                    step,
                    Answer(value, path.basis, settled=True),
                    outcome="done",
                    by=by,
                    moment=moment,
                )
                if not is_ours(path.step):
                    return instance, path
                continue
        if time.monotonic() - began > DEADLINE:
            return instance, path
        instance, path, goes_on = _outside(instance, path, by)
        if not goes_on or not is_ours(path.step):
            return instance, path
    return instance, path


def note_printed(
    *, instance_id: UUID, step: str, by: Actor, at: datetime | None = None
) -> tuple[Instance, Path]:
    """The player gave the slip to the printer (or the customer does without). It is not printed twice.

    Raises:
        NothingToDo: no slip is waiting there.
    """
    moment = at or clock.now()
    with locked(instance_id, by, RIGHT) as instance:
        answers = answers_of(instance)
        path = path_of(instance, answers)
        if not isinstance(path.step, Print) or path.step.id != step:
            raise NothingToDo
        answer = Answer({"printed": True}, path.basis, settled=True)
        path = _store(instance, answers, path.step, answer, outcome="done", by=by, moment=moment)
    return instance, path


def _store(
    instance: Instance,
    answers: dict[str, Answer],
    step: Step,
    answer: Answer,
    *,
    outcome: str,
    by: Actor,
    moment: datetime,
) -> Path:
    """Keeps the outcome of a step, in the open transaction."""
    answers[step.id] = answer
    path = settle(instance, answers, moment, by=by)
    fact = RequestDoneStep(
        **about(instance, program_of(instance).flow.slug),
        step=step.id,
        outcome=outcome,
        revision=instance.revision,
    )
    record(fact, actor=by, at=moment, subject_id=instance.pk)
    return path


def _inside(instance: Instance, step: Step, by: Actor, moment: datetime) -> dict[str, Any]:
    """Does a step of our own tables, in the open transaction."""
    match step:
        case Ticket() | HandOver():
            if isinstance(step, HandOver):
                add_task(instance, kind="taken-over", step=step.id, by=by, at=moment)
            if not step.service:
                return {"number": ""}
            ticket = queueing.issue_ticket(
                site_id=instance.site_id,
                service=step.service,
                by=by if by.kind != "system" else SYSTEM,
                priority=getattr(step, "priority", "") or None,
                language=instance.given.get("language", ""),
                customer_id=instance.customer_id,
                at=moment,
            )
            instance.visit_id = ticket.visit_id
            return {"number": ticket.number, "code": ticket.code}
        case Case():
            return {
                "number": add_task(
                    instance, kind="case", step=step.id, group=step.group, by=by, at=moment
                ).number
            }
        case Message():
            # Messages stand in the organisation's line: the timer goes there, once, with what is then in the answers.
            key = f"{instance.pk}:{step.id}"
            set_timer(MESSAGE, key, moment, site_id=instance.organisation_id)
            return {}
    raise NothingToDo


def _outside(instance: Instance, path: Path, by: Actor) -> tuple[Instance, Path, bool]:
    """Asks another system, and keeps what it says. False: it does not go on now."""
    step = path.step
    if not isinstance(step, Call):
        raise NothingToDo
    outcome = machine(step).ask(instance, step, path.inputs, basis=path.basis)
    moment = clock.now()
    with locked(instance.pk, by, RIGHT) as fresh:
        answers = answers_of(fresh)
        now = path_of(fresh, answers)
        if now.step is None or now.step.id != step.id or now.basis != path.basis:
            return fresh, now, True  # somebody else had the answer first, or it is asked differently by now
        if outcome.kind == "done" or (outcome.kind == "refused" and step.failed):
            value = outcome.value if outcome.kind == "done" else {"refused": outcome.words or "refused"}
            answer = Answer(value, now.basis, settled=outcome.kind == "done" and step.once)
            return (
                fresh,
                _store(fresh, answers, step, answer, outcome=outcome.kind, by=by, moment=moment),
                True,
            )
        return fresh, _held_up(fresh, now, step, outcome, by=by, moment=moment), False


def _held_up(
    instance: Instance, path: Path, step: Call, outcome: Outcome, *, by: Actor, moment: datetime
) -> Path:
    """It did not work: tried again later when that does no harm, else a person looks."""
    fact = RequestDoneStep(
        **about(instance, program_of(instance).flow.slug),
        step=step.id,
        outcome=outcome.kind,
        revision=instance.revision,
    )
    record(fact, actor=by, at=moment, subject_id=instance.pk)
    if outcome.kind in {"unknown", "refused"}:
        instance.state, instance.changed_at = Instance.State.WAITING, moment
        instance.save(update_fields=["state", "changed_at"])
        add_task(
            instance, kind="unsure" if outcome.kind == "unknown" else "fault", step=step.id, by=by, at=moment
        )
    return path
