"""A service with a step of every kind that a kiosk shows, and somebody who does it there."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.test import Client

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions as customers
from servicehall.rooms.services import actions
from servicehall.rooms.services.models import Instance
from tests.hall import Hall
from tests.rooms.services.way import published

HOME = "/kiosk/mall-door"
TEXT = """
flow: tour
name: {en: Buy a day ticket, zh-Hans: 购买日票}
summary: {en: "For the museum and the garden, valid today", zh-Hans: 博物馆与花园通用，当日有效}
category: payments
channels: [kiosk, phone, desk]
purposes: [service]
longer: It shows a step of every kind.
prices: {each: 250}
values: {total: "person.pieces * price.each"}
steps:
  - inform: hello
    title: {en: Before you begin, zh-Hans: 办理须知}
    text: {en: Tickets cannot be given back. Children under six need none., zh-Hans: 日票售出不退。六岁以下儿童免票。}
    help: {en: It takes about two minutes., zh-Hans: 大约需要两分钟。}
    speak: {en: "Welcome. Tickets cannot be given back.", zh-Hans: 欢迎使用。日票售出不退。}
  - choose: kind
    title: {en: For whom?, zh-Hans: 请选择票种}
    options:
      - {value: grown, label: {en: Grown-up, zh-Hans: 成人}}
      - {value: child, label: {en: "Child, six to fourteen", zh-Hans: 六至十四岁儿童}}
      - {value: group, label: {en: "A group of ten or more", zh-Hans: 十人及以上团体}}
  - form: person
    title: {en: Who comes?, zh-Hans: 请填写信息}
    fields:
      - {id: name, type: name, most: 40, label: {en: Name, zh-Hans: 姓名}}
      - {id: pieces, type: whole, least: 1, most: 9, label: {en: How many tickets?, zh-Hans: 购票张数}, help: {en: Nine at most, zh-Hans: 最多九张}}
      - {id: phone, type: phone, optional: true, label: {en: Phone number, zh-Hans: 手机号码}}
      - {id: code, type: digits, secret: true, least: 4, most: 6, label: {en: A code to open the locker, zh-Hans: 储物柜密码}}
      - {id: news, type: yes, label: {en: Tell me about new exhibitions, zh-Hans: 愿意接收展览信息}}
  - lookup: stock
    title: {en: Looking for free places, zh-Hans: 正在查询余票}
    connector: shop
    operation: stock
    with: {pieces: person.pieces}
    gives: {left: whole}
    failed: sold_out
  - confirm: agree
    title: {en: Is this right?, zh-Hans: 请核对}
    text: {en: "Together ${value.total | money}.", zh-Hans: "合计${value.total | money}。"}
  - call: bought
    connector: shop
    operation: buy
    with: {pieces: person.pieces, total: value.total}
    gives: {receipt: text}
  - print: slip
    title: {en: Your ticket, zh-Hans: 打印日票}
    slip: {en: "DAY TICKET ${bought.receipt}\\n${person.name}", zh-Hans: "日票 ${bought.receipt}\\n${person.name}"}
  - survey: how
    title: {en: How was it?, zh-Hans: 请评价本次办理}
  - end: done
    title: {en: Have a nice day, zh-Hans: 祝您游览愉快}
    text: {en: "Receipt ${bought.receipt}", zh-Hans: "凭条号${bought.receipt}"}
  - end: sold_out
    outcome: refused
    title: {en: Sold out, zh-Hans: 今日已售完}
"""


def offer(hall: Hall, count: int = 1) -> None:
    """The tour, and more like it in several categories."""
    customers.add_purpose(
        organisation_id=hall.site.region.organisation_id,
        slug="service",
        titles={"en": "The service", "zh-Hans": "办理业务"},
        texts={"en": "To do it", "zh-Hans": "用于办理业务"},
        uses=["name", "phone"],
        basis="service",
        by=SYSTEM,
    )
    published(hall, TEXT, "tour")
    categories = ("payments", "health", "documents", "membership", "after-sale", "help", "something")
    for n in range(1, count):
        text = TEXT.replace("flow: tour", f"flow: tour-{n}").replace("Buy a day ticket", f"Day ticket {n}")
        text = text.replace("category: payments", f"category: {categories[n % len(categories)]}")
        published(hall, text.replace("购买日票", f"日票{n}"), f"tour-{n}")


@dataclass
class Customer:
    """Somebody at the kiosk, as a client of Django: what the page keeps in memory is kept here."""

    client: Client
    code: str = ""
    page: str = ""
    status: int = 0
    facts: dict[str, str] = field(default_factory=dict)

    def send(self, path: str, *, key: str = "", **fields: Any) -> Customer:
        sent = {"code": self.code, "idempotency_key": key or uuid4().hex, **fields}
        answer = self.client.post(f"{HOME}/request{path}", sent)
        self.page, self.status = answer.content.decode(), answer.status_code
        self.facts = dict(re.findall(r'data-(code|step|kind|revision|wrong)="([^"]*)"', self.page))
        self.code = self.facts.get("code", self.code)
        return self

    def begin(self, flow: str = "tour", **more: Any) -> Customer:
        return self.send("/begin", flow=flow, **more)

    def answer(self, *, key: str = "", **fields: Any) -> Customer:
        """Answer the step that is shown; questions are named without their ``q.``."""
        asked = {
            f"q.{name}": value
            for name, value in fields.items()
            if name not in {"choice", "score", "language"}
        }
        rest = {name: value for name, value in fields.items() if f"q.{name}" not in asked}
        at = {"step": self.facts["step"], "revision": self.facts["revision"]}
        return self.send("/answer", key=key, **at, **asked, **rest)

    def bought(self) -> Customer:
        """Everything up to the slip."""
        self.begin().answer().answer(choice="grown").answer(name="Wang Fang", pieces="2", code="4711")
        actions.work_due()
        self.send("").answer()
        actions.work_due()
        return self.send("")

    @property
    def wrong(self) -> str:
        """What is wrong, as the page hands it back to have it said."""
        return html.unescape(self.facts.get("wrong", ""))

    @property
    def row(self) -> Instance:
        return Instance.objects.order_by("-begun_at", "-pk")[0]
