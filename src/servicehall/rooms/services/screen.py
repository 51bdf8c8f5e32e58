"""A screen as data: what a player shows, the same for kiosk, phone, desk and whatever else speaks to the API.

A player decides how it looks, never what is asked: there are no expressions and no rules outside of here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext, override

from servicehall.kernel import clock
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.payments import queries as payments

from . import answering, booking, brought, masks, moving, questions
from .checking.forms import personal
from .checking.graph import graph, longest
from .instances import answers_of, path_of, program_of
from .language import texts
from .language.definition import (
    Book,
    Call,
    Choose,
    Confirm,
    End,
    Form,
    HandOver,
    Pay,
    Print,
    Review,
    Step,
    Survey,
)
from .language.kinds import FILES
from .language.program import Program
from .models import Instance
from .path import FlowFault, Path
from .wishes import wish_of

RETIRED = "retired"
"""The outcome of what ended with its version."""


def screen(
    instance: Instance,
    *,
    at: str = "",
    language: str = "",
    given: Any = None,
    reader: UUID | None = None,
    masked: bool = False,
) -> dict[str, Any]:
    """What to show now, or (``at``) a step behind that can be changed.

    Args:
        given: an answer to that step that was sent and does not fit: which questions are asked depends on it.
        reader: the member of staff who looks; whoever else has the request in hand, all others wait.
        masked: personal data that was entered before is shown masked.
    """
    spoken = language or instance.given.get("language", "en")
    program = program_of(instance)
    shown: dict[str, Any] = {
        "request": str(instance.pk),
        "flow": program.flow.slug,
        "site": instance.given.get("site", ""),
        "name": program.say(program.flow.name, {}, spoken),
        "state": instance.state,
        "number": instance.number,
        "revision": instance.revision,
        "language": spoken,
        "moves": moving.ways(program.flow),
        "offline": program.flow.offline,
    }
    if instance.state == Instance.State.ENDED and instance.outcome == RETIRED:
        return {**shown, **_retired(spoken)}
    if instance.state == Instance.State.OPEN and instance.version.retires_at is not None:
        shown["until"] = _moment(instance, instance.version.retires_at)
    try:
        path = path_of(instance)
    except FlowFault:
        return {**shown, "kind": "waiting", "step": instance.step, "why": "fault"}
    if instance.state == Instance.State.LEFT:
        return {**shown, "kind": "left", "step": instance.step}
    if instance.state == Instance.State.ENDED and path.end is None:
        return {**shown, "kind": "closed", "step": instance.step, "outcome": instance.outcome}
    if instance.state != Instance.State.ENDED and instance.held_by not in (None, reader):
        return {**shown, "kind": "waiting", "step": instance.step, "why": "staff"}
    is_mended = instance.held_by is not None and instance.held_by == reader and path.can_change(at)
    if instance.state == Instance.State.WAITING and not is_mended:
        waiting = {"kind": "waiting", "step": instance.step, "why": "person"}
        return {**shown, **waiting, **_queued(path)}
    found = _of(program, instance, path, at=at, language=spoken, given=given, masked=masked)
    return {**shown, **found}


def _queued(path: Path) -> dict[str, Any]:
    """The place in the queue that it was handed over with."""
    for visit in reversed(path.visits):
        value = visit.answer.value
        if isinstance(visit.step, HandOver) and isinstance(value, dict) and value.get("number"):
            return {"ticket": {"number": value["number"], "code": value.get("code", "")}}
    return {}


def _retired(language: str) -> dict[str, Any]:
    """What is shown of a request that ended with its version: an end like any other, in the product's own words."""
    with override(language.lower()):
        return {
            "kind": "end",
            "step": "",
            "outcome": RETIRED,
            "title": gettext("This service has been replaced meanwhile"),
            "text": gettext(
                "You had not finished in time. Our staff have what you entered and take care of it; "
                "you can also begin again with the new service."
            ),
        }


def _moment(instance: Instance, moment: datetime) -> str:
    """A moment by the clock of the request's site, for the players' own texts."""
    return clock.local(moment, hall.site(instance.site_id).timezone).strftime("%Y-%m-%d %H:%M")


