"""A shop as the machine of a test: it sells once for a key, and can be out, slow to answer, or lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from servicehall.rooms.services import machines
from servicehall.rooms.services.language.definition import Call
from servicehall.rooms.services.machines import Outcome, key_of
from servicehall.rooms.services.models import Instance


class Shop:
    """Says what it was told to say; otherwise sells, and remembers by key what it sold."""

    def __init__(self) -> None:
        self.sold: dict[str, int] = {}
        self.asked: list[str] = []
        self.says: dict[str, list[Outcome]] = {}
        machines.register(self)

    def close(self) -> None:
        machines.forget(self)

    def ask(self, instance: Instance, step: Call, inputs: Mapping[str, Any], *, basis: str) -> Outcome:
        self.asked.append(step.operation)
        waiting = self.says.get(step.operation)
        outcome = waiting.pop(0) if waiting else None
        if outcome is not None and outcome.kind != "unknown":
            return outcome
        pieces = int(inputs["pieces"])
        if step.operation == "stock":
            return Outcome("refused", words="none") if pieces == 9 else Outcome("done", {"left": 9 - pieces})
        self.sold.setdefault(key_of(instance, step, basis), pieces)
        return outcome or Outcome("done", {"receipt": f"R{pieces}"})
