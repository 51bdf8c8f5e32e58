"""Reads about a customer's rights: purposes and consents, receipts, requests, all that is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import events
from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import Text, say
from servicehall.kernel.protection.fields import open_all
from servicehall.kernel.rights import SYSTEM, Actor
from servicehall.rooms.customers import access
from servicehall.rooms.customers.actions.erasing import RIGHT
from servicehall.rooms.customers.models import (
    Answer,
    Consent,
    CorrectionRequest,
    Customer,
    ErasureRequest,
    FaceTemplate,
    Purpose,
    PurposeVersion,
    of_person,
)
from servicehall.rooms.customers.queries.records import passkeys_of
from servicehall.rooms.customers.wording import LABELS
from servicehall.rooms.trust import queries as evidence

PROVED = ("consent.given", "consent.withdrawn")


@dataclass(frozen=True, slots=True)
class Offer:
    """A purpose as a customer sees it: the newest wording, and what they said."""

    purpose: UUID
    version: UUID
    number: int
    titles: Text
    texts: Text
    uses: list[str]
    consent: UUID | None
    given_at: datetime | None
    is_older: bool

    @property
    def field_names(self) -> list[str]:
        """What it needs, in the reader's language."""
        return [str(LABELS[name]) for name in self.uses if name in LABELS]


def offers(record: Customer) -> list[Offer]:
    """The purposes of a customer's organisation that need consent (two queries). ``is_older``: they consented to an earlier wording."""
    newest: dict[UUID, PurposeVersion] = {}
    rows = PurposeVersion.objects.filter(
        purpose__organisation_id=record.organisation_id,
        purpose__is_active=True,
        purpose__basis=Purpose.Basis.CONSENT,
    ).select_related("purpose")
    for row in rows.order_by("purpose__slug", "number"):
        newest[row.purpose_id] = row
    given = {
        one.version.purpose_id: one
        for one in Consent.objects.filter(customer__in=of_person(record.pk), withdrawn_at=None)
        .select_related("version")
        .order_by("version__number")
    }
    return [
        Offer(
            purpose,
            row.pk,
            row.number,
            row.titles,
            row.texts,
            list(row.purpose.uses),
            one.pk if (one := given.get(purpose)) else None,
            one.given_at if one else None,
            bool(one and one.version_id != row.pk),
        )
        for purpose, row in newest.items()
    ]


def receipt(record: Customer, consent_id: UUID) -> dict[str, Any]:
    """A consent's receipt with the field names of ISO/IEC TS 27560:2023.

    Raises:
        NotFound: it is not this customer's.
    """
    rows = Consent.objects.select_related("version__purpose__organisation")
    one = rows.filter(pk=consent_id, customer__in=of_person(record.pk)).first()
    if one is None:
        raise NotFound
    wording, purpose = one.version, one.version.purpose
    acts = [{"event_state": "consent given", "event_time": one.given_at.isoformat(), "channel": one.channel}]
    if one.withdrawn_at:
        acts.append(
            {
                "event_state": "consent withdrawn",
                "event_time": one.withdrawn_at.isoformat(),
                "channel": one.withdrawn_channel,
            }
        )
    return {
        "schema_version": "ISO/IEC TS 27560:2023",
        "record_id": str(one.pk),
        # The record that they were when they said so, as the evidence has it.
        "pii_principal_id": str(one.customer_id),
        "pii_controllers": [{"party_id": str(purpose.organisation_id), "name": purpose.organisation.names}],
        "notice": {
            "notice_id": str(wording.pk),
            "notice_version": wording.number,
            "notice_language": one.language,
            "notice_title": say(wording.titles, one.language),
            "notice_text": say(wording.texts, one.language),
            "published": wording.published_at.isoformat(),
        },
        "processing": {
            "purposes": [
                {"purpose_id": str(purpose.pk), "purpose_code": purpose.slug, "purpose": wording.titles}
            ],
            "lawful_basis": "consent",
            "pii_information": [{"pii_type": name} for name in one.uses],
            "withdrawal_method": "/me/privacy",
        },
        "event": acts,
    }


