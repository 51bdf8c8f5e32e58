"""Where and when a flow can be done: which questions a channel can take, what goes on while a player's line is cut."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from servicehall.rooms.services.language.definition import (
    Book,
    Call,
    Case,
    Form,
    HandOver,
    Lookup,
    Message,
    Pay,
    Step,
    Ticket,
)
from servicehall.rooms.services.language.findings import Finding, filled
from servicehall.rooms.services.language.kinds import TAKEN_ON
from servicehall.rooms.services.language.program import Program

from .graph import Graph, graph

HALLS = (Call, Pay, Book, Ticket, Case, Message, HandOver)
"""Steps that the hall, or a system behind it, does: nothing of them happens without a line."""
ASKED = (Lookup, Pay, Book)
"""Steps whose outcome the customer waits for."""


def check(program: Program) -> Iterator[Finding]:
    """What cannot be where or when the flow says."""
    flow = program.flow
    for step in flow.steps:
        if isinstance(step, Form):
            yield from _taken(step, step.channels or flow.channels)
    if flow.offline != "refused":
        yield from _offline(graph(flow), flow.offline)


def _taken(form: Form, channels: tuple[str, ...]) -> Iterator[Finding]:
    for field in form.fields:
        for channel in channels:
            if field.type in TAKEN_ON and channel not in TAKEN_ON[field.type]:
                words = filled(
                    _(
                        "“%(name)s” (%(type)s) cannot be taken at: %(channel)s. Put it into a step with other “channels”."
                    ),
                    name=field.id,
                    type=field.type,
                    channel=channel,
                )
                yield Finding("not-on-channel", words, field.place)


def _offline(found: Graph, how: str) -> Iterator[Finding]:
    for number, step in enumerate(found.steps):
        if not isinstance(step, HALLS) or (how == "queued" and not _is_waited_for(found, number, step)):
            continue
        words = filled(
            _("“%(name)s” needs the line, so this service cannot say “offline: %(how)s”."),
            name=step.id,
            how=how,
        )
        yield Finding("offline-needs-line", words, step.place)


def _is_waited_for(found: Graph, number: int, step: Step) -> bool:
    """Whether the customer cannot go on before it was done. Waiting calls are sent later, in order."""
    return isinstance(step, ASKED) or any(found.steps[n].by_customer for n in _after(found, number))


def _after(found: Graph, number: int) -> set[int]:
    seen = {number}
    for start in range(number, len(found.steps)):  # every way goes forward, so one pass is enough
        if start in seen:
            seen |= {edge.to for edge in found.after(start)}
    return seen - {number}
