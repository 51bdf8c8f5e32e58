"""Paying at a step: an intent is opened for it, and what the provider says of it becomes the step's outcome.

Money is asked for with the amount that the path says at that moment. As long as it may still be paid, no answer
before it changes: first the intent is closed (:func:`stop_paying`).
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from servicehall.kernel import clock
from servicehall.kernel.errors import Refused
from servicehall.kernel.events import record
from servicehall.kernel.money import Money
from servicehall.kernel.rights import SYSTEM, Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.payments import actions as payments
from servicehall.rooms.payments import queries as standing
from servicehall.rooms.services.events import RequestPaying
from servicehall.rooms.services.instances import answers_of, keep_answers, path_of, program_of
from servicehall.rooms.services.language.definition import Pay
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import Answer, Path
from servicehall.rooms.services.wishes import wish_of

from .keeping_on import about, locked, note_done, settle
from .refusals import NotThisStep, Over, Stale
from .tasks import add_task

CASH = "cash"
KIND = "request"
"""What intents of flows refer to."""
OFFERED_WITHIN = timedelta(seconds=15)
"""Longer than a provider is waited for."""
log = logging.getLogger(__name__)


def _at_pay(instance: Instance) -> tuple[Pay, Path]:
    path = path_of(instance)
    if not isinstance(path.step, Pay) or instance.state != Instance.State.OPEN:
        raise NotThisStep
    return path.step, path


def pay(*, instance_id: UUID, provider: str, by: Actor, at: datetime | None = None) -> None:
    """Has the provider make the order for the amount of the step that waits; the screen shows its QR code then.

    Raises:
        NotThisStep: nothing is to be paid now.
        NoSuchWay, NotSetUp, Unreachable, OtherIntent: see rooms/payments; cash is a way only for staff who may take it.
    """
    moment = at or clock.now()
    with locked(instance_id, by) as instance:
        step, path = _at_pay(instance)
        if provider == CASH and not by.may("payment.cash", instance.site_id):
            raise payments.NoSuchWay
        program, language = program_of(instance), instance.given.get("language", "en")
        words = program.say(step.purpose, path.values, language)[:80]
        money, revision = Money(int(path.inputs["amount"]), step.currency), instance.revision
    # Outside of the line: an older intent of this step may have to be closed at its provider first.
    intent = payments.open_intent(
        site_id=instance.site_id,
        reference_kind=KIND,
        reference_id=uuid5(instance.pk, step.id),
        revision=revision,
        money=money,
        description=words,
        provider=provider,
        by=by,
        at=moment,
    )
    with locked(instance_id, by) as instance:
        if instance.revision != revision:
            raise Stale(revision=instance.revision)
        instance.intent_id = intent.pk
        # Should this process die before the provider was asked for the order, the worker asks.
        instance.works_at = moment + OFFERED_WITHIN
        instance.save(update_fields=["intent_id", "works_at"])
        _note(instance, by=by, at=moment)
    payments.offer(intent_id=intent.pk, by=by, at=moment)


def take_cash(*, instance_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """Say that the cash for the step that waits was taken at the counter; again changes nothing.

    Raises:
        NotThisStep: nothing is to be paid in cash now.
        NotAllowed: the actor may not say so. NotOpen: it was closed meanwhile.
    """
    with locked(instance_id, by) as instance:
        _at_pay(instance)
        intent_id = instance.intent_id
    if intent_id is None or standing.intent_of(intent_id).provider != CASH:
        raise NotThisStep
    payments.take_cash(intent_id=intent_id, by=by, at=at)
    paid(
        intent_id=intent_id, at=at or clock.now()
    )  # what the worker would do in a moment: the clerk need not wait


def _note(instance: Instance, *, by: Actor, at: datetime) -> None:
    """Says that a payment was begun or stopped: another screen may show the same request."""
    fact = RequestPaying(**about(instance), step=instance.step, revision=instance.revision)
    record(fact, actor=by, at=at, subject_id=instance.pk)


def offer_again(instance: Instance, *, at: datetime) -> bool:
    """Whether the provider has the order now, or it is over; for the worker, outside of any transaction."""
    if instance.intent_id is None:
        return True
    intent = standing.intent_of(instance.intent_id)
    if intent.state != "opened":
        return True
    if intent.expires_at <= at:
        payments.close(intent_id=intent.pk, by=SYSTEM, reason="expired", at=at)
        return True
    try:
        payments.offer(intent_id=intent.pk, by=SYSTEM, at=at)
    except Refused as problem:
        log.warning("request.not_offered id=%s reason=%s", instance.pk, problem.kind)
        return False
    return True


def stop_paying(*, instance_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """Has the intent closed, so that it can be paid otherwise or answers can be changed. What was paid stays paid."""
    moment = at or clock.now()
    with locked(instance_id, by) as instance:
        intent_id = instance.intent_id
        if intent_id is None:
            _forget_wish(instance)
    if intent_id is None:
        return
    payments.close(intent_id=intent_id, by=by, at=moment)
    if standing.intent_of(intent_id).state in {"closed", "failed"}:
        release(instance_id, intent_id, by=by)


def _forget_wish(instance: Instance) -> None:
    """Nothing was begun of what a program's customer wished, or it failed: the ways to pay are shown again."""
    answers, path = answers_of(instance), path_of(instance)
    if path.step is not None and wish_of(path, answers, revision=instance.revision):
        del answers[path.step.id]
        keep_answers(instance, answers)
        instance.works_at = None
        instance.revision += 1
        instance.save(update_fields=["answers", "works_at", "revision"])


def release(instance_id: UUID, intent_id: UUID, *, by: Actor) -> None:
    """The intent is over and was not paid: the step waits again, as another revision."""
    with locked(instance_id, by) as instance:
        if instance.intent_id == intent_id:
            instance.intent_id = instance.works_at = None
            instance.revision += 1
            instance.save(update_fields=["intent_id", "works_at", "revision"])
            _note(instance, by=by, at=clock.now())


def paid(*, intent_id: UUID, at: datetime) -> None:
    """Money came in for an intent: the outcome of its step, or a task when the step waits for something else."""
    instance_id = Instance.objects.filter(intent_id=intent_id).values_list("pk", flat=True).first()
    if instance_id is None:
        return
    intent = standing.intent_of(intent_id)
    try:
        with locked(instance_id, SYSTEM) as instance:
            answers = answers_of(instance)
            path = path_of(instance, answers)
            step = path.step
            if not isinstance(step, Pay) or path.inputs.get("amount") != intent.amount:
                add_task(instance, kind="unsure", step=instance.step, by=SYSTEM, at=at)
                return
            value = {"amount": intent.amount, "reference": intent.transaction_id or str(intent.pk)}
            answers[step.id] = Answer(value, path.basis, settled=True)
            instance.intent_id = None
            instance.revision += 1
            note_done(instance, step.id, "done", by=SYSTEM, at=at)
            settle(instance, answers, by=SYSTEM, at=at)
    except Over:
        _late(instance_id, at)


def _late(instance_id: UUID, at: datetime) -> None:
    """It was paid for what had been left meanwhile: somebody gives it back or goes on with it."""
    instance = Instance.objects.select_related("version").get(pk=instance_id)
    with transaction(instance.site_id):
        add_task(instance, kind="unsure", step=instance.step, by=SYSTEM, at=at)


def unpaid(*, intent_id: UUID) -> None:
    """An intent is over without money."""
    instance_id = Instance.objects.filter(intent_id=intent_id).values_list("pk", flat=True).first()
    if instance_id is not None:
        with suppress(Over):
            release(instance_id, intent_id, by=SYSTEM)