def proved_receipt(record: Customer, consent_id: UUID) -> dict[str, Any]:
    """The receipt with what proves it: `verify_evidence.py` checks such a file without us.

    Raises:
        NotFound: it is not this customer's, or its evidence was unlinked.
        NotInTreeYet, RecordDiffers: the evidence is too new, or is not what was recorded.
    """
    told = receipt(record, consent_id)
    acts = [
        event
        for event in events.about(UUID(told["pii_principal_id"]))
        if event.kind in PROVED and event.data["consent"] == str(consent_id)
    ]
    if not acts:
        raise NotFound
    # The customer may see these acts because they are their own; the room of evidence knows no customers.
    proofs = [evidence.receipt(event.site_id, event.seq, actor=SYSTEM) for event in acts]
    return {"format": "servicehall.consent.v1", "consent": told, "evidence": proofs}


def open_request(record: Customer) -> ErasureRequest | None:
    """The newest request of a customer that is open or was refused."""
    states = (ErasureRequest.State.OPEN, ErasureRequest.State.REFUSED)
    rows = ErasureRequest.objects.filter(customer__in=of_person(record.pk), state__in=states)
    return rows.order_by("-asked_at").first()


def erasure_queue(organisation_id: UUID, *, actor: Actor, limit: int = 50) -> list[ErasureRequest]:
    """Open requests, the nearest deadline first, with records opened (two queries).

    Raises:
        NotAllowed, NotFound: the actor may not decide them.
    """
    access.place_for(actor, RIGHT, organisation_id)
    rows = ErasureRequest.objects.filter(organisation_id=organisation_id, state=ErasureRequest.State.OPEN)
    found = list(rows.select_related("customer").order_by("due_at")[:limit])
    open_all([one.customer for one in found])
    return found


def refusal_reasons() -> list[tuple[str, str]]:
    """Reasons for which a request may be refused."""
    return [(value, str(label)) for value, label in ErasureRequest.Reason.choices]


def all_known(record: Customer) -> dict[str, Any]:
    """What this room knows of a customer, to take away: every field in full, consents, requests."""
    joined = list(Customer.objects.filter(merged_into=record).order_by("created_at"))
    open_all(joined)
    ids = [record.pk, *(row.pk for row in joined)]
    consents = (
        Consent.objects.filter(customer_id__in=ids).select_related("version__purpose").order_by("given_at")
    )
    requests = ErasureRequest.objects.filter(customer_id__in=ids).order_by("asked_at")
    answers = list(
        Answer.objects.filter(customer_id__in=ids).select_related("version__form").order_by("answered_at")
    )
    open_all(answers)
    return {
        "record": _fields(record),
        "face_template": FaceTemplate.objects.filter(customer_id__in=ids)
        .values("verifier", "made_at")
        .first(),
        "answers": [_answer(one) for one in answers],
        "joined_records": [_fields(row) for row in joined],
        "consents": [
            {
                "receipt": str(one.pk),
                "purpose": one.version.purpose.slug,
                "version": one.version.number,
                "title": one.version.titles,
                "fields": one.uses,
                "given_at": one.given_at,
                "channel": one.channel,
                "withdrawn_at": one.withdrawn_at,
            }
            for one in consents
        ],
        "passkeys": [
            {"name": one.name, "added_at": one.added_at, "used_at": one.used_at}
            for one in passkeys_of(record)
        ],
        "correction_requests": list(
            CorrectionRequest.objects.filter(customer_id__in=ids)
            .order_by("asked_at")
            .values("field", "asked_at", "due_at", "state", "decided_at")
        ),
        "erasure_requests": [
            {"asked_at": one.asked_at, "due_at": one.due_at, "state": one.state, "decided_at": one.decided_at}
            for one in requests
        ],
    }


def _answer(one: Answer) -> dict[str, Any]:
    asked = next(question for question in one.version.questions if question["key"] == one.question)
    return {
        "form": one.version.form.step,
        "version": one.version.number,
        "question": asked["labels"],
        "answer": one.words,
        "answered_at": one.answered_at,
    }


def _fields(row: Customer) -> dict[str, Any]:
    plain = (
        "level",
        "document",
        "language",
        "channel",
        "created_at",
        "changed_at",
        "restricted_at",
        "review_on",
    )
    times = ("phone_verified_at", "email_verified_at", "id_verified_at")
    return {"id": str(row.pk)} | {name: getattr(row, name) for name in (*Customer.MASKS, *plain, *times)}
