"""What a definition says, once read: a flow, its steps, their fields. Frozen; without expressions compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from servicehall.kernel.languages import Text

from .findings import START, Place
from .kinds import FIELD_KINDS, Kind, of_optional


@dataclass(frozen=True, slots=True)
class Code:
    """An expression as written, and where."""

    source: str
    place: Place = START


@dataclass(frozen=True, slots=True)
class Words:
    """A text in its languages; ``${…}`` in it are expressions. ``place`` is where it stands."""

    text: Text = field(default_factory=dict)
    place: Place = START

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Words()


@dataclass(frozen=True, slots=True)
class Jump:
    """Where it goes on after a step: at once, or when the condition holds."""

    go: str
    when: Code | None
    place: Place


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose."""

    value: str
    label: Words
    when: Code | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Options out of a list that an earlier step found: which list, what is stored, what is shown."""

    items: Code
    value: str
    label: Words
    detail: Words = NOTHING


@dataclass(frozen=True, slots=True)
class Field:
    """A question of a form."""

    id: str
    type: str
    place: Place
    label: Words
    help: Words = NOTHING
    speak: Words = NOTHING
    optional: bool = False
    when: Code | None = None
    default: Code | None = None
    options: tuple[Option, ...] = ()
    listed: Listed | None = None
    least: float | None = None
    most: float | None = None
    pattern: str = ""
    pattern_says: Words = NOTHING
    personal: str = ""
    secret: bool = False
    kinds: tuple[str, ...] = ()
    megabytes: int = 10

    @property
    def kind(self) -> Kind:
        """What the answer is."""
        kind = FIELD_KINDS[self.type]
        return of_optional(kind) if self.optional or self.when else kind


@dataclass(frozen=True, slots=True)
class Step:
    """What all steps have. ``by_customer``: somebody does something there, so it counts as a step of theirs."""

    kind: ClassVar[str] = ""
    by_customer: ClassVar[bool] = False
    once_only: ClassVar[bool] = False

    id: str
    place: Place
    title: Words = NOTHING
    text: Words = NOTHING
    help: Words = NOTHING
    speak: Words = NOTHING
    when: Code | None = None
    then: tuple[Jump, ...] = ()
    channels: tuple[str, ...] = ()
    variants: Mapping[str, Mapping[str, Words]] = field(default_factory=dict)

    def said(self, name: str, variant: str) -> Words:
        """The step's title, text, help or speak, as the variant of an experiment has it."""
        words: Words = getattr(self, name)
        return self.variants.get(variant, {}).get(name, words)

    def gives(self) -> dict[str, Kind]:
        """The names that later expressions may use, below this step's own, and their kinds."""
        return {}


@dataclass(frozen=True, slots=True)
class Inform(Step):
    """Something to read."""

    kind = "inform"
    by_customer = True


@dataclass(frozen=True, slots=True)
class Form(Step):
    """Questions."""

    kind = "form"
    by_customer = True
    fields: tuple[Field, ...] = ()

    def gives(self) -> dict[str, Kind]:
        return {one.id: one.kind for one in self.fields}


@dataclass(frozen=True, slots=True)
class Choose(Step):
    """One of a list."""

    kind = "choose"
    by_customer = True
    options: tuple[Option, ...] = ()
    listed: Listed | None = None
    empty: Words = NOTHING

    def gives(self) -> dict[str, Kind]:
        if self.listed:
            return {"value": Kind.TEXT, "item": Kind.RECORD}
        return {"value": Kind.TEXT}


@dataclass(frozen=True, slots=True)
class Review(Step):
    """What was answered, to look at and change."""

    kind = "review"
    by_customer = True


@dataclass(frozen=True, slots=True)
class Confirm(Step):
    """The customer's yes to what cannot be taken back."""

    kind = "confirm"
    by_customer = True
    button: Words = NOTHING


@dataclass(frozen=True, slots=True)
class Undo:
    """The operation that takes back what a step did, at the same system; ``inputs`` may speak of what the step gave."""

    operation: str
    inputs: Mapping[str, Code] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call(Step):
    """An operation of another system. ``once`` for one that changes something there."""

    kind = "call"
    connector: str = ""
    operation: str = ""
    inputs: Mapping[str, Code] = field(default_factory=dict)
    results: Mapping[str, Kind] = field(default_factory=dict)
    once: bool = False
    failed: str = ""
    undo: Undo | None = None

    def gives(self) -> dict[str, Kind]:
        return {**self.results, "refused": Kind.TEXT} if self.failed else dict(self.results)


@dataclass(frozen=True, slots=True)
class Lookup(Call):
    """An operation of another system that changes nothing there."""

    kind = "lookup"


