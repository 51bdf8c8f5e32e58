"""Reads of records."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from servicehall.kernel.errors import NotFound
from servicehall.kernel.protection import normal_form
from servicehall.kernel.protection.blind_index import index_of
from servicehall.kernel.protection.fields import open_all
from servicehall.kernel.rights import Actor
from servicehall.rooms.customers import access
from servicehall.rooms.customers.models import Customer, Passkey
from servicehall.rooms.hall import queries as hall

Record = Customer
"""A customer's record as screens get it."""


def customer(customer_id: UUID, *, actor: Actor) -> Customer:
    """A record for staff.

    Raises:
        NotFound: there is none, or it is another organisation's.
        NotAllowed: the actor may not see customers.
    """
    found = Customer.objects.filter(pk=customer_id).first()
    if found is None:
        raise NotFound
    access.place_for(actor, "customer.see", found.organisation_id)
    open_all([found])
    return found


def own_record(customer_id: UUID, organisation_id: UUID) -> Customer | None:
    """The record of a customer who is signed in, the one it was joined with, or None when it is gone."""
    found = Customer.objects.filter(pk=customer_id, organisation_id=organisation_id).first()
    if found is not None and found.merged_into_id:
        found = Customer.objects.filter(pk=found.merged_into_id).first()
    if found is None or found.erased_at:
        return None
    open_all([found])
    return found


def organisation_of_site(site_id: UUID) -> UUID:
    """Whose customers come to that site."""
    return hall.places_above([site_id])[site_id][1]


def find_customers(organisation_id: UUID, words: str, *, actor: Actor, limit: int = 50) -> list[Customer]:
    """Customers with exactly that phone number, e-mail address or ID number, by blind index.

    Raises:
        NotAllowed, NotFound: the actor may not see that organisation's customers.
    """
    access.place_for(actor, "customer.see", organisation_id)
    columns = ["email_index"] if "@" in words else ["phone_index", "id_index"]
    found: dict[UUID, Customer] = {}
    for column in columns:
        index = index_of(Customer, column, organisation_id, words)
        fitting = Customer.objects.filter(organisation_id=organisation_id, **{column: index})
        found |= {row.pk: row for row in fitting.order_by("-created_at")[:limit]}
    rows = list(found.values())[:limit]
    open_all(rows)
    return rows


def latest(
    organisation_id: UUID, *, actor: Actor, before: UUID | None = None, limit: int = 50
) -> list[Customer]:
    """The newest records, a page at a time (ids are in the order of time).

    Raises:
        NotAllowed, NotFound: the actor may not see that organisation's customers.
    """
    access.place_for(actor, "customer.see", organisation_id)
    rows = Customer.objects.filter(organisation_id=organisation_id, merged_into=None)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[:limit])
    open_all(found)
    return found


def same_person(customer_id: UUID) -> list[UUID]:
    """The ids under which a customer came: their own and those of records joined with it."""
    return [customer_id, *Customer.objects.filter(merged_into_id=customer_id).values_list("pk", flat=True)]


def passkeys_of(record: Customer) -> list[Passkey]:
    """A customer's passkeys, the oldest first, names opened (two queries beside those of the person)."""
    rows = list(Passkey.objects.filter(customer__in=same_person(record.pk)).order_by("pk"))
    open_all(rows)
    return rows


def documents() -> list[tuple[str, str]]:
    """Kinds of documents that staff can compare."""
    return [(value, str(label)) for value, label in Customer.Document.choices]


def looks_like_a_search(words: str) -> bool:
    """Whether there is anything to look for in what was typed."""
    return bool("@" in words or normal_form.id_number(words))


def unseen_since(moment: datetime) -> QuerySet[Customer, tuple[UUID, UUID]]:
    """Customers who have not come and whose record nobody touched since then: (id, organisation), oldest first.

    A restricted record is kept: who restricted it may need it for a claim.
    """
    rows = Customer.objects.filter(
        seen_at__lt=moment, erased_at=None, merged_into=None, restricted_at__isnull=True
    )
    return rows.order_by("seen_at").values_list("pk", "organisation_id")
