"""Who may read the record: managers of a site its acts, and those of the organisation that the site belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from servicehall.kernel.rights import Actor, allow

RIGHT = "evidence.read"
Under = Mapping[UUID, frozenset[UUID]]
"""Sites by the organisation that they belong to."""
NOBODY: Under = MappingProxyType({})


def let_read(actor: Actor, place: UUID, under: Under) -> None:
    """Let the actor read a place's acts.

    Customers' records, consents and messages are acts of the organisation, at whichever site they are made: who
    reads one of its sites' acts reads these.

    Raises:
        NotAllowed, NotFound: the actor may not read them.
    """
    if not any(actor.may(RIGHT, site) for site in under.get(place, ())):
        allow(actor, RIGHT, place)
