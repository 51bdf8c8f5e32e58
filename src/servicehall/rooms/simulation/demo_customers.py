"""Made-up customers of the demo: some verified, two records of one person, and a purpose to consent to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions as customers

# Numbers of a range that is given to nobody.
PEOPLE = (
    {"name": "王小明", "phone": "+86 130 0000 0001", "email": "wang@example.com"},
    {"name": "李静", "phone": "+86 130 0000 0002", "notes": "说话请慢一些"},
    {"name": "陈伟", "phone": "+86 130 0000 0003", "email": "chen@example.com"},
    {"name": "Emma Schmidt", "phone": "+49 30 0000 0004", "email": "emma@example.com"},
    {"name": "王 小明", "phone": "+86 130 0000 0001"},
)


def add_customers(organisation: UUID) -> None:
    """Customers and a purpose for an organisation of the demo."""
    made = [customers.add_customer(organisation_id=organisation, fields=one, by=SYSTEM) for one in PEOPLE]
    customers.verify_identity(
        customer_id=made[2].pk, document="resident-id", number="11010519491231002X", by=SYSTEM
    )
    serving = customers.add_purpose(
        organisation_id=organisation,
        slug="service",
        titles={"zh-Hans": "为您服务", "en": "To serve you"},
        texts={
            "zh-Hans": "我们用它来称呼您、再次找到您的记录、在轮到您时联系您。",
            "en": "We use it to address you, to find your record again and to reach you when it is your turn.",
        },
        uses=["name", "phone", "email", "id_number", "words"],
        basis="service",
        by=SYSTEM,
    )
    news = customers.add_purpose(
        organisation_id=organisation,
        slug="news",
        titles={"zh-Hans": "服务消息", "en": "News of our services"},
        texts={
            "zh-Hans": "我们每月至多一次用电子邮件向您介绍新服务。您可以随时撤回。",
            "en": "We write to you about new services by e-mail, at most once a month. You can take this back at any time.",
        },
        uses=["name", "email"],
        by=SYSTEM,
    )
    needs: dict[str, Any] = {
        "key": "own-needs",
        "field": "words",
        "labels": {"zh-Hans": "有什么需要我们注意的吗？", "en": "Is there anything we should take care of?"},
    }
    asked: dict[str, list[dict[str, Any]]] = {
        "own-page": [{"key": "name", "field": "name"}, needs],
        "desk-new": [{"key": name, "field": name} for name in ("name", "phone", "email")] + [needs],
    }
    for step, questions in asked.items():
        draft = customers.draft_form(
            organisation_id=organisation,
            step=step,
            questions=questions,
            purposes=[serving.purpose_id, news.purpose_id],
            by=SYSTEM,
        )
        customers.publish_form(version_id=draft.pk, by=SYSTEM)
