"""Facts that this room publishes. Ids and words of our own lists; never what a customer is called or wrote."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact


@fact("customer.added")
@dataclass(frozen=True, slots=True)
class CustomerAdded:
    """A record was begun."""

    customer: UUID
    level: str


@fact("customer.corrected")
@dataclass(frozen=True, slots=True)
class CustomerCorrected:
    """Fields were changed; which ones, not what they hold."""

    customer: UUID
    fields: list[str]


@fact("customer.identified")
@dataclass(frozen=True, slots=True)
class CustomerIdentified:
    """Staff compared a document with the person."""

    customer: UUID
    document: str


@fact("customer.code-sent")
@dataclass(frozen=True, slots=True)
class CodeSent:
    """A one-time code was sent."""

    code: UUID
    contact: str


@fact("customer.code-refused")
@dataclass(frozen=True, slots=True)
class CodeRefused:
    """A one-time code was not sent or not accepted: too-soon, wrong, used, expired, spent, unknown."""

    code: UUID | None
    reason: str


@fact("customer.contact-verified")
@dataclass(frozen=True, slots=True)
class ContactVerified:
    """A customer proved that a phone number or e-mail address is theirs."""

    customer: UUID
    contact: str


@fact("customer.signed-in")
@dataclass(frozen=True, slots=True)
class CustomerSignedIn:
    """A customer signed in on their own page."""

    customer: UUID


@fact("customer.signed-out")
@dataclass(frozen=True, slots=True)
class CustomerSignedOut:
    """A customer signed out."""

    customer: UUID
