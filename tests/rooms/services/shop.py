"""A shop as the machine of a test: it sells once for a key, and can be out, slow to answer, or lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.connectors import actions as connectors
from servicehall.rooms.connectors import queries
from servicehall.rooms.services import machines
from servicehall.rooms.services.language.definition import Call
from servicehall.rooms.services.machines import Nature, Outcome, key_of
from servicehall.rooms.services.models import Instance


def operation(name: str, kind: str, inputs: dict[str, str], output: dict[str, str]) -> dict[str, Any]:
    def shape(names: dict[str, str]) -> dict[str, Any]:
        properties = {one: {"type": type_} for one, type_ in names.items()}
        return {"type": "object", "properties": properties, "required": [*names]}

    return {
        "operationId": name,
        "x-servicehall-class": kind,
        "requestBody": {"required": True, "content": {"application/json": {"schema": shape(inputs)}}},
        "responses": {
            "200": {"description": "Done", "content": {"application/json": {"schema": shape(output)}}}
        },
    }


STOCK = operation("stock", "read", {"pieces": "integer"}, {"left": "integer"})
BUY = operation("buy", "keyed", {"pieces": "integer", "total": "integer"}, {"receipt": "string"})
SELL = {
    **operation("sell", "unkeyed", {"pieces": "integer"}, {"receipt": "string"}),
    "x-servicehall-query": "sale",
}
SALE = operation("sale", "read", {"pieces": "integer"}, {"receipt": "string"})
RING = operation("ring", "unkeyed", {"pieces": "integer"}, {"receipt": "string"})
GIVE_BACK = operation("giveBack", "keyed", {"receipt": "string"}, {"receipt": "string"})
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {f"/{one['operationId']}": {"post": one} for one in (STOCK, BUY, SELL, SALE, RING, GIVE_BACK)},
}


def set_up(organisation_id: UUID) -> None:
    """The organisation knows the shop by its description, against which flows are published."""
    if queries.connector_of(organisation_id, "shop") is None:
        connectors.add_connector(
            organisation_id=organisation_id,
            slug="shop",
            names={"en": "Shop", "zh-Hans": "商店"},
            address="https://shop.example",
            allowed_hosts="shop.example",
            definition=DOCUMENT,
            by=SYSTEM,
        )


class Shop:
    """Says what it was told to say; otherwise sells, and remembers by key what it sold."""

    def __init__(self) -> None:
        self.sold: dict[str, int] = {}
        self.asked: list[str] = []
        self.says: dict[str, list[Outcome]] = {}
        self.sales: list[int] = []
        self.back: dict[str, str] = {}
        machines.register(self)

    def close(self) -> None:
        machines.forget(self)

    def ask(self, instance: Instance, step: Call, inputs: Mapping[str, Any], *, basis: str) -> Outcome:
        self.asked.append(step.operation)
        if step.operation in {"sell", "ring"}:
            return self._sell(step.operation, int(inputs["pieces"]))
        waiting = self.says.get(step.operation)
        outcome = waiting.pop(0) if waiting else None
        if outcome is not None and outcome.kind != "unknown":
            return outcome
        pieces = int(inputs["pieces"])
        if step.operation == "stock":
            return Outcome("refused", words="none") if pieces == 9 else Outcome("done", {"left": 9 - pieces})
        self.sold.setdefault(key_of(instance, step, basis), pieces)
        return outcome or Outcome("done", {"receipt": f"R{pieces}"})

    def _sell(self, operation: str, pieces: int) -> Outcome:
        """Sold again whenever it is asked for; a lost answer was sold all the same."""
        told = self.says.get(operation)
        outcome = told.pop(0) if told else Outcome("done", {"receipt": f"R{pieces}"})
        if outcome.kind in {"done", "unknown"}:
            self.sales.append(pieces)
        return outcome

    def nature(self, _instance: Instance, step: Call) -> Nature:
        if step.operation in {"sell", "ring"}:
            return Nature("unkeyed", can_be_queried=step.operation == "sell")
        return Nature("keyed")

    def query(self, _instance: Instance, _step: Call, inputs: Mapping[str, Any]) -> Outcome:
        self.asked.append("sale")
        if told := self.says.get("sale"):
            return told.pop(0)
        pieces = int(inputs["pieces"])
        sold = pieces in self.sales
        return Outcome("done", {"receipt": f"R{pieces}"}) if sold else Outcome("refused", words="none")

    def undo(self, _instance: Instance, _step: Call, inputs: Mapping[str, Any], *, key: str) -> Outcome:
        self.asked.append("giveBack")
        if told := self.says.get("giveBack"):
            return told.pop(0)
        self.back.setdefault(key, str(inputs["receipt"]))
        return Outcome("done", {})
