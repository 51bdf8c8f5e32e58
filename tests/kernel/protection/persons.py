"""Customers of two organisations, stored as the room stores them; for tests of what protects their fields."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers.models import Customer
from servicehall.rooms.hall import actions as hall
from tests.hall import text

WANG = {
    "name": "王小明",
    "phone": "138 1234 5678",
    "email": "Wang@Example.com",
    "id_number": "11010519491231002x",
    "address": "北京市朝阳区建国路 1 号",
    "notes": "poor hearing",
}


def organisation(slug: str = "mall") -> UUID:
    """A tenant."""
    made: UUID = hall.add_organisation(slug=slug, names=text(slug), by=SYSTEM).pk
    return made


def add(tenant: UUID, **fields: Any) -> Customer:
    """A stored customer."""
    now = clock.now()
    with transaction(tenant):
        return Customer.objects.create(
            organisation_id=tenant, channel="desk", created_at=now, changed_at=now, **fields
        )


def fresh(customer: Customer) -> Customer:
    """The customer as another request reads it."""
    return Customer.objects.get(pk=customer.pk)


def save(customer: Customer, **fields: str) -> None:
    """Change some fields."""
    with transaction(customer.organisation_id):
        for name, value in fields.items():
            setattr(customer, name, value)
        customer.save()
