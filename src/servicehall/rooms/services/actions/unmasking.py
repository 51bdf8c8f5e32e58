"""What a customer entered, personal data in full: a right, a reason of the list, and an event without the value."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel.errors import NotFound
from servicehall.kernel.protection import unmasking
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.customers import actions as customers
from servicehall.rooms.services.addresses import is_restricted
from servicehall.rooms.services.models import Instance

from .tasks import HELP


def unmask_request(*, instance_id: UUID, reason: str, by: Actor, at: datetime | None = None) -> Instance:
    """The request, to be shown in full; who looked and why is recorded first.

    Raises:
        NotFound, NotAllowed: there is none at a site of the actor's, or they may not see values in full.
        ReasonNeeded: the reason is not of the list.
        RecordRestricted: the customer restricted the use of their data, and this would be use.
    """
    found = Instance.objects.select_related("version").defer("version__text").filter(pk=instance_id).first()
    if found is None:
        raise NotFound
    allow(by, HELP, found.site_id)
    if reason in unmasking.REASONS and reason not in customers.WHILE_RESTRICTED and is_restricted(found):
        raise customers.RecordRestricted
    unmasking.unmask(found, "answers", reason=reason, place=found.site_id, by=by, at=at)
    return found
