"""Reads of customers, for screens and for the rooms above. Never write."""

from servicehall.kernel.protection.unmasking import REASONS
from servicehall.rooms.customers.access import known_customer
from servicehall.rooms.customers.alike import Pair

from .duplicates import duplicates, joining_preview, joinings
from .records import (
    Record,
    customer,
    documents,
    find_customers,
    latest,
    looks_like_a_search,
    organisation_of_site,
    own_record,
    passkeys_of,
    same_person,
    unseen_since,
)
from .rights import (
    Offer,
    all_known,
    erasure_queue,
    offers,
    open_request,
    proved_receipt,
    receipt,
    refusal_reasons,
)

__all__ = [
    "REASONS",
    "Offer",
    "Pair",
    "Record",
    "all_known",
    "customer",
    "documents",
    "duplicates",
    "erasure_queue",
    "find_customers",
    "joining_preview",
    "joinings",
    "known_customer",
    "latest",
    "looks_like_a_search",
    "offers",
    "open_request",
    "organisation_of_site",
    "own_record",
    "passkeys_of",
    "proved_receipt",
    "receipt",
    "refusal_reasons",
    "same_person",
    "unseen_since",
]
