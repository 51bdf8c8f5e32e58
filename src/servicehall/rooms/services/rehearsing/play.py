"""A definition played from a script: which steps come, what each shows, what would be done. Pure.

No table, no other system and no clock: only the path, the screens and what the script says of the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from servicehall.rooms.services import moving
from servicehall.rooms.services.checking import branches
from servicehall.rooms.services.language.definition import (
    Book,
    Call,
    Confirm,
    Form,
    Inform,
    Pay,
    Print,
    Review,
    Step,
    Survey,
    is_once_only,
)
from servicehall.rooms.services.language.expressions import CannotEvaluate
from servicehall.rooms.services.language.findings import Finding, filled
from servicehall.rooms.services.language.program import Program
from servicehall.rooms.services.path import Answer, FlowFault, Path, derive
from servicehall.rooms.services.screen import of_step
from servicehall.rooms.services.taking import Misfit, take

from . import making_up
from .booked import SLOTS, TAKE, Bookings, part_of
from .effects import Effect, effect_of
from .script import DECLINED, HELD, Script, brought_for, misfits
from .stops import Stop, Stopped

_NO_WAY = frozenset({"step-twice", "unknown-target", "cyclic"})


@dataclass(frozen=True, slots=True)
class Played:
    """A step of the rehearsal. ``screen`` is what a customer sees there (nothing: nobody sees it)."""

    step: Step
    screen: Mapping[str, Any]
    given: Any = None
    gives: Mapping[str, Any] = field(default_factory=dict)
    computed: Mapping[str, Any] = field(default_factory=dict)
    effect: Effect | None = None
    passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What was played. ``off`` are answers of the script to steps that did not come."""

    steps: tuple[Played, ...]
    stop: Stop
    values: Mapping[str, Any]
    off: tuple[str, ...] = ()

    @property
    def has_ended(self) -> bool:
        """Whether it came to an end of the flow."""
        return self.stop.why == "end"

    @property
    def screens(self) -> list[Mapping[str, Any]]:
        """What a customer sees, one after the other."""
        return [one.screen for one in self.steps if one.screen]

    @property
    def effects(self) -> list[Effect]:
        """What would have been done, in order."""
        return [one.effect for one in self.steps if one.effect]


def rehearse(
    program: Program,
    script: Script,
    *,
    language: str = "",
    ways: tuple[tuple[str, str], ...] = (),
    made_up: bool = False,
    schemas: Mapping[str, Mapping[str, Any]] | None = None,
) -> Rehearsal:
    """Plays a flow to its end, or to where the script does not lead on.

    Args:
        ways: to pay, as the pay step shows them: provider and label.
        made_up: what the script does not say is made up, for looking at every screen.
        schemas: what the operations of steps give, by step, for what is made up.
    """
    return _Play(program, script, language, ways, schemas or {}, made_up=made_up).run()


def glimpse(
    program: Program,
    script: Script,
    name: str,
    *,
    language: str = "",
    ways: tuple[tuple[str, str], ...] = (),
    schemas: Mapping[str, Mapping[str, Any]] | None = None,
) -> Mapping[str, Any]:
    """What one step shows when everything before it is made up; nothing where the channel does not have the step."""
    play = _Play(program, script, language, ways, schemas or {}, made_up=True)
    found = play.run()
    shown = [one.screen for one in found.steps if one.step.id == name and one.screen]
    # Of a time that is taken, where the customer chooses; a look-up shows nothing else than that it is working.
    came = next((one for one in shown if not one.get("working")), shown[0] if shown else None)
    step = program.flow.step(name)
    if came is not None or step is None:
        return came or {}
    if step.channels and script.given.get("channel") not in step.channels:
        return {}
    return play.beside(step, found.values)


