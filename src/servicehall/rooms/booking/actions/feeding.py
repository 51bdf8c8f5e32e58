"""Calendars to read elsewhere: an address with a secret for each resource, shown once, renewed or revoked."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking.correspondence import CalendarFeed
from servicehall.rooms.booking.events import FeedMade, FeedRevoked
from servicehall.rooms.booking.models import Resource
from servicehall.rooms.booking.queries.calendars import digest_of


def make_feed(*, resource_id: UUID, by: Actor, at: datetime | None = None) -> str:
    """A new secret address for a resource's appointments; an older one is void. Returns the secret, once.

    Raises:
        NotFound, NotAllowed: no such resource, or it is neither one's own nor one's to set up.
    """
    resource, moment = _resource(resource_id, by), at or clock.now()
    secret = secrets.token_urlsafe(24)
    with transaction(resource.site_id):
        CalendarFeed.objects.update_or_create(
            resource=resource,
            defaults={"digest": digest_of(secret), "made_at": moment, "made_by": by.id},
        )
        record(FeedMade(resource.pk), actor=by, at=moment, subject_id=resource.pk)
    return secret


def revoke_feed(*, resource_id: UUID, by: Actor, at: datetime | None = None) -> None:
    """Nobody reads it any more. Done again it changes nothing.

    Raises:
        NotFound, NotAllowed: as for making one.
    """
    resource, moment = _resource(resource_id, by), at or clock.now()
    with transaction(resource.site_id):
        gone, _kinds = CalendarFeed.objects.filter(resource=resource).delete()
        if gone:
            record(FeedRevoked(resource.pk), actor=by, at=moment, subject_id=resource.pk)


def _resource(resource_id: UUID, by: Actor) -> Resource:
    found = Resource.objects.filter(pk=resource_id).first()
    if found is None:
        raise NotFound
    if found.staff_id is None or found.staff_id != by.id:
        allow(by, "setup.change", found.site_id)
    else:
        allow(by, "booking.see", found.site_id)
    return found
