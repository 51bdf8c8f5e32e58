"""Who may do what with customers' records. They belong to an organisation; a right at one of its sites is enough."""

from __future__ import annotations

from uuid import UUID

from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.kernel.rights import Actor
from servicehall.rooms.hall import queries as hall

OWN = "customer.own"


def place_for(actor: Actor, right: str, organisation: UUID) -> UUID:
    """A place of the organisation at which the actor holds the right.

    Raises:
        NotFound: the actor has nothing to do with that organisation, so its customers are not there.
        NotAllowed: the actor is known there and lacks the right.
    """
    if right in actor.extra:
        return organisation
    held = actor.sites(right)
    if held is None or organisation in held:
        return organisation
    places = hall.places_under(organisation=organisation) | {organisation}
    if found := held & places:
        return min(found)
    if any(grant.covers(place) for grant in actor.grants for place in places):
        raise NotAllowed(right=right)
    raise NotFound


def known_customer(channel: str, customer_id: UUID) -> Actor:
    """A customer who has signed in: may do what any customer may, and look after their own record."""
    from servicehall.kernel.rights import customer

    plain = customer(channel)
    return Actor("customer", customer_id, channel, extra=plain.extra | {OWN})


def is_own(actor: Actor, customer_id: UUID) -> bool:
    """Whether the actor is that customer."""
    return actor.kind == "customer" and OWN in actor.extra and actor.id == customer_id