def _payment(instance: Instance, path: Path) -> dict[str, Any]:
    """How the payment stands that the step waits for, or the ways to pay when none is under way."""
    wish = wish_of(path, answers_of(instance), revision=instance.revision)
    if wish is not None:
        state = "failed" if wish.failed else {"pay": "wished", "stop": "closing"}[wish.act]
        return {"payment": {"state": state, "provider": wish.provider, "qr": ""}}
    if instance.intent_id is None:
        ways = payments.ways(instance.organisation_id, to_staff=instance.held_by is not None)
        return {"ways": [{"provider": provider, "label": label} for provider, label in ways]}
    intent = payments.intent_of(instance.intent_id)
    return {"payment": {"state": intent.state, "provider": intent.provider, "qr": intent.qr}}


def _of(
    program: Program,
    instance: Instance,
    path: Path,
    *,
    at: str,
    language: str,
    given: Any,
    masked: bool = False,
) -> dict[str, Any]:
    if at and instance.intent_id is None and path.can_change(at):
        number = path.names.index(at)
        before = path_of(instance, {one.step.id: one.answer for one in path.visits[:number]})
        visit = path.visits[number]
        if isinstance(visit.step, Book):
            taken = booking.kept(visit.step, visit.answer.value, before.values)
            before = replace(before, booking=taken, ask=None)
        kept = visit.answer.value
        given = kept if given is None else given
        return of_step(program, before, visit.step, language, given=given, kept=kept, masked=masked)
    step = path.step or path.end
    if step is None:
        return {"kind": "waiting", "step": instance.step, "why": "fault"}
    held = answers_of(instance).get(step.id)
    kept = held.value if held is not None else None
    given = kept if given is None else given
    found = of_step(program, path, step, language, given=given, kept=kept, masked=masked)
    if isinstance(step, Pay):
        found |= _payment(instance, path)
        if "payment" in found:
            found["back"] = ""
    return found


def of_step(
    program: Program,
    path: Path,
    step: Step,
    language: str,
    *,
    given: Any = None,
    kept: Any = None,
    masked: bool = False,
) -> dict[str, Any]:
    """What a step shows at a place of a path, of a request under way or of a rehearsal; ``kept`` was answered before."""
    values = path.values
    found: dict[str, Any] = {
        "kind": step.kind,
        "step": step.id,
        **{
            name: program.say(words, values, language)
            for name in ("title", "text", "help", "speak")
            if (words := step.said(name, values.get("given.variant", "")))
        },
        "progress": _progress(program, path, step),
        "back": _back(path),
    }
    if isinstance(step, Form):
        found["fields"] = questions.fields(
            program, step, path, language, given=given, kept=kept, masked=masked
        )
    elif isinstance(step, Choose):
        found["options"] = questions.options(program, step, values, language)
        found["chosen"] = str(given) if given is not None else ""
        if not found["options"]:
            found["empty"] = program.say(step.empty, values, language)
    elif isinstance(step, Book):
        found |= _times(program, step, path, language)
    return found | _own(program, path, step, language, masked=masked)


def _own(program: Program, path: Path, step: Step, language: str, *, masked: bool) -> dict[str, Any]:
    """What only this kind of step shows."""
    match step:
        case Review() | Confirm():
            found: dict[str, Any] = {"answers": summary(program, path, language, masked=masked)}
            if isinstance(step, Confirm) and step.button:
                found["button"] = program.say(step.button, path.values, language)
            return found
        case Pay():
            purpose = program.say(step.purpose, path.values, language)
            amount = path.inputs.get("amount", 0)
            words = texts.written(amount, "money", language=language, currency=step.currency)
            return {"amount": amount, "amount_words": words, "currency": step.currency, "for": purpose}
        case Print():
            return {"slip": program.say(step.slip, path.values, language)}
        case Survey():
            return {"scale": 5}
        case End():
            return {"outcome": step.outcome, "slips": _slips(program, path, language)}
        case Call():
            return {"working": True}
    return {}


