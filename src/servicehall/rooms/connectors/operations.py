"""What an operation of another system is, whatever kind of connector leads there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Refused

JSON = Any
"""What JSON can say: null, booleans, numbers, texts, lists and objects of these."""
Schema = dict[str, Any]
Class = Literal["read", "keyed", "unkeyed"]
CLASSES: tuple[Class, ...] = ("read", "keyed", "unkeyed")


@dataclass(frozen=True, slots=True)
class Types:
    """What goes into an operation and what comes out, as JSON Schema (2020-12) that refers to nothing outside."""

    inputs: Schema
    output: Schema


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that the other system does.

    ``read`` changes nothing there, ``keyed`` is done once for each key, ``unkeyed`` is done again whenever it is
    asked for. ``query`` is the reading operation that says what became of an unkeyed one whose answer was lost.
    """

    name: str
    kind: Class
    types: Types
    title: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other system answered, how long it took with all tries, and how many these were."""

    value: JSON
    took_ms: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Budget:
    """What a try may take: seconds for all of it, and of these for the connection; rows of an answer."""

    seconds: float
    connecting: float
    rows: int = 200


@dataclass(frozen=True, slots=True)
class Try:
    """What one try sends: which operation, with what, whose secret, under which key, within what."""

    operation: str
    inputs: Mapping[str, JSON]
    secret: str
    key: str | None
    budget: Budget


@dataclass(slots=True)
class Fault(Exception):
    """A try that brought no answer to give back; the kinds of connectors raise it, calling.py decides what follows.

    ``word`` is of the program's own list (see ``phrases.py``). ``may_have_happened``: the other side may have
    done it. ``is_final``: trying again would bring the same.
    """

    word: str
    status: int = 0
    may_have_happened: bool = False
    is_final: bool = False
    retry_after: float = 0.0
    code: str = ""
    words: str = ""
    facts: Mapping[str, JSON] = field(default_factory=dict)


class ConnectorRefused(Refused):
    """The other system said no: ``code`` is its own code, ``words`` are its own words for the customer."""

    kind = "connector-refused"
    status = 409
    title = _("The other system refuses this")
    advice = _("Check what was entered, or ask a member of staff.")

    def __init__(self, code: str, words: str, *, answered: int = 0) -> None:
        super().__init__(words, code=code)
        self.code, self.words, self.answered = code, words, answered


class ConnectorUnavailable(Refused):
    """The other system did not do it: it is down, too slow, or failed so often that it is left alone for a while.

    ``retry_after`` is in seconds; ``fault`` is a word of the program's own list.
    """

    kind = "connector-unavailable"
    status = 503
    title = _("The other system cannot be reached at this moment")
    advice = _("Nothing was done there. Try again in a moment.")

    def __init__(self, fault: str, retry_after: float = 0.0) -> None:
        super().__init__(retry_after=round(retry_after, 1))
        self.fault, self.retry_after = fault, retry_after


class ConnectorLied(Refused):
    """The answer does not fit its own description; ``may_have_happened``: the act was no read, so it may be done.

    ``where`` says which part of the answer, never what it held.
    """

    kind = "connector-lied"
    status = 502
    title = _("The other system’s answer cannot be understood")
    advice = _("Tell whoever looks after the connectors.")

    def __init__(self, where: str, *, may_have_happened: bool) -> None:
        super().__init__()
        self.where, self.may_have_happened = where, may_have_happened


class OutcomeUnknown(Refused):
    """The answer was lost: it may be done there or not. Ask before you do it again; a key makes asking safe."""

    kind = "connector-outcome-unknown"
    status = 502
    title = _("It is not known whether the other system has done this")
    advice = _("Do not do it again before somebody has looked.")

    def __init__(self, fault: str) -> None:
        super().__init__()
        self.fault = fault


class UnfitInputs(Refused):
    """What was to be sent does not fit the operation's description; nothing was sent. ``errors`` names each part."""

    kind = "connector-inputs"
    status = 422
    title = _("This does not fit what the other system takes")
    advice = _("Correct the named parts.")

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(errors=dict(errors))
        self.errors = dict(errors)


class NoSuchOperation(Refused):
    """The connector has no operation of that name, or is switched off."""

    kind = "no-such-operation"
    status = 404
    title = _("The other system has no such operation")
    advice = _("Look at the list of its operations.")
