"""Taking back what was done at other systems, where the definition says how: when a customer leaves, or it ends otherwise
than done. The last thing done is taken back first.

What takes back is keyed, so it is asked for until it is known: a line of the ledger is meant in the transaction that
ends the request, and the ledger's own questions are what does it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from servicehall.kernel import clock, effects
from servicehall.kernel.effects import Entry, NotDone
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.services.instances import path_of, program_of
from servicehall.rooms.services.language.definition import Call, Pay
from servicehall.rooms.services.machines import machine
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import FlowFault, Path

from .keeping_on import note_done
from .tasks import add_task

UNDO = "services.undo"


class NotYet(Exception):
    """The other system did not say that it has done it."""


def take_back(instance: Instance, *, at: datetime) -> None:
    """Means to take back the last thing that was done and is not taken back yet. In the open transaction.

    Money that was paid for what was not done is given back by a person.
    """
    try:
        path = path_of(instance)
    except FlowFault:
        return  # a person has it already
    for step in reversed(_done(path)):
        if isinstance(step, Pay):
            add_task(instance, kind="refund", step=step.id, by=SYSTEM, at=at)
            continue
        if not step.undo:
            continue
        entry = effects.intend(
            UNDO, f"{instance.pk}:{step.id}:undo", site_id=instance.site_id, subject_id=instance.pk, at=at,
            request={"step": step.id, "operation": step.undo.operation},
        )  # fmt: skip
        if entry.is_open:
            return


def _done(path: Path) -> list[Call | Pay]:
    """What was done once and not refused; a payment only as long as nothing was done for the money."""
    found: list[Call | Pay] = []
    for visit in path.visits:
        step, value = visit.step, visit.answer.value
        if isinstance(step, Call) and step.once and visit.answer.settled:
            if not step.undo:
                found = [one for one in found if not isinstance(one, Pay)]
            found.append(step)
        elif isinstance(step, Pay) and isinstance(value, dict):
            found.append(step)
    return found


def _instance(entry: Entry) -> Instance:
    rows = Instance.objects.select_related("version").defer("version__text")
    return rows.get(pk=UUID(str(entry.subject_id)))


def _undo(entry: Entry) -> effects.Outcome:
    """Asks for it: with the same key it is done once, however often it is asked for."""
    instance = _instance(entry)
    program, path = program_of(instance), path_of(instance)
    step = program.flow.step(str(entry.request["step"]))
    if not isinstance(step, Call) or step.undo is None or step.id not in path.names:
        raise NotYet  # its answers were forgotten: nobody knows any more what to take back
    inputs = {name: program.evaluate(code, path.values) for name, code in step.undo.inputs.items()}
    outcome = machine(step).undo(instance, step, inputs, key=entry.key)
    if outcome.kind == "done":
        return effects.Outcome("done")
    if outcome.kind in {"refused", "fault"}:
        raise NotDone(reason=outcome.kind)
    raise NotYet


def _undone(entry: Entry) -> None:
    """Goes on to what was done before; what could not be taken back is a person's."""
    if entry.state == "unknown":
        return
    instance, now = _instance(entry), clock.now()
    step = str(entry.request["step"])
    note_done(instance, step, "undone" if entry.state == "done" else "not-undone", by=SYSTEM, at=now)
    if entry.state != "done":
        add_task(instance, kind="undo", step=step, by=SYSTEM, at=now)
    take_back(instance, at=now)


def call_person(effect_id: UUID) -> None:
    """It could not be taken back in time; it is still tried, and a person knows. In the site's line."""
    entry = effects.find(effect_id)
    if entry.is_open and entry.kind == UNDO:
        step = str(entry.request["step"])
        add_task(_instance(entry), kind="undo", step=step, by=SYSTEM, at=clock.now())


effects.effect(
    UNDO, "keyed", holds=("step", "operation", "reason"), patience=timedelta(0), ask=_undo, settled=_undone
)
