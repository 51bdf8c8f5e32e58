"""A machine for tests whose operations tell repetitions by their key: only ``ask`` is left to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from servicehall.rooms.services.language.definition import Call
from servicehall.rooms.services.machines import Nature, Outcome
from servicehall.rooms.services.models import Instance


class KeyedMachine:
    def nature(self, _instance: Instance, _step: Call) -> Nature:
        return Nature("keyed")

    def query(self, _instance: Instance, _step: Call, _inputs: Mapping[str, Any]) -> Outcome:
        return Outcome("unknown")

    def undo(self, _instance: Instance, _step: Call, _inputs: Mapping[str, Any], *, key: str) -> Outcome:
        return Outcome("done", {"key": key})
