"""A service that asks for a code, a photo, a signature and a time, on every channel; and the workshop that has the times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.connectors import actions as connectors
from servicehall.rooms.customers import actions as customers
from servicehall.rooms.services import actions, machines
from servicehall.rooms.services.machines import Outcome
from tests.rooms.services.keyed_machine import KeyedMachine
from tests.rooms.services.shop import operation

TEXT = """flow: repair
name: {en: Have something repaired, zh-Hans: 报修}
category: after-sale
channels: [kiosk, phone, desk]
purposes: [repairs]
steps:
  - form: bring
    title: {en: What is broken?, zh-Hans: 哪里坏了？}
    fields:
      - {id: code, type: scan, label: {en: Number of the machine, zh-Hans: 机器编号}, help: {en: "Below the bar code", zh-Hans: 条码下方}}
      - {id: photos, type: photo, most: 2, label: {en: Photos, zh-Hans: 照片}}
      - {id: card, type: photo, optional: true, personal: id_number, label: {en: Your card, zh-Hans: 您的证件}}
      - {id: sign, type: signature, label: {en: Your signature, zh-Hans: 您的签名}}
  - book: time
    title: {en: When may we come?, zh-Hans: 我们何时上门？}
    connector: workshop
    slots: {operation: times, with: {day: time.day}, list: times}
    free: item.left > 0
    label: {en: "${item.starts}", zh-Hans: "${item.starts}"}
    detail: {en: "${item.left} left", zh-Hans: "余${item.left}"}
    take: {operation: take, with: {id: time.value}, reference: number}
    release: {operation: free, with: {number: time.reference}}
    empty: {en: Try another day., zh-Hans: 请选择其他日期。}
  - confirm: agree
    title: {en: Right?, zh-Hans: 请确认}
  - end: done
    title: {en: "We come ${time.start | moment}", zh-Hans: "我们将于${time.start | moment}上门"}
"""
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Workshop", "version": "1"},
    "paths": {
        "/times": {"post": operation("times", "read", {"day": "string"}, {"times": "array"})},
        "/take": {"post": operation("take", "keyed", {"id": "string"}, {"number": "string"})},
        "/free": {"post": operation("free", "keyed", {"number": "string"}, {"number": "string"})},
    },
}
SIGNED = "[[100,100,300,300,500,100,700,300,800,100,900,300]]"


class Workshop(KeyedMachine):
    """Two times a day are free."""

    def ask(self, _instance: Any, step: Any, inputs: Mapping[str, Any], *, basis: str) -> Outcome:
        del basis
        if step.operation == "times":
            listed = [{"id": f"{inputs['day']}-{n}", "starts": f"{8 + n:02}:30", "left": n} for n in range(3)]
            return Outcome("done", {"times": listed})
        return Outcome("done", {"number": "W17"})


@contextmanager
def workshop(organisation_id: UUID) -> Iterator[Workshop]:
    """The service, published, with its workshop at the other end."""
    words = {"en": "To repair it", "zh-Hans": "为您维修"}
    customers.add_purpose(
        organisation_id=organisation_id, slug="repairs", titles=words, texts=words,
        uses=["name", "id_number"], basis="service", by=SYSTEM,
    )  # fmt: skip
    connectors.add_connector(
        organisation_id=organisation_id, slug="workshop", names=words, address="https://workshop.example",
        allowed_hosts="workshop.example", definition=DOCUMENT, by=SYSTEM,
    )  # fmt: skip
    actions.publish_text(organisation_id=organisation_id, text=TEXT, by=SYSTEM)
    found = Workshop()
    machines.register(found)
    try:
        yield found
    finally:
        machines.forget(found)


def work() -> None:
    """The worker does all that is due."""
    while actions.work_due():
        pass
