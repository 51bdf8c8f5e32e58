"""A rehearsal's steps that take a time: what the script offers on a day, what the customer takes, what comes of it.

    answers: {slot: s2}                                    # or {day: 2026-11-27, slot: s2}, or a list: one after the other
    results: {slot: {slots: [{id: s1}, {id: s2}], take: {number: R1}}}
    results: {slot: {slots: {2026-11-27: [{id: s2}]}, take: [gone, {refused: too late}, {number: R1}]}}

Slots without days are offered on each day. Of ``take``, a list says what comes of one try after the other; its last
one stands for all that follow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from servicehall.rooms.services import booking
from servicehall.rooms.services.answering import Unfit
from servicehall.rooms.services.language.definition import Book
from servicehall.rooms.services.language.findings import filled
from servicehall.rooms.services.language.program import Program
from servicehall.rooms.services.path import Answer, Path

from .stops import Stopped

GONE = "gone"
"""Somebody else was quicker: a no without words."""
SLOTS, TAKE = "slots", "take"
OUTCOMES = ("unavailable", "unknown")


def part_of(result: Any, part: str) -> Any:
    """What a step's result says of one of its operations; None: nothing. A no of all is one of each."""
    if isinstance(result, str) or (isinstance(result, dict) and "refused" in result):
        return result
    return result.get(part) if isinstance(result, dict) else None


def and_then(held: Any, chosen: Any) -> list[Any]:
    """What was chosen at such a step, with one choice more."""
    before = held if isinstance(held, list) else [] if held is None else [held]
    return [*before, chosen]


class Bookings:
    """How far the script's choices and results have been used."""

    def __init__(self, program: Program, answers: Mapping[str, Any]) -> None:
        self.program = program
        self.choices = {name: list(one) if isinstance(one, list) else [one] for name, one in answers.items()}
        self.tries: dict[str, int] = {}

    def done(self, path: Path, step: Book, result: Any, *, made_up: bool) -> tuple[Any, Answer]:
        """What was given at this point of the step, and how far it is then.

        Raises:
            Stopped: the script does not say how it goes on.
        """
        held = path.booking or booking.kept(step, None, path.values)
        if path.ask is None:
            given, after = self._chosen(path, step, held, made_up=made_up)
        else:
            given = self._slots(held, result) if not path.ask.once else self._taken(step, result)
            after = self._answered(step, held, given)
        basis = booking.basis(self.program, step, path.values)
        return given, Answer(after.stored(), basis, settled=after.taken is not None)

    def _chosen(
        self, path: Path, step: Book, held: booking.Booking, *, made_up: bool
    ) -> tuple[Any, booking.Booking]:
        choices = self.choices.setdefault(step.id, [])
        if not choices and made_up and not held.lost:
            free = (one for one in held.found or () if booking.is_free(self.program, step, one, path.values))
            choices += [str(one.get(step.value, "")) for one in free][:1]
        if not choices:
            raise Stopped("unanswered", _("The script has no answer for this step."))
        given = choices.pop(0)
        said = given if isinstance(given, dict) else {"slot": given}
        day, slot = str(said.get("day") or held.day), str(said.get("slot") or "")
        if slot and day != held.day:
            # A slot of another day: that day is looked at first.
            choices.insert(0, {"slot": slot})
            slot, given = "", {"day": day}
        try:
            return given, booking.chosen(self.program, step, held, path.values, day=day, slot=slot)
        except Unfit as problem:
            raise Stopped("unfit", errors={step.id: problem.words}) from None

    def _slots(self, held: booking.Booking, result: Any) -> Any:
        said = part_of(result, SLOTS)
        if isinstance(said, dict) and "refused" not in said:
            return {str(day): listed for day, listed in said.items()}.get(held.day, [])
        return said

    def _taken(self, step: Book, result: Any) -> Any:
        said = part_of(result, TAKE)
        if not isinstance(said, list):
            return said
        number = self.tries.get(step.id, 0)
        self.tries[step.id] = number + 1
        return said[min(number, len(said) - 1)]

    def _answered(self, step: Book, held: booking.Booking, said: Any) -> booking.Booking:
        if said is None:
            words = filled(
                _("The script does not say what “%(connector)s” answers: %(names)s."),
                connector=step.connector,
                names=(SLOTS, TAKE),
            )
            raise Stopped("no-result", words)
        if said in OUTCOMES:
            raise Stopped("held", _("The other system did not answer: a person looks."))
        if said == GONE or (isinstance(said, dict) and "refused" in said):
            words = "" if said == GONE else str(said["refused"])
            return booking.answered(step, held, "refused", {}, words)
        value = {step.offered: said} if isinstance(said, list) else said
        return booking.answered(step, held, "done", value, "")


def unfit(step: Book, result: Any) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    """Where a result cannot be such a step's: the place in it, what is wrong (``word``, ``name``, ``list`` or
    ``record``), and what it is about.
    """
    if isinstance(result, str):
        if result not in OUTCOMES:
            yield (), "word", (*OUTCOMES, SLOTS, TAKE)
        return
    if not isinstance(result, dict):
        yield (), "record", None
        return
    if "refused" in result:
        return
    for name in result:
        if name not in (SLOTS, TAKE):
            yield (name,), "name", (SLOTS, TAKE, "refused")
    if SLOTS in result:
        yield from _unfit_slots(result[SLOTS])
    if TAKE in result:
        yield from _unfit_take(step, result[TAKE])


def _unfit_take(step: Book, taken: Any) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    for one in taken if isinstance(taken, list) and taken else [taken]:
        if isinstance(one, str) and one not in (*OUTCOMES, GONE):
            yield (TAKE,), "word", (*OUTCOMES, GONE, *step.take.results)
        elif not isinstance(one, str | dict):
            yield (TAKE,), "record", None


def _unfit_slots(said: Any) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    if isinstance(said, str) and said not in OUTCOMES:
        yield (SLOTS,), "word", OUTCOMES
    if isinstance(said, str) or (isinstance(said, dict) and "refused" in said):
        return
    listed = said.items() if isinstance(said, dict) else [("", said)]
    for day, slots in listed:
        if day and not _is_day(str(day)):
            yield (SLOTS, str(day)), "name", ("2026-11-27", "refused")
        elif not isinstance(slots, list) or not all(isinstance(one, dict) for one in slots):
            yield (SLOTS,), "list", None


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
