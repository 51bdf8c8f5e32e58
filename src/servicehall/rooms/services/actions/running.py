"""Beginning a flow, answering its steps, changing an answer, leaving it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from servicehall.kernel import clock
from servicehall.kernel.events import record
from servicehall.kernel.languages import current, tag
from servicehall.kernel.protection import keys
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.feedback import actions as feedback
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.services import answering, programs, queries
from servicehall.rooms.services.events import RequestAnswered, RequestBegun, RequestLeft, RequestWentBack
from servicehall.rooms.services.instances import answers_of, hashed, path_of, program_of, variant
from servicehall.rooms.services.language.definition import (
    Book,
    Form,
    Step,
    Survey,
)
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.numbers import new_number
from servicehall.rooms.services.opening import is_open
from servicehall.rooms.services.path import Answer, FlowFault, Path
from servicehall.rooms.services.sent_files import resolved
from servicehall.rooms.services.taking import Misfit, NotForCustomers, take
from servicehall.rooms.services.wishes import is_under_way

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
    WithStaff,
)
from .tasks import HELP, close_tasks
from .undoing import take_back


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
    visit_id: UUID | None = None,
    at: datetime | None = None,
) -> Begun:
    """Somebody begins a flow at a site, by the version that is published now.

    Args:
        flow: its short name.
        channel: kiosk, phone or desk; the last is for staff only.
        customer_id: whose record it goes to; how well they are known is given to the flow's expressions.
        visit_id: in the course of which visit staff begin it. What staff begin is theirs until they hand it over.

    Raises:
        FlowNotOffered, ChannelNotServed, FlowClosed: see there.
    """
    allow(by, HELP if channel == "desk" else RIGHT, site_id)
    moment = at or clock.now()
    if visit_id is not None and customer_id is None:
        customer_id = queueing.customer_of_visit(visit_id)
    site = hall.site(site_id)
    organisation_id = site.region.organisation_id
    found = queries.live_version(organisation_id, flow, at=moment)
    if found is None:
        raise FlowNotOffered(flow=flow)
    definition = programs.of_version(found.pk).flow
    if channel not in definition.channels:
        raise ChannelNotServed(flow=flow, channels=list(definition.channels))
    local = moment.astimezone(ZoneInfo(site.timezone))
    if not is_open(definition.opening, local):
        raise FlowClosed(flow=flow)
    code = secrets.token_urlsafe(16)
    is_staffs = by.kind == "staff"
    spoken = tag(language) if language else current()
    instance = Instance(
        organisation_id=organisation_id,
        site_id=site_id,
        version=found,
        code_hash=hashed(code),
        number=new_number(organisation_id),
        channel=channel,
        given={
            "language": spoken,
            "date": local.date().isoformat(),
            "site": site.slug,
            "level": _level(customer_id, organisation_id),
        },
        customer_id=customer_id,
        visit_id=visit_id,
        held_by=by.id if is_staffs else None,
        held_at=moment if is_staffs else None,
        is_staffs_own=is_staffs,
        begun_at=moment,
        changed_at=moment,
        forget_at=moment + timedelta(days=definition.keeps_days),
    )
    with transaction(site_id):
        fact = RequestBegun(**about(instance), channel=channel, variant=variant(instance))
        record(fact, actor=by, at=moment, subject_id=instance.pk)
        instance.save(force_insert=True)
        settle(instance, {}, by=by, at=moment)
    return Begun(instance, code)


def _level(customer_id: UUID | None, organisation_id: UUID) -> str:
    """How well the customer is known: guest, contact or identity."""
    record = customers.own_record(customer_id, organisation_id) if customer_id else None
    return str(record.level) if record else "guest"


def submit(
    *,
    instance_id: UUID,
    step: str,
    revision: int,
    answer: Any,
    by: Actor,
    keeps: Collection[str] = (),
    site_id: UUID | None = None,
    at: datetime | None = None,
) -> tuple[Instance, Path]:
    """Answers the step that waits, or one before it anew.

    Args:
        revision: of the screen that was answered; another one means that somebody went on meanwhile.
        answer: what the step's kind expects: a form's answers by question, an option's value, a score, or nothing.
        keeps: questions of a form whose answers stay as they are, because whoever goes on sees them masked.
        site_id: of the instance, for who knows it: then it is not looked for.

    Raises:
        WithStaff, HeldByColleague, NotTaken: somebody else goes on with it.
        Stale, NotThisStep, Over: see there.
        UnfitAnswers: by question what does not fit. Nothing was changed.
    """
    moment = at or clock.now()
    with locked(instance_id, by, revision=revision, site_id=site_id) as instance:
        if instance.intent_id is not None:
            raise PaymentUnderWay
        keys.hold(instance.pk)
        answers = answers_of(instance)
        try:
            path = path_of(instance, answers)
        except FlowFault:
            raise NotThisStep(step=step) from None
        if keeps and isinstance(answer, dict):
            answer = {**answer, **_held(answers, step, keeps)}
        if is_under_way(path, answers, revision=instance.revision):
            raise PaymentUnderWay
        target, earlier = _target(path, step)
        if instance.state == Instance.State.WAITING and instance.held_by is None:
            raise WithStaff
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


def _held(answers: Mapping[str, Answer], step: str, names: Collection[str]) -> dict[str, Any]:
    """What was answered to these questions of a form before."""
    held = answers[step].value if step in answers else {}
    return {name: held[name] for name in names if name in held} if isinstance(held, dict) else {}


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
    sent = answer
    if isinstance(step, Book):
        try:
            return booking.chosen(instance, step, answer, at_step, answers_of(instance).get(step.id))
        except answering.Unfit as problem:
            raise UnfitAnswers(errors={step.id: str(problem.words)}) from None
    if isinstance(step, Form):
        sent = resolved(instance, step, answer if isinstance(answer, dict) else {})
    try:
        found = take(program, step, sent, at_step.values, basis=path.basis)
    except Misfit as problem:
        raise UnfitAnswers(errors={name: str(words) for name, words in problem.errors.items()}) from None
    except NotForCustomers:
        raise NotThisStep(step=step.id) from None
    if isinstance(step, Form):
        bringing.drop_unnamed(instance, step, found.value)
    return found


def _refuse_when_under_way(instance: Instance) -> None:
    """Another system may be doing right now what cannot be taken back."""
    path = path_of(instance)
    if path.ask is not None and path.ask.once:
        raise BeingDone
    if is_under_way(path, answers_of(instance), revision=instance.revision):
        raise PaymentUnderWay


def leave(*, instance_id: UUID, by: Actor, at: datetime | None = None) -> Instance:
    """The customer gives up. What was done once is taken back where the definition says how, and else stays done."""
    moment = at or clock.now()
    with locked(instance_id, by) as instance:
        if instance.intent_id is not None:
            raise PaymentUnderWay
        if instance.state == Instance.State.OPEN:
            _refuse_when_under_way(instance)
        with suppress(FlowFault):
            booking.leave(instance, path_of(instance), at=moment)
        instance.state, instance.ended_at, instance.changed_at = Instance.State.LEFT, moment, moment
        instance.works_at = None
        instance.revision += 1
        instance.save(update_fields=["state", "ended_at", "changed_at", "revision", "works_at"])
        fact = RequestLeft(**about(instance), step=instance.step, variant=variant(instance))
        record(fact, actor=by, at=moment, subject_id=instance.pk)
        close_tasks(instance, ("taken-over",), by=by, at=moment)
        take_back(instance, at=moment)
    return instance
