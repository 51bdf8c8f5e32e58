"""Made-up customers of the demo: some verified, two records of one person, and a purpose to consent to."""

from __future__ import annotations

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
    customers.add_purpose(
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
