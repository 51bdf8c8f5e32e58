"""Which leaves are linked to a person: for whoever has to unlink them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from servicehall.kernel import followers
from servicehall.rooms.trust import store
from servicehall.rooms.trust.reactions import FOLLOWER


def acts_of(site_id: UUID, persons: Collection[UUID], *, up_to: int) -> list[int]:
    """Numbers, up to one, of a log's events that are about these persons or were done by them (one query).

    Visits are not looked at by subject, only by who acted. Those that are unlinked already, or not in the
    tree yet (:func:`taken_in` says how far it is), are left out.
    """
    return store.linked_to(site_id, persons, up_to) if persons else []


def taken_in(site_id: UUID) -> int:
    """Up to which number the tree has a site's events (one query)."""
    return followers.position(FOLLOWER, site_id)
