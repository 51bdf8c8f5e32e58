"""Paying for players that are programs: what is wished is written down at once, and the worker speaks with the provider."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.rooms.payments import actions as payments
from servicehall.rooms.payments import queries as standing
from servicehall.rooms.services.events import RequestWished
from servicehall.rooms.services.instances import answers_of, keep_answers, path_of
from servicehall.rooms.services.language.definition import Pay
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import FlowFault
from servicehall.rooms.services.wishes import Wish, wish_of

from .keeping_on import about, locked
from .paying import pay, stop_paying
from .refusals import NotThisStep, Over, PaymentUnderWay

PAUSES = (2, 5)
"""Seconds until a provider that was not reached is tried again; after the last one the customer chooses anew."""


def wish_to_pay(*, instance_id: UUID, provider: str, by: Actor, at: datetime | None = None) -> Instance:
    """Somebody wants to pay by a way; again, while that is under way, changes nothing. Its QR code comes by itself.

    Raises:
        NotThisStep: nothing is to be paid now.
        NoSuchWay: the organisation does not take money by this way.
        PaymentUnderWay: another way is under way.
    """
    moment = at or clock.now()
    with locked(instance_id, by) as instance:
        allow(by, "payment.open", instance.site_id)
        path, answers = path_of(instance), answers_of(instance)
        if not isinstance(path.step, Pay) or instance.state != Instance.State.OPEN:
            raise NotThisStep
        if provider not in dict(standing.ways(instance.organisation_id)):
            raise payments.NoSuchWay
        wish = wish_of(path, answers, revision=instance.revision)
        under_way = wish.provider if wish and not wish.failed and wish.act == "pay" else ""
        if instance.intent_id is not None:
            under_way = standing.intent_of(instance.intent_id).provider
        if under_way == provider:
            return instance
        if under_way or (wish and not wish.failed):
            raise PaymentUnderWay
        _write(instance, path.step, Wish("pay", provider, instance.revision + 1), by=by, at=moment)
    return instance


def wish_to_stop_paying(*, instance_id: UUID, by: Actor, at: datetime | None = None) -> Instance:
    """Somebody wants to pay otherwise, or to change something first. Where nothing is under way nothing changes."""
    moment = at or clock.now()
    with locked(instance_id, by) as instance:
        path, answers = path_of(instance), answers_of(instance)
        wish = wish_of(path, answers, revision=instance.revision)
        if not isinstance(path.step, Pay) or (instance.intent_id is None and wish is None):
            return instance
        if wish is None or wish.act != "stop" or wish.failed:
            provider = wish.provider if wish else ""
            _write(instance, path.step, Wish("stop", provider, instance.revision + 1), by=by, at=moment)
    return instance


def _write(instance: Instance, step: Pay, wish: Wish, *, by: Actor, at: datetime) -> None:
    instance.revision += 1
    keep_answers(instance, {**answers_of(instance), step.id: wish.answer()})
    instance.changed_at = instance.works_at = at
    instance.tries = 0
    instance.save(update_fields=["answers", "revision", "changed_at", "works_at", "tries"])
    fact = RequestWished(**about(instance), step=step.id, what=wish.act, revision=instance.revision)
    record(fact, actor=by, at=at, subject_id=instance.pk)


def grant(instance_id: UUID, wish: Wish, *, at: datetime) -> None:
    """The worker does what was wished, outside of any transaction."""
    with suppress(Over):
        try:
            if wish.act == "pay":
                pay(instance_id=instance_id, provider=wish.provider, by=SYSTEM, at=at)
            else:
                stop_paying(instance_id=instance_id, by=SYSTEM, at=at)
        except Over:
            raise
        except Refused as problem:
            _note_failed(instance_id, wish, problem, at=at)
        else:
            _note_done(instance_id, wish)


def _note_done(instance_id: UUID, wish: Wish) -> None:
    with locked(instance_id, SYSTEM) as instance:
        if _is_still(instance, wish):
            answers = answers_of(instance)
            answers.pop(instance.step, None)
            keep_answers(instance, answers)
            instance.works_at = None
            instance.revision += 1
            instance.save(update_fields=["answers", "works_at", "revision"])


def _note_failed(instance_id: UUID, wish: Wish, problem: Refused, *, at: datetime) -> None:
    with locked(instance_id, SYSTEM) as instance:
        if not _is_still(instance, wish):
            return
        if isinstance(problem, payments.Unreachable) and instance.tries < len(PAUSES):
            instance.works_at = at + timedelta(seconds=PAUSES[instance.tries])
            instance.tries += 1
        else:
            instance.works_at = None
            instance.revision += 1
            failed = Wish(wish.act, wish.provider, instance.revision, failed=problem.kind)
            keep_answers(instance, {**answers_of(instance), instance.step: failed.answer()})
        instance.save(update_fields=["answers", "works_at", "tries", "revision"])


def _is_still(instance: Instance, wish: Wish) -> bool:
    """Whether nobody has wished otherwise, paid or stopped meanwhile."""
    try:
        return wish_of(path_of(instance), answers_of(instance), revision=instance.revision) == wish
    except FlowFault:
        return False
