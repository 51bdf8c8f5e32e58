"""Random walks through any flow: on, back, changed, left and come again; and what has to hold at the end of each.

However somebody went back and forth, a fresh run with the answers that count ends at the same step with the same values.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from servicehall.rooms.services import answering, booking, brought
from servicehall.rooms.services.language.definition import (
    Book,
    Call,
    Choose,
    Confirm,
    Form,
    Pay,
    Review,
    Survey,
)
from servicehall.rooms.services.language.kinds import FILES
from servicehall.rooms.services.language.program import Program
from servicehall.rooms.services.path import Answer, FlowFault, Path, derive, digest

_TEXTS = {
    "phone": ("13800138000", "13900139001"),
    "email": ("a@example.com", "b@example.com"),
    "id-number": ("11010519491231002X",),
    "digits": ("10023345", "88888888"),
    "date": ("2026-11-26", "2026-12-01"),
    "time": ("09:00", "14:30"),
    "money": ("12.50", "1.00"),
    "whole": ("1", "2", "3", "5", "9"),
    "number": ("1.5", "2"),
}
_BOTH = {"en": "Thing", "zh-Hans": "物"}


def _item(number: int) -> dict[str, Any]:
    """Something that any look-up of the samples may find."""
    return {
        "number": f"N{number}", "id": f"N{number}", "kind": "water", "kind_name": _BOTH, "name": _BOTH, "title": _BOTH,
        "period": "2026-10", "amount": 100 + number, "price": 100 + number, "due": "2026-11-30", "code": f"c{number}",
        "fee": 100 * number, "rank": _BOTH, "place": _BOTH, "left": number, "starts": f"0{number}:00", "position": number,
        "can_return": number, "goods": _BOTH, "quantity": 1, "slug": f"s{number}", "words": _BOTH, "names": _BOTH, "label": _BOTH,
    }  # fmt: skip


@dataclass
class Walker:
    """Somebody on their way through a flow, by chance of this number."""

    program: Program
    seed: int
    answers: dict[str, Answer] = field(default_factory=dict)
    moves: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.given = {
            "channel": self.chance.choice(self.program.flow.channels),
            "language": self.chance.choice(("en", "zh-Hans")),
            "date": "2026-11-26",
            "site": "mall",
            "level": self.chance.choice(("guest", "contact", "identity")),
            "variant": self.chance.choice([*(self.program.flow.experiment.shares if self.program.flow.experiment else ("",))]),
        }  # fmt: skip

    def path(self, answers: Mapping[str, Answer] | None = None) -> Path:
        return derive(self.program, self.given, self.answers if answers is None else answers)

    def walk(self, moves: int) -> None:
        """So many moves: on, back to a step that can be changed, or away and back again."""
        for _move in range(moves):
            found = self.path()
            self.moves += 1
            kind = self.chance.random()
            if kind < 0.3 and (able := [name for name in found.names if found.can_change(name)]):
                self._change(found, self.chance.choice(able))
            elif kind < 0.4:
                self._come_again()
            elif found.step is not None:
                self.answers[found.step.id] = self._answer(found)

    def _change(self, found: Path, name: str) -> None:
        number = found.names.index(name)
        before = self.path({one.step.id: one.answer for one in found.visits[:number]})
        visit = found.visits[number]
        if isinstance(visit.step, Book):
            held = booking.kept(visit.step, visit.answer.value, before.values)
            self.answers[name] = self._chosen(visit.step, before, held)
        else:
            self.answers[name] = self._answer(before)

    def _come_again(self) -> None:
        """What was stored is read again."""
        stored = json.loads(json.dumps({name: one.stored() for name, one in self.answers.items()}))
        self.answers = {
            name: Answer(one["value"], one["basis"], one["settled"]) for name, one in stored.items()
        }

    def differs(self) -> str:
        """What a fresh run with the same answers has otherwise; nothing when it is the same."""
        try:
            walked = self.path()
        except FlowFault as fault:
            walked = Path((), None, {"fault": fault.step})
        fresh: dict[str, Answer] = {}
        try:
            while (now := self.path(fresh)).step is not None and now.step.id in walked.names:
                fresh[now.step.id] = walked.visits[walked.names.index(now.step.id)].answer
            if now.step is not None and walked.booking is not None and now.step.id in self.answers:
                # How far a time is that is being taken is the step's own answer: a fresh run has it too.
                now = self.path({**fresh, now.step.id: self.answers[now.step.id]})
        except FlowFault as fault:
            now = Path((), None, {"fault": fault.step})
        for name in ("names", "step", "end", "values", "locked", "booking", "ask"):
            if getattr(now, name) != getattr(walked, name):
                return f"seed {self.seed}: {name}: {getattr(walked, name)!r:.300} is not {getattr(now, name)!r:.300}"
        return ""

    def _answer(self, found: Path) -> Answer:
        step = found.step
        match step:
            case Form():
                return Answer(self._form(step, found))
            case Choose():
                shown = answering.options(self.program, step, found.values)
                return Answer(self.chance.choice(shown).value if shown else "none")
            case Review() | Confirm():
                return Answer(True, found.basis)
            case Survey():
                return Answer(self.chance.choice((None, 1, 5)))
            case Book():
                return self._book(step, found)
            case Pay():
                value = {"amount": found.inputs["amount"], "reference": "T1"}
                return Answer(value, found.basis, settled=True)
            case Call():
                return self._machine(step, found)
        settled = step is not None and not step.by_customer
        names = step.gives() if step else {}
        return Answer(dict.fromkeys(names, "A001") if settled else True, found.basis, settled=settled)

    def _book(self, step: Book, found: Path) -> Answer:
        """A time: what is offered, what the customer takes of it, what the other system says to that."""
        held = found.booking
        assert held is not None
        if found.ask is None:
            return self._chosen(step, found, held)
        said = self._machine(found.ask, found).value
        kind = "refused" if found.ask.once and self.chance.random() < 0.2 else "done"
        after = booking.answered(step, held, kind, said, "")
        return self._kept(step, found, after)

    def _chosen(self, step: Book, found: Path, held: booking.Booking) -> Answer:
        days = booking.days(step, found.values)
        slots = [str(one[step.value]) for one in held.found or () if held.day in days]
        slot = self.chance.choice(slots) if slots and self.chance.random() < 0.8 else ""
        day = held.day if slot else self.chance.choice(days)
        try:
            after = booking.chosen(self.program, step, held, found.values, day=day, slot=slot)
        except answering.Unfit:
            after = held
        return self._kept(step, found, after)

    def _kept(self, step: Book, found: Path, after: booking.Booking) -> Answer:
        basis = booking.basis(self.program, step, found.values)
        return Answer(after.stored(), basis, settled=after.taken is not None)

    def _form(self, step: Form, found: Path) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for one in step.fields:
            values = {**found.values, **{f"{step.id}.{name}": value for name, value in given.items()}}
            if one.optional and self.chance.random() < 0.5:
                continue
            if one.options or one.listed:
                shown = [option.value for option in answering.options(self.program, one, values)]
                picked = self.chance.choice(shown) if shown else ""
                given[one.id] = [picked] if one.type == "choices" else picked
            elif one.type in FILES:
                many = self.chance.randint(1, brought.most(one))
                kind = self.chance.choice(brought.types(one))
                given[one.id] = [{"id": f"f{n}", "type": kind, "size": 9} for n in range(many)]
            elif one.type == "signature":
                given[one.id] = {"name": self.chance.choice(("Chen Jing", "Li Lei")), "yes": True}
            elif one.type == "yes":
                given[one.id] = self.chance.random() < 0.5
            else:
                text = self.chance.choice(_TEXTS.get(one.type, ("words", "other words")))
                text = text[: int(one.most)] if one.type == "digits" and one.most else text
                given[one.id] = int(text) if one.type == "whole" else text
        return answering.check(self.program, step, given, found.values).values

    def _machine(self, step: Call, found: Path) -> Answer:
        """What another system says: always the same to the same."""
        known = random.Random(digest([step.id, found.inputs]))
        if step.failed and known.random() < 0.2:
            return Answer({"refused": "no"}, found.basis)
        kinds: dict[str, Callable[[], Any]] = {
            "list": lambda: [_item(number) for number in range(known.randint(0, 3))],
            "record": lambda: _item(known.randint(0, 9)),
            "text": lambda: f"T{known.randint(0, 9)}",
            "whole": lambda: known.randint(0, 500),
            "number": lambda: known.random() * 10,
            "truth": lambda: known.random() < 0.5,
            "any": lambda: None,
        }
        value = {name: kinds[str(kind)]() for name, kind in step.results.items()}
        return Answer(value, found.basis, settled=step.once)


def generated(seed: int) -> str:
    """A flow made by chance: forms, choices, look-ups, deeds, conditions, jumps; always one that may be published."""
    chance = random.Random(seed)
    lines = [
        f"flow: made-{seed}", "name: {en: M, zh-Hans: 造}", "category: trials", "channels: [phone, kiosk]",
        'longer: "made by chance, not for customers"', "experiment: {name: by-chance, variants: {a: 1, b: 1}}", "steps:",
    ]  # fmt: skip
    count = chance.randint(4, 12)
    kinds = [chance.choice(("form", "choose", "lookup", "inform", "deed")) for _ in range(count)]
    for number, kind in enumerate(kinds):
        lines += _made(chance, number, kind, _condition(chance, kinds[:number]))
        if chance.random() < 0.25 and number + 2 < count:
            target = chance.randint(number + 2, count)
            goal = "finish" if target == count else _head(target, kinds)
            lines += ["    then:", f"      - {{when: {_about(number, kind)}, go: {goal}}}"]
    return "\n".join([*lines, "  - end: finish", "    title: {en: E, zh-Hans: 终}", ""])


def _head(number: int, kinds: list[str]) -> str:
    return f"sure{number}" if kinds[number] == "deed" else f"s{number}"


def _about(number: int, kind: str) -> str:
    """Something that may hold of a step's answer."""
    return {
        "form": f'"s{number}.n > 2"',
        "choose": f"\"s{number}.value == 'x'\"",
        "lookup": f'"s{number}.left < 250"',
        "inform": "\"given.variant == 'a'\"",
        "deed": f"\"s{number}.receipt == 'T3'\"",
    }[kind]


