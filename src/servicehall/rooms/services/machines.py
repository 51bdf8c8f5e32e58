"""What asks other systems. A machine is registered for a kind of step; it is called outside of any transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from .language.definition import Call
from .models import Instance


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of asking.

    ``done``: with ``value``. ``refused``: the other side said no, with its ``words``. ``unavailable``: it did not
    answer, and asking again does no harm. ``unknown``: it may have been done. ``fault``: it can never work like this.
    """

    kind: Literal["done", "refused", "unavailable", "unknown", "fault"]
    value: dict[str, Any] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, slots=True)
class Nature:
    """What asking twice does. ``keyed``: the other system knows repetitions by their key; ``unkeyed``: it does it again.

    ``can_be_queried``: it can be asked what became of an unkeyed act whose answer was lost.
    """

    kind: Literal["keyed", "unkeyed"]
    can_be_queried: bool = False


class Machine(Protocol):
    """Asks another system."""

    def ask(self, instance: Instance, step: Call, inputs: Mapping[str, Any], *, basis: str) -> Outcome:
        """Does the step's operation with these inputs; the key is made of instance, step and basis."""

    def nature(self, instance: Instance, step: Call) -> Nature:
        """What asking for the step's operation twice would do, as the other system describes it now."""

    def query(self, instance: Instance, step: Call, inputs: Mapping[str, Any]) -> Outcome:
        """What became of the step's operation: ``done``, ``refused`` when it is not there, else ``unknown``."""

    def undo(self, instance: Instance, step: Call, inputs: Mapping[str, Any], *, key: str) -> Outcome:
        """Does the operation that takes the step back; the same key is the same wish."""


_machines: list[Machine] = []


def register(one: Machine) -> None:
    """The machine that calls operations of other systems from now on."""
    _machines.append(one)


def forget(one: Machine) -> None:
    """It is not asked any more."""
    _machines.remove(one)


def machine(_step: Call) -> Machine:
    """The machine for a step."""
    return _machines[-1]


def key_of(instance: Instance, step: Call, basis: str) -> str:
    """What the other side tells repetitions by."""
    return f"{instance.pk}:{step.id}:{basis[:16]}"
