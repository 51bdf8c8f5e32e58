"""Beginning a flow, answering its steps, changing an answer, leaving it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from servicehall.kernel import clock
from servicehall.kernel.events import record
from servicehall.kernel.languages import current, tag
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.feedback import actions as feedback
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.services import answering, programs, queries
from servicehall.rooms.services.events import RequestAnswered, RequestBegun, RequestLeft, RequestWentBack
from servicehall.rooms.services.instances import answers_of, hashed, path_of, program_of
from servicehall.rooms.services.language.definition import (
    Book,
    Choose,
    Confirm,
    Flow,
    Form,
    Inform,
    Review,
    Step,
    Survey,
)
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import Answer, FlowFault, Path
from servicehall.rooms.services.sent_files import resolved

from . import booking, bringing
from .keeping_on import RIGHT, about, locked, settle
from .refusals import (
    BeingDone,
    ChannelNotServed,
    FlowClosed,
    FlowNotOffered,
    NotThisStep,
    PaymentUnderWay,
    UnfitAnswers,
)


@dataclass(frozen=True, slots=True)
class Begun:
    """An instance, and the code with which its customer comes back. The code is nowhere else."""

    instance: Instance
    code: str


def begin(
    *,
    site_id: UUID,
    flow: str,
    channel: str,
    by: Actor,
    language: str = "",
    customer_id: UUID | None = None,
    at: datetime | None = None,
) -> Begun:
    """Somebody begins a flow at a site, by the version that is published now.

    Args:
        flow: its short name.
        channel: kiosk, phone or desk.
        customer_id: whose record it goes to; how well they are known is given to the flow's expressions.

    Raises:
        FlowNotOffered, ChannelNotServed, FlowClosed: see there.
    """
    allow(by, RIGHT, site_id)
    moment = at or clock.now()
    site = hall.site(site_id)
    organisation_id = site.region.organisation_id
    found = queries.live_version(organisation_id, flow, at=moment)
    if found is None:
        raise FlowNotOffered(flow=flow)
    definition = programs.of_version(found.pk).flow
    if channel not in definition.channels:
        raise ChannelNotServed(flow=flow, channels=list(definition.channels))
    local = moment.astimezone(ZoneInfo(site.timezone))
    if not is_open(definition, local):
        raise FlowClosed(flow=flow)
    code = secrets.token_urlsafe(16)
    spoken = tag(language) if language else current()
    instance = Instance(
        organisation_id=organisation_id,
        site_id=site_id,
        version=found,
        code_hash=hashed(code),
        channel=channel,
        given={
            "language": spoken,
            "date": local.date().isoformat(),
            "site": site.slug,
            "level": _level(customer_id, organisation_id),
        },
        customer_id=customer_id,
        begun_at=moment,
        changed_at=moment,
        forget_at=moment + timedelta(days=definition.keeps_days),
    )
    with transaction(site_id):
        record(RequestBegun(**about(instance), channel=channel), actor=by, at=moment, subject_id=instance.pk)
        instance.save(force_insert=True)
        settle(instance, {}, by=by, at=moment)
    return Begun(instance, code)


def _level(customer_id: UUID | None, organisation_id: UUID) -> str:
    """How well the customer is known: guest, contact or identity."""
    record = customers.own_record(customer_id, organisation_id) if customer_id else None
    return str(record.level) if record else "guest"


def is_open(flow: Flow, local: datetime) -> bool:
    """Whether a flow can be begun at a moment of the site's own time."""
    if not flow.opening:
        return True
    now = local.strftime("%H:%M")
    return any(local.weekday() in one.days and one.start <= now < one.end for one in flow.opening)


