"""Customers in a small hall, and the mailbox that their codes come to."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from servicehall.kernel import events, rights
from servicehall.rooms.customers import actions
from servicehall.rooms.customers.models import Customer
from servicehall.rooms.messages.queries import kept
from tests.hall import MORNING, Hall

PHONE = rights.customer("phone")
NUMBER = "138 1234 5678"


def organisation(hall: Hall) -> UUID:
    """Whose hall it is."""
    found: UUID = hall.site.region.organisation_id
    return found


def code_for(hall: Hall) -> str:
    """The newest code in the mailbox."""
    found = re.search(r"\d{6}", kept(organisation(hall))[0].body)
    assert found
    return found[0]


def other(code: str) -> str:
    """A code that differs."""
    return f"{(int(code) + 1) % 10**6:06d}"


def signed_in(hall: Hall, address: str = NUMBER, *, at: Any = MORNING) -> Customer:
    """A customer who proved an address."""
    tenant = organisation(hall)
    actions.send_code(organisation_id=tenant, address=address, client="1", by=PHONE, at=at)
    return actions.sign_in_by_code(
        organisation_id=tenant, address=address, code=code_for(hall), by=PHONE, at=at
    )


def facts(hall: Hall) -> list[str]:
    """What happened to the organisation's customers."""
    return [e.kind for e in events.after(organisation(hall), 0)]
