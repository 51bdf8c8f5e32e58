"""Reads of customers, for screens and for the rooms above. Never write."""

from servicehall.kernel.protection.unmasking import REASONS
from servicehall.rooms.customers.access import known_customer
from servicehall.rooms.customers.alike import Pair

from .corrections import (
    Correction,
    correctable,
    correction_queue,
    correction_reasons,
    own_corrections,
    restricted_records,
)
from .duplicates import duplicates, joining_preview, joinings
from .faces import FaceState, face_state
from .forms import (
    AT_DESK,
    OWN_PAGE,
    STEPS,
    AskedForm,
    Reason,
    answers_of,
    askable,
    draft_of,
    form_of,
    is_contact,
    purposes,
    unanswered,
)
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
from .wishes import Wish, wishes

__all__ = [
    "AT_DESK",
    "OWN_PAGE",
    "REASONS",
    "STEPS",
    "AskedForm",
    "Correction",
    "FaceState",
    "Offer",
    "Pair",
    "Reason",
    "Record",
    "Wish",
    "all_known",
    "answers_of",
    "askable",
    "correctable",
    "correction_queue",
    "correction_reasons",
    "customer",
    "documents",
    "draft_of",
    "duplicates",
    "erasure_queue",
    "face_state",
    "find_customers",
    "form_of",
    "is_contact",
    "joining_preview",
    "joinings",
    "known_customer",
    "latest",
    "looks_like_a_search",
    "offers",
    "open_request",
    "organisation_of_site",
    "own_corrections",
    "own_record",
    "passkeys_of",
    "proved_receipt",
    "purposes",
    "receipt",
    "refusal_reasons",
    "restricted_records",
    "same_person",
    "unanswered",
    "unseen_since",
    "wishes",
]