def submit(
    *,
    instance_id: UUID,
    step: str,
    revision: int,
    answer: Any,
    by: Actor,
    at: datetime | None = None,
) -> tuple[Instance, Path]:
    """Answers the step that waits, or one before it anew.

    Args:
        revision: of the screen that was answered; another one means that somebody went on meanwhile.
        answer: what the step's kind expects: a form's answers by question, an option's value, a score, or nothing.

    Raises:
        Stale, NotThisStep, Over: see there.
        UnfitAnswers: by question what does not fit. Nothing was changed.
    """
    moment = at or clock.now()
    with locked(instance_id, by, revision=revision) as instance:
        if instance.intent_id is not None:
            raise PaymentUnderWay
        answers = answers_of(instance)
        path = path_of(instance, answers)
        target, earlier = _target(path, step)
        instance.revision, instance.changed_at = instance.revision + 1, moment
        answers[step] = _read(instance, path, target, answer, upto=earlier)
        facts = about(instance)
        if earlier is not None:
            record(
                RequestWentBack(**facts, step=step, revision=instance.revision),
                actor=by,
                at=moment,
                subject_id=instance.pk,
            )
        if isinstance(target, Survey) and answers[step].value is not None:
            feedback.rate_request(
                request_id=instance.pk,
                flow=facts["flow"],
                site_id=instance.site_id,
                score=answers[step].value,
                by=by,
                at=moment,
            )
        fact = RequestAnswered(**facts, step=step, revision=instance.revision)
        record(fact, actor=by, at=moment, subject_id=instance.pk)
        after = settle(instance, answers, by=by, at=moment)
    return instance, after


def _target(path: Path, name: str) -> tuple[Step, int | None]:
    """The step that is answered: the one that waits, or one behind (then its number on the path)."""
    if path.step is not None and path.step.id == name:
        return path.step, None
    if path.can_change(name):
        number = path.names.index(name)
        return path.visits[number].step, number
    raise NotThisStep(step=name)


def _read(instance: Instance, path: Path, step: Step, answer: Any, *, upto: int | None) -> Answer:
    """The answer in the form in which it is kept."""
    program = program_of(instance)
    at_step = path
    if upto is not None:
        # As it was before that step: what came after must not decide what fits.
        kept = {visit.step.id: visit.answer for visit in path.visits[:upto]}
        at_step = path_of(instance, kept)
    values = at_step.values
    if isinstance(step, Form):
        given: Mapping[str, Any] = answer if isinstance(answer, dict) else {}
        checked = answering.check(program, step, resolved(instance, step, given), values)
        if checked.wrong:
            raise UnfitAnswers(errors={name: str(words) for name, words in checked.wrong.items()})
        bringing.drop_unnamed(instance, step, checked.values)
        return Answer(checked.values)
    if isinstance(step, Book):
        try:
            return booking.chosen(instance, step, answer, at_step, answers_of(instance).get(step.id))
        except answering.Unfit as problem:
            raise UnfitAnswers(errors={step.id: str(problem.words)}) from None
    if isinstance(step, Choose):
        known = {one.value for one in answering.options(program, step, values)}
        if not isinstance(answer, str | int) or str(answer) not in known:
            raise UnfitAnswers(errors={step.id: str(answering.NOT_OFFERED)})
        return Answer(str(answer))
    return _simple(step, answer, path.basis)


def _simple(step: Step, answer: Any, basis: str) -> Answer:
    """The answer to a step without questions."""
    yes = True
    match step:
        case Review() | Confirm():
            if answer is not yes:
                raise UnfitAnswers(errors={step.id: str(answering.NOT_CONFIRMED)})
            return Answer(yes, basis=basis)
        case Survey():
            if answer is not None and (not isinstance(answer, int) or not 1 <= answer <= 5):
                raise UnfitAnswers(errors={step.id: "1–5"})
            return Answer(answer)
        case Inform():
            return Answer(yes)
    raise NotThisStep(step=step.id)


def _is_being_done(instance: Instance) -> bool:
    """Whether another system may be doing right now what cannot be taken back."""
    ask = path_of(instance).ask
    return ask is not None and ask.once


def leave(*, instance_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """The customer gives up. What was done once stays done."""
    moment = at or clock.now()
    with locked(instance_id, by) as instance:
        if instance.intent_id is not None:
            raise PaymentUnderWay
        if instance.state == Instance.State.OPEN and _is_being_done(instance):
            raise BeingDone
        with suppress(FlowFault):
            booking.leave(instance, path_of(instance), at=moment)
        instance.state, instance.ended_at, instance.changed_at = Instance.State.LEFT, moment, moment
        instance.works_at = None
        instance.revision += 1
        instance.save(update_fields=["state", "ended_at", "changed_at", "revision", "works_at"])
        fact = RequestLeft(**about(instance), step=instance.step)
        record(fact, actor=by, at=moment, subject_id=instance.pk)
