"""The process whose steps are measured, in our language and in BPMN: five steps of a customer's, a branch, an end."""

from __future__ import annotations

from typing import Any

FLOW = """
flow: five-steps
name: {en: Report a loss, zh-Hans: 遗失登记}
category: bench
channels: [kiosk]
purposes: [service]
steps:
  - choose: kind
    title: {en: What did you lose?, zh-Hans: 您丢失了什么？}
    options:
      - {value: phone, label: {en: Phone, zh-Hans: 手机}}
      - {value: keys, label: {en: Keys, zh-Hans: 钥匙}}
      - {value: other, label: {en: Something else, zh-Hans: 其他}}
  - form: what
    when: kind.value == "other"
    title: {en: What is it?, zh-Hans: 是什么物品？}
    fields:
      - {id: name, type: text, most: 80, label: {en: Name of the thing, zh-Hans: 物品名称}}
  - form: where
    title: {en: Where and when?, zh-Hans: 何时何地？}
    fields:
      - {id: day, type: date, default: given.date, label: {en: Day, zh-Hans: 日期}}
      - {id: place, type: text, optional: true, most: 80, label: {en: Place, zh-Hans: 地点}}
      - {id: value, type: money, least: 0, label: {en: Worth, zh-Hans: 价值}}
  - form: contact
    title: {en: How do we reach you?, zh-Hans: 怎样联系您？}
    fields:
      - {id: phone, type: phone, label: {en: Phone number, zh-Hans: 手机号码}}
  - confirm: agree
    title: {en: "Is this right? ${where.value | money}", zh-Hans: "请核对：${where.value | money}"}
  - end: done
    title: {en: We look for it, zh-Hans: 已登记}
"""
ANSWERS: tuple[tuple[str, Any], ...] = (
    ("kind", "other"),
    ("what", {"name": "a red umbrella"}),
    ("where", {"day": "2026-11-25", "place": "Gate 3", "value": "120.50"}),
    ("contact", {"phone": "138 0013 8000"}),
    ("agree", True),
)

_TASKS = ("kind", "what", "where", "contact", "agree")
_WAYS = (
    ("start", "kind", ""),
    ("kind", "is_other", ""),
    ("is_other", "what", "kind == 'other'"),
    ("is_other", "joined", "default"),
    ("what", "joined", ""),
    ("joined", "where", ""),
    ("where", "contact", ""),
    ("contact", "agree", ""),
    ("agree", "done", ""),
)


def bpmn() -> str:
    """The same as a BPMN process of user tasks with an exclusive gateway."""
    ways = []
    for number, (start, to, when) in enumerate(_WAYS):
        condition = (
            f"<conditionExpression>{when}</conditionExpression>" if when not in {"", "default"} else ""
        )
        ways.append(
            f'<sequenceFlow id="f{number}" sourceRef="{start}" targetRef="{to}">{condition}</sequenceFlow>'
        )
    around = dict.fromkeys(("start", "is_other", "joined", "done", *_TASKS), ("", ""))
    for number, (start, to, _when) in enumerate(_WAYS):
        around[start] = (around[start][0], around[start][1] + f"<outgoing>f{number}</outgoing>")
        around[to] = (around[to][0] + f"<incoming>f{number}</incoming>", around[to][1])
    inside = {name: "".join(both) for name, both in around.items()}
    tasks = "".join(f'<userTask id="{name}" name="{name}">{inside[name]}</userTask>' for name in _TASKS)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="bench">'
        '<process id="five_steps" isExecutable="true">'
        f'<startEvent id="start">{inside["start"]}</startEvent>'
        f'<exclusiveGateway id="is_other" default="f3">{inside["is_other"]}</exclusiveGateway>'
        f'<exclusiveGateway id="joined">{inside["joined"]}</exclusiveGateway>'
        f'{tasks}<endEvent id="done">{inside["done"]}</endEvent>{"".join(ways)}</process></definitions>'
    )