def _condition(chance: random.Random, kinds: list[str]) -> str:
    if not kinds or chance.random() < 0.5:
        return ""
    number = chance.randrange(len(kinds))
    return f'"seen.s{number} && {_about(number, kinds[number]).strip(chr(34))}"'


def _made(chance: random.Random, number: int, kind: str, when: str) -> list[str]:
    title = f"    title: {{en: S{number}, zh-Hans: 步{number}}}"
    about = [f"    when: {when}"] if when else []
    earlier = ["    channels: [phone]"] if chance.random() < 0.1 and kind != "deed" else []
    match kind:
        case "form":
            own = [
                title,
                "    fields:",
                "      - {id: n, type: whole, least: 1, most: 9, label: {en: N, zh-Hans: 数}}",
                f"      - {{id: more, type: yes, label: {{en: M, zh-Hans: 多}}, when: s{number}.n > 3}}",
                f"      - {{id: word, type: text, optional: true, when: s{number}.more, label: {{en: W, zh-Hans: 语}}}}",
            ]
            return [f"  - form: s{number}", *own, *about, *earlier]
        case "choose":
            options = [f"      - {{value: {one}, label: {{en: {one}, zh-Hans: 选{one}}}}}" for one in "xyz"]
            return [f"  - choose: s{number}", title, *about, *earlier, "    options:", *options]
        case "lookup":
            own = [
                "    connector: shop",
                "    operation: stock",
                "    with: {given: given.date}",
                "    gives: {left: whole}",
            ]
            return [f"  - lookup: s{number}", *own, *about, *earlier]
        case "deed":
            sure = [
                f"  - confirm: sure{number}",
                f"    title: {{en: Sure{number}, zh-Hans: 确{number}}}",
            ]
            own = [
                "    connector: shop",
                "    operation: buy",
                f"    with: {{n: '{number}'}}",
                "    gives: {receipt: text}",
            ]
            return [*sure, f"  - call: s{number}", *own, f"    when: seen.sure{number}"]
    return [f"  - inform: s{number}", title, *about, *earlier]
