"""Facts that this room publishes. Ids and words of our own lists; never what a customer is called or wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
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
    """Staff compared a document with the person; ``means``: seen, or card when a reader read it."""

    customer: UUID
    document: str
    means: str = "seen"


@fact("customer.code-sent")
@dataclass(frozen=True, slots=True)
class CodeSent:
    """A one-time code was sent."""

    code: UUID
    contact: str


@fact("customer.code-refused")
@dataclass(frozen=True, slots=True)
class CodeRefused:
    """A one-time code was not sent (too-soon, number-texted-often, texts-used-up) or not accepted: wrong, used, expired, spent, unknown."""

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
    """A customer signed in on their own page, by ``code`` or ``passkey``."""

    customer: UUID
    by: str = "code"


@fact("customer.passkey-added")
@dataclass(frozen=True, slots=True)
class PasskeyAdded:
    """A customer added a passkey."""

    customer: UUID
    passkey: UUID


@fact("customer.passkey-removed")
@dataclass(frozen=True, slots=True)
class PasskeyRemoved:
    """A customer took a passkey away."""

    customer: UUID
    passkey: UUID


@fact("customer.passkey-refused")
@dataclass(frozen=True, slots=True)
class PasskeyRefused:
    """A passkey's signature was not accepted: unknown, expired, spent, challenge, origin, verification,
    signature, counter (a copy of it exists), other-contact. The customer is known when the passkey is."""

    customer: UUID | None
    reason: str


@fact("customer.signed-out")
@dataclass(frozen=True, slots=True)
class CustomerSignedOut:
    """A customer signed out."""

    customer: UUID


@fact("customer.joined")
@dataclass(frozen=True, slots=True)
class CustomersJoined:
    """Two records were joined into one."""

    joining: UUID
    kept: UUID
    gone: UUID
    filled: list[str]


@fact("customer.parted")
@dataclass(frozen=True, slots=True)
class CustomersParted:
    """A joining was undone."""

    joining: UUID
    kept: UUID
    gone: UUID


@fact("customer.kept-apart")
@dataclass(frozen=True, slots=True)
class CustomersKeptApart:
    """Two records that look alike were found to be two persons'."""

    first: UUID
    second: UUID


@fact("consent.given", version=3)
@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """A customer consented to a wording of a purpose: ``text`` is the SHA-256 of what they read, ``uses`` are the
    fields that it covers."""

    consent: UUID
    customer: UUID
    purpose: UUID
    wording: int
    language: str
    text: str
    uses: list[str]


@fact("consent.withdrawn")
@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """A customer took a consent back."""

    consent: UUID
    customer: UUID
    purpose: UUID


@fact("customer.exported")
@dataclass(frozen=True, slots=True)
class CustomerExported:
    """A customer downloaded what is known of them."""

    customer: UUID
    form: str


@fact("customer.restricted", version=2)
@dataclass(frozen=True, slots=True)
class CustomerRestricted:
    """The use of a customer's data was restricted (to be looked at again on a day, or none), or that was lifted."""

    customer: UUID
    restricted: bool
    review_on: date | None


@fact("customer.restriction-reviewed")
@dataclass(frozen=True, slots=True)
class RestrictionReviewed:
    """Staff looked at a restriction and left it as it is, until they look again on that day."""

    customer: UUID
    review_on: date | None


@fact("customer.erasure-asked")
@dataclass(frozen=True, slots=True)
class ErasureAsked:
    """A customer asked to be erased."""

    request: UUID
    customer: UUID
    due_at: datetime


@fact("customer.erasure-refused")
@dataclass(frozen=True, slots=True)
class ErasureRefused:
    """Staff refused a request, for a reason of the list; or the customer took it back."""

    request: UUID
    customer: UUID
    reason: str


@fact("customer.erased")
@dataclass(frozen=True, slots=True)
class CustomerErased:
    """A customer's key was destroyed and their record emptied; ``customers`` are all ids they came under."""

    customer: UUID
    customers: list[str]
    why: str


@fact("form.drafted")
@dataclass(frozen=True, slots=True)
class FormDrafted:
    """The next version of a step's form was written; ``fields`` are what it would ask for."""

    form: UUID
    step: str
    number: int
    fields: list[str]


@fact("form.published")
@dataclass(frozen=True, slots=True)
class FormPublished:
    """Customers are asked by this version from now on."""

    form: UUID
    step: str
    number: int
    fields: list[str]


@fact("form.answered")
@dataclass(frozen=True, slots=True)
class FormAnswered:
    """A customer answered a form; which questions, not what."""

    customer: UUID
    form: UUID
    number: int
    answered: list[str]


@fact("face.enrolled")
@dataclass(frozen=True, slots=True)
class FaceEnrolled:
    """A template of a customer's face was taken, with their consent, by this verifier."""

    customer: UUID
    verifier: str


@fact("face.compared")
@dataclass(frozen=True, slots=True)
class FaceCompared:
    """A face was compared with the template: match, no-match or unsure."""

    customer: UUID
    likeness: str
    verifier: str


@fact("face.forgotten")
@dataclass(frozen=True, slots=True)
class FaceForgotten:
    """The template and its key were destroyed: withdrawn, renewed, joined, parted, erased, or closed with its
    purpose."""

    customer: UUID
    why: str


@fact("customer.correction-asked")
@dataclass(frozen=True, slots=True)
class CorrectionAsked:
    """A customer asked that a field is corrected."""

    request: UUID
    customer: UUID
    column: str
    due_at: datetime


@fact("customer.correction-decided")
@dataclass(frozen=True, slots=True)
class CorrectionDecided:
    """Staff decided on it (done, refused), or the customer took it back (withdrawn)."""

    request: UUID
    customer: UUID
    column: str
    state: str
    reason: str
