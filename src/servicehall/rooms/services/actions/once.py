"""What another system would do again each time it is asked: called once through the ledger, and never again blind.

The ledger's line is written before the call. When nobody knows what came of it, the other system is asked by the query
that the operation declares; without one a person looks. It is called anew, under a new line, only when it is known
that nothing was done.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from servicehall.kernel import clock, effects
from servicehall.kernel.effects import Entry
from servicehall.kernel.models import Effect
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.services import machines
from servicehall.rooms.services.instances import answers_of, keep_answers, path_of, program_of
from servicehall.rooms.services.language.definition import Call
from servicehall.rooms.services.machines import Nature, Outcome, key_of, machine
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import Answer, Path

from .keeping_on import locked, note_done, take_outcome
from .refusals import Over
from .tasks import add_task
from .undoing import take_back

CALL, QUERIED = "services.call", "services.call-queried"
BELIEVED_AFTER = timedelta(seconds=60)
"""So long after the call "it is not there" may only mean "not yet"."""
_NOTHING_DONE = {
    "refused": "refused",
    "unavailable": "unavailable",
    "fault": "fault",
    "not-there": "unavailable",
}


def call_once(instance_id: UUID, step: Call, basis: str, nature: Nature, *, at: datetime) -> None:
    """Writes the line and calls; whoever finds the line written already leaves it to the ledger."""
    kind = QUERIED if nature.can_be_queried else CALL
    try:
        with locked(instance_id, SYSTEM) as instance:
            path = path_of(instance)
            if path.step is None or path.step.id != step.id or path.basis != basis:
                return  # asked differently by now: then it is due again by itself
            entry = effects.intend(
                kind, _try_key(instance, step, basis), site_id=instance.site_id, subject_id=instance.pk, at=at,
                request={"step": step.id, "operation": step.operation, "basis": basis},
            )  # fmt: skip
            instance.works_at = None
            instance.save(update_fields=["works_at"])
    except Over:
        return
    if entry.is_new:
        effects.carry_out(entry, lambda: _said(machine(step).ask(instance, step, path.inputs, basis=basis)))


def _try_key(instance: Instance, step: Call, basis: str) -> str:
    """One that did nothing for certain stays so in the ledger; the next one is another line."""
    key = key_of(instance, step, basis)
    failed = Effect.objects.filter(key__startswith=f"{key}:", state=Effect.State.FAILED).count()
    return f"{key}:{failed}"


def _said(outcome: Outcome) -> effects.Outcome:
    if outcome.kind == "done":
        return effects.Outcome("done", {}, outcome.value)
    if outcome.kind == "unknown":
        return effects.Outcome("unknown")
    return effects.Outcome("failed", {"reason": outcome.kind}, outcome.words)


def _subject(entry: Entry) -> tuple[Instance, Call, Path]:
    instance = (
        Instance.objects.select_related("version").defer("version__text").get(pk=UUID(str(entry.subject_id)))
    )
    step = program_of(instance).flow.step(str(entry.request["step"]))
    if not isinstance(step, Call):
        raise TypeError(f"{entry.request['step']} is no call any more")
    return instance, step, path_of(instance)


def _ask(entry: Entry) -> effects.Outcome:
    """What became of it, by the operation's own query."""
    instance, step, path = _subject(entry)
    if path.step is None or path.step.id != step.id:
        return effects.Outcome("unknown")
    outcome = machine(step).query(instance, step, path.inputs)
    if outcome.kind == "done":
        return effects.Outcome("done", {}, outcome.value)
    if outcome.kind == "refused" and clock.now() - entry.intended_at >= BELIEVED_AFTER:
        return effects.Outcome("failed", {"reason": "not-there"})
    return effects.Outcome("unknown")


def _settled(entry: Entry) -> None:
    """What came of it becomes the step's outcome. In the transaction in which the ledger is settled."""
    instance, step, path = _subject(entry)
    now, basis = clock.now(), str(entry.request["basis"])
    if entry.state == "unknown" and entry.kind == QUERIED:
        note_done(instance, step.id, "unknown", by=SYSTEM, at=now)
        return  # it is asked about; the screen goes on saying that it is being done
    if instance.state in {Instance.State.ENDED, Instance.State.LEFT}:
        _too_late(instance, step, basis, entry, now)
        return
    if path.step is None or path.step.id != step.id or path.basis != basis:
        add_task(instance, kind="unsure", step=step.id, by=SYSTEM, at=now)
        return
    take_outcome(instance, step, basis, _outcome(entry), at=now)


def _outcome(entry: Entry) -> Outcome:
    if entry.state == "done":
        return Outcome("done", dict(entry.found or {}))
    if entry.state == "unknown":
        return Outcome("unknown")
    kind = _NOTHING_DONE[str(entry.result.get("reason", "fault"))]
    return Outcome(kind, words=str(entry.found or ""))  # type: ignore[arg-type]


def _too_late(instance: Instance, step: Call, basis: str, entry: Entry, now: datetime) -> None:
    """It was done for somebody who has left meanwhile: taken back where that is declared, else a person looks."""
    if entry.state != "done":
        return
    answers = answers_of(instance)
    answers[step.id] = Answer(dict(entry.found or {}), basis, settled=True)
    keep_answers(instance, answers)
    instance.save(update_fields=["answers"])
    note_done(instance, step.id, "done", by=SYSTEM, at=now)
    if step.undo:
        take_back(instance, at=now)
    else:
        add_task(instance, kind="unsure", step=step.id, by=SYSTEM, at=now)


def call_person(effect_id: UUID) -> None:
    """Nobody could say in time what became of it: a person looks. In the site's line."""
    entry, now = effects.find(effect_id), clock.now()
    if not entry.is_open or entry.kind not in {CALL, QUERIED}:
        return
    instance, step, path = _subject(entry)
    if instance.state == Instance.State.OPEN and path.step is not None and path.step.id == step.id:
        take_outcome(instance, step, path.basis, machines.Outcome("unknown"), at=now)
    else:
        add_task(instance, kind="unsure", step=step.id, by=SYSTEM, at=now)


_HOLDS = ("step", "operation", "basis", "reason")
effects.effect(CALL, "unkeyed", holds=_HOLDS, settled=_settled)
effects.effect(QUERIED, "unkeyed", holds=_HOLDS, ask=_ask, settled=_settled)