class _Play:
    def __init__(
        self,
        program: Program,
        script: Script,
        language: str,
        ways: tuple[tuple[str, str], ...],
        schemas: Mapping[str, Mapping[str, Any]],
        *,
        made_up: bool,
    ) -> None:
        self.program, self.script, self.ways, self.schemas = program, script, ways, schemas
        self.language = language or str(script.given.get("language", "en"))
        self.made_up = made_up
        self.answers: dict[str, Answer] = {}
        self.played: list[Played] = []
        self.revision = 0
        self.passed_upto = 0
        self.bookings = Bookings(program, script.answers)
        self.place = {step.id: number for number, step in enumerate(program.flow.steps)}

    def run(self) -> Rehearsal:
        path = Path((), None, {f"given.{name}": value for name, value in self.script.given.items()})
        stop: Stop | None = None
        if self.script.given.get("channel") not in self.program.flow.channels:
            stop = Stop("not-there", "", _("The service is not offered on this channel."))
        while stop is None:
            try:
                path = derive(self.program, self.script.given, self.answers)
            except FlowFault as fault:
                words = filled(_("It cannot go on here with these answers: %(problem)s"), problem=str(fault))
                stop = Stop("fault", fault.step, words)
                break
            stop = self._go(path)
        came = {one.step.id for one in self.played}
        off = tuple(name for name in (*self.script.answers, *self.script.results) if name not in came)
        return Rehearsal(tuple(self.played), stop, path.values, off)

    def _go(self, path: Path) -> Stop | None:
        """Takes one step; where it stops, if it does."""
        step = path.step or path.end
        if step is None:
            return Stop("fault", "", _("It cannot go on here with these answers."))
        passed = self._passed(step)
        if path.end is not None:
            self.played.append(Played(step, self._screen(path, step, state="ended"), passed=passed))
            return Stop("end", step.id)
        if step.id in self.answers and not isinstance(step, Book):
            return Stop("fault", step.id, _("An answer given before does not fit any more."))
        screen = self._screen(path, step) if _is_seen(step) else {}
        effect = effect_of(self.program, path, step, self.language)
        try:
            given, answer = self._done(path, step)
        except Stopped as stopped:
            self.played.append(Played(step, screen, passed=passed))
            if stopped.why == "held":
                self.revision += 1
                self.played.append(Played(step, self._held(step)))
            return Stop(stopped.why, step.id, stopped.words, stopped.errors)
        if _is_seen(step):
            self.revision += 1
        self.answers[step.id] = answer
        gives, computed = self._after(path, step)
        self.played.append(Played(step, screen, given, gives, computed, effect, passed))
        return None

    def beside(self, step: Step, values: Mapping[str, Any]) -> dict[str, Any]:
        """The screen of a step that the path did not come to, with what other paths might have given."""
        held = dict(values)
        for one in self.program.flow.steps:
            if one.id == step.id:
                break
            made = making_up.gives_of(self.program, one, held, self.language, self.schemas.get(one.id))
            held = {**{f"{one.id}.{name}": value for name, value in made.items()}, **held}
        inputs: dict[str, Any] = {}
        if isinstance(step, Pay):
            with suppress(CannotEvaluate):
                inputs = {"amount": self.program.evaluate(step.amount, held)}
        path = Path((), step, held, inputs=inputs)
        if isinstance(step, Book):
            path = making_up.offered(self.program, step, held, self.schemas.get(step.id))
        return self._screen(path, step)

    def _passed(self, step: Step) -> tuple[str, ...]:
        """The steps between the last one and this: passed over, or jumped over."""
        number = self.place[step.id]
        between = self.program.flow.steps[self.passed_upto : number]
        self.passed_upto = number + 1
        return tuple(one.id for one in between)

    def _screen(self, path: Path, step: Step, *, state: str = "open") -> dict[str, Any]:
        found = {**self._around(state), **of_step(self.program, path, step, self.language)}
        if isinstance(step, Pay):
            found["ways"] = [{"provider": provider, "label": label} for provider, label in self.ways]
        return found

    def _held(self, step: Step) -> dict[str, Any]:
        return {**self._around("waiting"), "kind": "waiting", "step": step.id, "why": "person"}

    def _around(self, state: str) -> dict[str, Any]:
        flow = self.program.flow
        return {
            "request": "",
            "flow": flow.slug,
            "site": self.script.given.get("site", ""),
            "name": self.program.say(flow.name, {}, self.language),
            "state": state,
            "number": "",
            "revision": self.revision,
            "language": self.language,
            "moves": moving.ways(flow),
            "offline": flow.offline,
        }

    def _after(self, path: Path, step: Step) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the step gave, and the computed values that are others now."""
        try:
            after = derive(self.program, self.script.given, self.answers).values
        except FlowFault:
            return {}, {}
        gives = {
            name: after[f"{step.id}.{name}"]
            for name in step.gives()
            if f"{step.id}.{name}" in after and after[f"{step.id}.{name}"] not in (None, "")
        }
        before, now = self.program.computed(path.values), self.program.computed(after)
        return gives, {name: value for name, value in now.items() if before.get(name) != value}

    # --- What the script says of a step ---------------------------------------------------------

    def _done(self, path: Path, step: Step) -> tuple[Any, Answer]:
        if isinstance(step, Book):
            return self._booked(path, step)
        if isinstance(step, Pay) or not (step.by_customer or isinstance(step, Survey)):
            return self._result(path, step)
        given = self._answer(path, step)
        try:
            return given, take(self.program, step, given, path.values, basis=path.basis)
        except Misfit as problem:
            raise Stopped("unfit", errors=problem.errors) from None

    def _booked(self, path: Path, step: Book) -> tuple[Any, Answer]:
        result = self.script.results.get(step.id)
        if result is not None and (unfit := next(misfits(step, result), None)):
            raise Stopped("unfit-result", unfit.words)
        if self.made_up and any(part_of(result, one) is None for one in (SLOTS, TAKE)):
            made = making_up.result_of(self.program, step, self.schemas.get(step.id))
            result = {**made, **(result or {})}
        return self.bookings.done(path, step, result, made_up=self.made_up)

    def _answer(self, path: Path, step: Step) -> Any:
        if step.id in self.script.answers:
            given = self.script.answers[step.id]
            if isinstance(step, Form):
                return brought_for(step, given)
            # What only has to be agreed to is agreed to in whatever way people write it.
            return True if isinstance(step, Review | Confirm) and given in ("yes", "true") else given
        if isinstance(step, Survey) and self.script.assumes:
            return None
        if isinstance(step, Inform | Review | Confirm) and self.script.assumes:
            return True
        if self.made_up:
            found = making_up.answer_to(self.program, step, path.values, self.language)
            if found is not None:
                return found
        raise Stopped("unanswered", _("The script has no answer for this step."))

    def _result(self, path: Path, step: Step) -> tuple[Any, Answer]:
        result = self.script.results.get(step.id)
        if result is None:
            result = self._made_up(step)
        if unfit := next(misfits(step, result), None):
            raise Stopped("unfit-result", unfit.words)
        if result == DECLINED:
            raise Stopped("declined", _("The customer did not pay: the step waits."))
        if result in HELD:
            raise Stopped("held", _("The other system did not answer: a person looks."))
        refused = isinstance(result, dict) and "refused" in result and isinstance(step, Call)
        if refused and isinstance(step, Call) and not step.failed:
            raise Stopped(
                "held", _("The other system says no, and the flow has no way for that: a person looks.")
            )
        value = self._value(path, step, result)
        return value, Answer(value, path.basis, settled=is_once_only(step) and not refused)

    def _value(self, path: Path, step: Step, result: Any) -> dict[str, Any]:
        held = dict(result) if isinstance(result, dict) else {}
        if isinstance(step, Pay):
            return {"amount": path.inputs.get("amount"), "reference": held.get("reference", "SAMPLE")}
        if isinstance(step, Print):
            return {"printed": True}
        if isinstance(step, Call):
            return held
        return {**making_up.result_of(self.program, step), **held}

    def _made_up(self, step: Step) -> Any:
        if isinstance(step, Call) and not self.made_up and step.results:
            words = filled(
                _("The script does not say what “%(connector)s” answers: %(names)s."),
                connector=step.connector,
                names=tuple(f"{name} ({kind})" for name, kind in step.results.items()),
            )
            raise Stopped("no-result", words)
        if isinstance(step, Pay) and not self.script.assumes:
            raise Stopped("no-result", _("The script does not say whether it was paid."))
        return making_up.result_of(self.program, step, self.schemas.get(step.id))


def hindrances(program: Program) -> list[Finding]:
    """What keeps a definition from being tried out: expressions that are none, ways to nowhere or in circles."""
    found = [*program.findings, *(one for one in branches.check(program) if one.code in _NO_WAY)]
    return sorted(found, key=lambda one: one.place)


def _is_seen(step: Step) -> bool:
    """Whether a customer sees the step: their own, and those that another system works on meanwhile."""
    return step.by_customer or isinstance(step, Call | Print | Survey)
