"""A service in which a customer is asked about themselves and then handed to a person, as tests of helping go it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions as customers
from servicehall.rooms.services import actions

TEXT = """
flow: help-me
name: {en: Help with a form, zh-Hans: 填表帮助}
summary: {en: "Somebody helps you to fill it in", zh-Hans: 工作人员帮您填写}
category: help
channels: [kiosk, phone, desk]
purposes: [serve]
steps:
  - choose: topic
    title: {en: What is it about?, zh-Hans: 您要办什么？}
    options:
      - {value: form, label: {en: A form, zh-Hans: 表格}}
      - {value: person, label: {en: A person, zh-Hans: 人工}}
  - form: contact
    title: {en: How do we reach you?, zh-Hans: 怎样联系您？}
    fields:
      - {id: phone, type: phone, label: {en: Phone number, zh-Hans: 手机号码}}
      - {id: words, type: text, label: {en: In a few words, zh-Hans: 简单说明}}
  - handover: person
    when: topic.value == "person"
    title: {en: A person goes on, zh-Hans: 转人工}
    service: SERVICE
  - form: more
    title: {en: And the address?, zh-Hans: 您的地址？}
    fields:
      - {id: town, type: text, label: {en: Town, zh-Hans: 城市}}
  - confirm: agree
    title: {en: Is this right?, zh-Hans: 请核对}
  - print: slip
    title: {en: Your slip, zh-Hans: 您的凭条}
    slip: {en: "For ${more.town}", zh-Hans: "${more.town}"}
  - end: done
    title: {en: Filled in, zh-Hans: 已填好}
"""


def publish_help(organisation_id: UUID, service: str) -> Any:
    """The service, and the purpose that its questions need."""
    customers.add_purpose(
        organisation_id=organisation_id,
        slug="serve",
        titles={"en": "Serving you", "zh-Hans": "为您服务"},
        texts={"en": "To help you with what you came for.", "zh-Hans": "用于办理您的事项。"},
        uses=["name", "phone"],
        by=SYSTEM,
    )
    return actions.publish_text(
        organisation_id=organisation_id, text=TEXT.replace("SERVICE", service), by=SYSTEM
    )