def slips(instance: Instance, *, language: str = "") -> list[str]:
    """The slips that were printed on the way: what a copy shows."""
    spoken = language or instance.given.get("language", "en")
    program = program_of(instance)
    try:
        path = path_of(instance)
    except FlowFault:
        return []
    printed = [visit.step for visit in path.visits]
    return [program.say(step.slip, path.values, spoken) for step in printed if isinstance(step, Print)]


def _slips(program: Program, path: Path, language: str) -> list[dict[str, str]]:
    """What was printed on the way, to be looked at again."""
    return [
        {"step": visit.step.id, "title": program.say(visit.step.title, path.values, language)}
        for visit in path.visits
        if isinstance(visit.step, Print)
    ]


def _times(program: Program, step: Book, path: Path, language: str) -> dict[str, Any]:
    """The days, and what is offered on the one that is looked at; a sign of working while that is asked for."""
    held = path.booking or booking.kept(step, None, path.values)
    if path.ask is not None:
        return {"working": True, "taking": path.ask.once}
    named = {**path.values, **booking.own(step, held)}
    listed = [one for one in held.found or () if booking.is_free(program, step, one, path.values)]
    found: dict[str, Any] = {
        "day": held.day,
        "days": [
            {"value": day, "label": texts.written(day, "day", language=language, currency="")}
            for day in booking.days(step, path.values)
        ],
        "options": [
            {
                "value": str(one.get(step.value, "")),
                "label": program.say(step.label, {**named, "item": one}, language),
                "detail": program.say(step.detail, {**named, "item": one}, language) if step.detail else "",
            }
            for one in listed
        ],
        "chosen": held.wish,
        "empty": program.say(step.empty, named, language),
        "lost": held.lost,
        "said": held.said,
    }
    if held.taken is not None:
        label = program.say(step.label, {**named, "item": held.item}, language)
        found["held"] = {"value": held.wish, "day": held.at, "label": label}
    return found


def _progress(program: Program, path: Path, step: Step) -> dict[str, int]:
    """How many of the customer's steps are behind, and how many there may be in all."""
    behind = sum(1 for visit in path.visits if visit.step.by_customer)
    return {"done": behind, "of": behind + _ahead(program)[step.id]}


@lru_cache(maxsize=256)
def _ahead(program: Program) -> dict[str, int]:
    """The most steps of the customer's from each step on. A program never changes."""
    ways = graph(program.flow)
    return {one.id: longest(ways, start=number)[0] for number, one in enumerate(program.flow.steps)}


def _back(path: Path) -> str:
    """The last step behind that can be changed; nothing when there is none."""
    return next((one.step.id for one in reversed(path.visits) if path.can_change(one.step.id)), "")


def summary(program: Program, path: Path, language: str, *, masked: bool = False) -> list[dict[str, Any]]:
    """What was answered so far, as it is shown before a yes, with the step where each can be changed."""
    found: list[dict[str, Any]] = []
    for visit in path.visits:
        change = visit.step.id if path.can_change(visit.step.id) else ""
        if isinstance(visit.step, Form):
            for field in visit.step.fields:
                value = path.values.get(f"{visit.step.id}.{field.id}")
                if value in (None, "", []):
                    continue
                label = program.say(field.label, path.values, language)
                said = answering.told(program, field, value, path.values, language)
                one: dict[str, Any] = {"label": label, "value": said, "change": change}
                if masked and personal(field) and not field.secret:
                    said = masks.told(program, field, value, path.values, language)
                    one |= {"value": said, "is_masked": True}
                elif field.type in FILES:
                    one["files"] = value
                elif field.type == "signature" and (lines := brought.drawn(value)):
                    one["signature"] = lines
                found.append(one)
        elif isinstance(visit.step, Choose):
            shown = questions.options(program, visit.step, path.values, language)
            said = next((one["label"] for one in shown if one["value"] == visit.answer.value), "")
            title = program.say(
                visit.step.said("title", path.values.get("given.variant", "")), path.values, language
            )
            found.append({"label": title, "value": said, "change": change})
        elif isinstance(visit.step, Book):
            start = path.values[f"{visit.step.id}.start"]
            said = texts.written(start, "moment", language=language, currency="")
            title = program.say(visit.step.title, path.values, language)
            found.append({"label": title, "value": said, "change": change})
    return found
