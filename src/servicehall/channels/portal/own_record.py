"""Who is signed in on this phone: a customer of one organisation, by id in the session; nothing else of them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from servicehall.kernel.errors import Refused
from servicehall.kernel.rights import Actor
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.customers.queries import Record

KEY = "customer"


class NotSignedInHere(Refused):
    """The page belongs to a customer, and none is signed in."""

    kind = "customer-not-signed-in"
    status = 401


def remember(request: HttpRequest, organisation_id: UUID, customer_id: UUID) -> None:
    """Sign the customer in on this phone, under a new session id."""
    request.session.cycle_key()
    request.session[KEY] = [str(organisation_id), str(customer_id)]


def forget(request: HttpRequest) -> None:
    """Sign out on this phone."""
    request.session.pop(KEY, None)
    request.session.cycle_key()


def held(request: HttpRequest) -> tuple[UUID, UUID] | None:
    """Organisation and customer of the session."""
    kept = request.session.get(KEY)
    try:
        return (UUID(kept[0]), UUID(kept[1])) if kept else None
    except (TypeError, ValueError, IndexError):
        return None


def own_record(request: HttpRequest) -> Record | None:
    """The signed-in customer's record; None when nobody is, or the record is gone."""
    kept = held(request)
    found = customers.own_record(kept[1], kept[0]) if kept else None
    if kept and found is None:
        forget(request)
    return found


def needed(request: HttpRequest) -> tuple[Record, Actor]:
    """The same with who acts.

    Raises:
        NotSignedInHere: nobody is signed in.
    """
    found = own_record(request)
    if found is None:
        raise NotSignedInHere
    return found, customers.known_customer("phone", found.pk)


def customer_at(request: HttpRequest, organisation_id: UUID) -> UUID | None:
    """Who takes a ticket there, if they are signed in as that organisation's customer."""
    kept = held(request)
    if kept is None or kept[0] != organisation_id:
        return None
    found = own_record(request)
    return found.pk if found else None
