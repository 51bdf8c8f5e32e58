"""The script of a rehearsal: what is given, what the customer answers, what other systems would say.

    given:   {channel: kiosk, language: en}
    answers: {account: {number: "10023345"}, bill: E2610}
    results: {bills: {bills: []}, payment: declined, booked: {refused: no such bill}}
    ends:    {step: done}

It is YAML like a definition itself, so whatever is wrong in it is told at its line.
"""

from __future__ import annotations

import difflib
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from servicehall.rooms.services import brought
from servicehall.rooms.services.language import source as yaml_source
from servicehall.rooms.services.language.definition import (
    Book,
    Call,
    Case,
    End,
    Form,
    HandOver,
    Message,
    Pay,
    Print,
    Step,
    Ticket,
)
from servicehall.rooms.services.language.findings import START, Finding, Place, Unreadable, filled
from servicehall.rooms.services.language.kinds import FILES, Kind
from servicehall.rooms.services.language.program import GIVEN, Program
from servicehall.rooms.services.language.rewriting import one_line
from servicehall.rooms.services.language.schema import CHANNELS
from servicehall.rooms.services.language.source import Source
from servicehall.rooms.services.language.telling import KIND_WORDS

from . import booked, making_up

PARTS = ("given", "answers", "results", "ends")
DATE = "2026-11-26"
STANDS = {"channel": "phone", "language": "en", "date": DATE, "site": "hall", "level": "guest"}
"""What is given unless a script says otherwise."""
DECLINED = "declined"
HELD = ("unavailable", "unknown")
MACHINES = (Call, Pay, Book, Ticket, HandOver, Case, Print, Message)
_TYPES: dict[Kind, tuple[type, ...]] = {
    Kind.TEXT: (str,),
    Kind.WHOLE: (int,),
    Kind.NUMBER: (int, float),
    Kind.TRUTH: (bool,),
    Kind.LIST: (list,),
    Kind.RECORD: (dict,),
}


@dataclass(frozen=True, slots=True)
class Script:
    """A rehearsal's script. ``ends`` is where it is meant to end, if said; ``source`` where its parts stand.

    ``assumes``: what only has to be read, agreed to or paid is, unless the script says otherwise.
    """

    given: Mapping[str, Any] = field(default_factory=lambda: dict(STANDS))
    answers: Mapping[str, Any] = field(default_factory=dict)
    results: Mapping[str, Any] = field(default_factory=dict)
    ends: str = ""
    source: Source | None = None
    assumes: bool = True

    def place(self, step: str, name: str = "") -> Place:
        """Where the answer to a step, or to a question of it, stands."""
        if self.source is None:
            return START
        part = "answers" if step in self.answers else "results"
        return self.source.place((part, step, name) if name else (part, step))


def read_script(text: str, program: Program, **given: str) -> Script:
    """The script for a flow.

    Args:
        given: what else is given than the script says, such as the channel; empty ones are left out.

    Raises:
        Unreadable: it is no script, or does not fit the flow.
    """
    source = yaml_source.read(text)
    value = source.value
    if not isinstance(value, dict) or not all(isinstance(value.get(one, {}), dict) for one in PARTS):
        words = filled(_("A script has the parts: %(known)s."), known=PARTS)
        raise Unreadable([Finding("not-a-script", words, START)])
    findings = [*_unknown(source, (), PARTS), *_parts(source, program)]
    if findings:
        raise Unreadable(sorted(findings, key=lambda one: one.place))
    known = {**STANDS, "channel": program.flow.channels[0]}
    told = {name: str(one) for name, one in {**value.get("given", {}), **given}.items() if one}
    ends = value.get("ends", {}).get("step", "")
    return Script(
        {**known, **told}, value.get("answers", {}), value.get("results", {}), str(ends or ""), source
    )


def written_script(script: Script) -> str:
    """A script as a file has it: one line a step."""
    whole: dict[str, Any] = {
        "given": script.given,
        "answers": script.answers,
        "results": script.results,
        "ends": {"step": script.ends} if script.ends else {},
    }
    lines: list[str] = []
    for name, part in whole.items():
        if part:
            lines += [f"{name}:", *(f"  {one_line({key: value})[1:-1]}" for key, value in part.items())]
    return "".join(f"{line}\n" for line in lines)


def _unknown(source: Source, path: tuple[str, ...], known: tuple[str, ...]) -> Iterator[Finding]:
    held = source.value
    for name in path:
        held = held.get(name, {})
    for name in held:
        if name in known:
            continue
        near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.6)
        words = (
            filled(
                _("There is nothing called “%(name)s” here. Is “%(near)s” meant?"), name=name, near=near[0]
            )
            if near
            else filled(
                _("“%(name)s” is not known here. Known are: %(known)s."), name=name, known=", ".join(known)
            )
        )
        yield Finding("unknown-name", words, source.key((*path, name)))