@dataclass(frozen=True, slots=True)
class Pay(Step):
    """Money, through a provider."""

    kind = "pay"
    by_customer = True
    once_only = True
    amount: Code = Code("0")
    currency: str = "CNY"
    purpose: Words = NOTHING

    def gives(self) -> dict[str, Kind]:
        return {"amount": Kind.WHOLE, "reference": Kind.TEXT}


@dataclass(frozen=True, slots=True)
class Part:
    """One of the operations that a step asks another system for: with what, and what of the answer is kept."""

    operation: str
    inputs: Mapping[str, Code] = field(default_factory=dict)
    results: Mapping[str, Kind] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book(Step):
    """A day and a time that another system offers, taken there for the customer.

    ``slots`` says what is offered on a day (under the name ``offered``), ``take`` takes one of them, ``release`` gives
    it back when the customer changes their mind, leaves, or does not go on for ``hold`` minutes.
    """

    kind = "book"
    by_customer = True
    connector: str = ""
    ahead: int = 7
    slots: Part = Part("")
    offered: str = ""
    value: str = "id"
    starts: str = "starts"
    free: Code | None = None
    label: Words = NOTHING
    detail: Words = NOTHING
    take: Part = Part("")
    reference: str = ""
    release: Part | None = None
    hold: int = 30
    empty: Words = NOTHING

    def gives(self) -> dict[str, Kind]:
        own = {"day": Kind.TEXT, "start": Kind.TEXT, "value": Kind.TEXT, "item": Kind.RECORD}
        return {**self.take.results, **own, "reference": Kind.TEXT}


@dataclass(frozen=True, slots=True)
class Ticket(Step):
    """A place in the hall's queue."""

    kind = "ticket"
    service: str = ""
    priority: str = ""

    def gives(self) -> dict[str, Kind]:
        return {"number": Kind.TEXT, "code": Kind.TEXT}


@dataclass(frozen=True, slots=True)
class Case(Step):
    """A task for staff, with everything that was answered."""

    kind = "case"
    once_only = True
    group: str = ""

    def gives(self) -> dict[str, Kind]:
        return {"number": Kind.TEXT}


@dataclass(frozen=True, slots=True)
class Print(Step):
    """A slip. Printed at most once; further ones are marked as copies."""

    kind = "print"
    once_only = True
    slip: Words = NOTHING


@dataclass(frozen=True, slots=True)
class Message(Step):
    """A text to the customer's phone or e-mail."""

    kind = "message"
    once_only = True
    to: Code = Code('""')


@dataclass(frozen=True, slots=True)
class HandOver(Step):
    """From here a person goes on, with everything that was answered."""

    kind = "handover"
    service: str = ""

    def gives(self) -> dict[str, Kind]:
        return {"number": Kind.TEXT}


@dataclass(frozen=True, slots=True)
class Survey(Step):
    """How it was, in one touch. May be passed over."""

    kind = "survey"

    def gives(self) -> dict[str, Kind]:
        return {"score": Kind.ANY}


@dataclass(frozen=True, slots=True)
class End(Step):
    """It is over. ``outcome`` is what figures count it as."""

    kind = "end"
    outcome: str = "done"


STEPS: dict[str, type[Step]] = {
    kind.kind: kind
    for kind in (
        Inform, Form, Choose, Review, Confirm, Lookup, Call, Pay, Book, Ticket, Case, Print, Message, HandOver, Survey,
        End,
    )
}  # fmt: skip
"""Every kind of step by its name in a definition."""


def is_once_only(step: Step) -> bool:
    """Whether doing the step twice would do harm."""
    if isinstance(step, Book):
        return step.release is None
    return step.once_only or (isinstance(step, Call) and step.once)


@dataclass(frozen=True, slots=True)
class Opening:
    """When a service can be begun: weekdays (0 is Monday) from one hour to another, ``HH:MM`` in the site's time."""

    days: tuple[int, ...]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Experiment:
    """Variants that are tried against one another; of each the share of customers that gets it."""

    name: str
    shares: Mapping[str, int]
    place: Place = START


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole definition."""

    slug: str
    name: Words
    summary: Words
    category: str
    channels: tuple[str, ...]
    steps: tuple[Step, ...]
    offline: str = "refused"
    versions: str = "pinned"
    longer: str = ""
    purposes: tuple[str, ...] = ()
    opening: tuple[Opening, ...] = ()
    prices: Mapping[str, int] = field(default_factory=dict)
    currency: str = "CNY"
    values: Mapping[str, Code] = field(default_factory=dict)
    keeps_days: int = 30
    experiment: Experiment | None = None

    def step(self, name: str) -> Step | None:
        """The step of that name."""
        return next((one for one in self.steps if one.id == name), None)

    def described(self) -> dict[str, Any]:
        """What lists show."""
        return {"slug": self.slug, "name": dict(self.name.text), "category": self.category}
