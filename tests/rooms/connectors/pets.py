"""A plug-in for tests: what somebody writes who has a system with a protocol of its own."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from servicehall.rooms.connectors.actions import Fault, Operation, Types

_NAME = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}


class Pets:
    """Looks pets up."""

    def __init__(self, options: Mapping[str, Any], secret: str) -> None:
        self.options, self.secret = options, secret

    def operations(self) -> Mapping[str, Operation]:
        return {
            "find": Operation("find", "read", Types(_NAME, {"type": "string"})),
            "feed": Operation("feed", "unkeyed", Types(_NAME, {"type": "integer"})),
        }

    def perform(self, operation: str, inputs: Mapping[str, Any], *, key: str | None, seconds: float) -> Any:
        name = inputs["name"]
        if name == "nobody":
            raise Fault("refused", is_final=True, code="no-pet", words="There is no such pet.")
        if name == "sleepy":
            time.sleep(seconds + 1)
        if name == "odd":
            raise KeyError(name)
        return f"{self.options['greeting']} {name} {self.secret}" if operation == "find" else "many"
