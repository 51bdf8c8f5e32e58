"""Adding what an organisation has with a provider; the back office changes it afterwards, by the hall's own act."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel.rights import Actor
from servicehall.rooms.hall import actions as hall
from servicehall.rooms.payments.models import Account


def add_account(*, organisation_id: UUID, provider: str, by: Actor, **given: str) -> Account:
    """Take money by a way of paying. Raises what the hall's ``save_setup`` raises."""
    row = Account(organisation_id=organisation_id, provider=provider, **given)
    hall.save_setup(row, by=by)
    return row