def _parts(source: Source, program: Program) -> Iterator[Finding]:
    value, steps = source.value, {step.id: step for step in program.flow.steps}
    if "given" in value:
        yield from _unknown(source, ("given",), tuple(name.removeprefix("given.") for name in GIVEN))
        channel = value["given"].get("channel", CHANNELS[0])
        if channel not in CHANNELS:
            words = filled(_("One of these is meant: %(fact)s."), fact=", ".join(CHANNELS))
            yield Finding("unknown-channel", words, source.place(("given", "channel")))
    if "answers" in value:
        asked = tuple(
            name
            for name, step in steps.items()
            if isinstance(step, Book) or not isinstance(step, (*MACHINES, End))
        )
        yield from _unknown(source, ("answers",), asked)
        for name, answer in value["answers"].items():
            step = steps.get(name)
            if isinstance(step, Form):
                yield from _form(source, step, answer)
    if "results" in value:
        yield from _unknown(
            source, ("results",), tuple(name for name, step in steps.items() if isinstance(step, MACHINES))
        )
        for name, result in value["results"].items():
            if isinstance(step := steps.get(name), MACHINES):
                yield from misfits(step, result, source)
    if "ends" in value:
        yield from _unknown(source, ("ends",), ("step",))


def _form(source: Source, step: Form, answer: Any) -> Iterator[Finding]:
    if isinstance(answer, dict):
        yield from _unknown(source, ("answers", step.id), tuple(one.id for one in step.fields))
        return
    words = filled(
        _("The answer to a form names its questions: %(known)s."), known=tuple(one.id for one in step.fields)
    )
    yield Finding("no-answer-to-a-form", words, source.place(("answers", step.id)))


def misfits(step: Step, result: Any, source: Source | None = None) -> Iterator[Finding]:
    """Why a result cannot be the step's."""

    def place(*more: str) -> Place:
        return source.place(("results", step.id, *more)) if source else START

    if isinstance(step, Book):
        yield from _of_booking(step, result, place)
        return
    if isinstance(result, str):
        words = (*HELD,) if isinstance(step, Call) else (DECLINED, "paid") if isinstance(step, Pay) else ()
        if result not in words:
            known = ", ".join((*words, *step.gives()))
            yield Finding(
                "no-result", filled(_("One of these is meant: %(fact)s."), fact=known or "–"), place()
            )
        return
    if not isinstance(result, dict):
        yield Finding(
            "no-result", filled(_("Here should be %(kind)s."), kind=KIND_WORDS[Kind.RECORD]), place()
        )
        return
    if "refused" in result and isinstance(step, Call):
        return
    yield from _given(step.gives(), result, place)


def _given(
    gives: Mapping[str, Kind], result: Mapping[str, Any], place: Callable[..., Place]
) -> Iterator[Finding]:
    for name, value in result.items():
        if name not in gives:
            words_ = filled(
                _("“%(name)s” is not known here. Known are: %(known)s."), name=name, known=", ".join(gives)
            )
            yield Finding("unknown-name", words_, place(name))
        elif not _fits(value, gives[name]):
            yield Finding(
                "result-kind",
                filled(_("“%(name)s” should be %(kind)s."), name=name, kind=KIND_WORDS[gives[name]]),
                place(name),
            )


def _of_booking(step: Book, result: Any, place: Callable[..., Place]) -> Iterator[Finding]:
    for path, what, about in booked.unfit(step, result):
        if what == "word":
            words = filled(_("One of these is meant: %(fact)s."), fact=", ".join(about))
        elif what == "name":
            words = filled(
                _("“%(name)s” is not known here. Known are: %(known)s."),
                name=path[-1],
                known=", ".join(about),
            )
        else:
            kind = Kind.LIST if what == "list" else Kind.RECORD
            words = filled(_("Here should be %(kind)s."), kind=KIND_WORDS[kind])
        yield Finding("unknown-name" if what == "name" else "no-result", words, place(*path))
    taken = booked.part_of(result, booked.TAKE)
    for one in taken if isinstance(taken, list) else [taken]:
        if isinstance(one, dict) and "refused" not in one:
            yield from _given(step.take.results, one, lambda *more: place(booked.TAKE, *more))


def brought_for(form: Form, given: Any) -> Any:
    """A form's answers with files and signatures as a script writes them: how many, or their names; a name."""
    if not isinstance(given, dict):
        return given
    found = dict(given)
    for one in form.fields:
        value = found.get(one.id)
        if one.type in FILES and isinstance(value, int) and not isinstance(value, bool):
            found[one.id] = [making_up.file(brought.types(one)[0], number) for number in range(value)]
        elif one.type in FILES and isinstance(value, str | list):
            named = value if isinstance(value, list) else [value]
            found[one.id] = [
                _file(name, number) if isinstance(name, str) else name for number, name in enumerate(named)
            ]
        elif one.type == "signature" and isinstance(value, str):
            found[one.id] = making_up.signature(value)
    return found


def _file(name: str, number: int) -> dict[str, Any]:
    """A file of this name, of the kind that its name says."""
    return making_up.file(mimetypes.guess_type(name)[0] or "", number)


def _fits(value: Any, kind: Kind) -> bool:
    if value is None or kind not in _TYPES:
        return True
    if isinstance(value, bool):
        return kind is Kind.TRUTH
    return isinstance(value, _TYPES[kind])
