"""Consent to the wordings of purposes: given, taken back as easily, at every channel."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from servicehall.kernel import clock, languages
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers import access
from servicehall.rooms.customers.events import ConsentGiven, ConsentWithdrawn
from servicehall.rooms.customers.models import (
    Consent,
    Customer,
    FaceTemplate,
    Purpose,
    PurposeVersion,
    of_person,
)
from servicehall.rooms.hall import actions as hall

from .facing import forget_faces, forget_if_closed
from .records import locked, organisation_of


def _allowed(by: Actor, customer_id: UUID) -> UUID:
    organisation = organisation_of(customer_id)
    if not access.is_own(by, customer_id):
        access.place_for(by, "customer.change", organisation)
    return organisation


def give_consent(
    *, customer_id: UUID, version_id: UUID, by: Actor, language: str = "", at: datetime | None = None
) -> Consent:
    """The customer says yes to a wording, which is the newest of its purpose; a second yes changes nothing.

    Raises:
        BadInput: the wording is no longer the newest, so something else was read than is valid now.
        NotAllowed, NotFound: neither the actor's own record nor one that they may change, or no such wording.
    """
    organisation, moment = _allowed(by, customer_id), at or clock.now()
    with transaction(organisation):
        return consent_to(locked(customer_id), version_id, by=by, language=language, at=moment)


def consent_to(row: Customer, version_id: UUID, *, by: Actor, language: str, at: datetime) -> Consent:
    """The same of a record that is locked, in the open transaction.

    Raises:
        BadInput: the wording is no longer the newest of its purpose.
        NotFound: there is no such wording at the customer's organisation, or nothing to consent to.
    """
    wordings = PurposeVersion.objects.filter(
        pk=version_id,
        purpose__organisation_id=row.organisation_id,
        purpose__is_active=True,
        purpose__basis=Purpose.Basis.CONSENT,
    )
    wording = wordings.select_related("purpose").first()
    if wording is None:
        raise NotFound
    if PurposeVersion.objects.filter(purpose_id=wording.purpose_id, number__gt=wording.number).exists():
        raise BadInput(errors={"version": _("The wording has changed. Read the new one, then decide.")})
    given = Consent.objects.filter(customer__in=of_person(row.pk), version=wording, withdrawn_at=None).first()
    if given is not None:
        return given
    made = Consent.objects.create(
        customer=row, version=wording, given_at=at, channel=by.channel,
        given_to=by.id if by.kind == "staff" else None, language=language or languages.current(),
        uses=list(wording.purpose.uses),
    )  # fmt: skip
    fact = ConsentGiven(
        made.pk,
        row.pk,
        wording.purpose_id,
        wording.number,
        made.language,
        wording.digest(made.language),
        made.uses,
    )
    record(fact, actor=by, at=at, subject_id=row.pk)
    return made


def withdraw_consent(*, customer_id: UUID, purpose_id: UUID, by: Actor, at: datetime | None = None) -> int:
    """The customer takes back what they said of a purpose, whichever wording; returns how many consents ended.

    Also what they said as a record that was joined with theirs since.

    Raises:
        NotAllowed, NotFound: neither the actor's own record nor one that they may change.
    """
    organisation, moment = _allowed(by, customer_id), at or clock.now()
    with transaction(organisation):
        given = Consent.objects.filter(
            customer__in=of_person(customer_id), version__purpose_id=purpose_id, withdrawn_at=None
        )
        said_as = dict(given.values_list("pk", "customer_id"))
        ids = list(said_as)
        Consent.objects.filter(pk__in=ids).update(withdrawn_at=moment, withdrawn_channel=by.channel)
        bound = FaceTemplate.objects.filter(consent__in=ids).values_list("customer_id", flat=True)
        forget_faces(bound, why="withdrawn", by=by, at=moment)
        for one, whose in said_as.items():
            record(ConsentWithdrawn(one, whose, purpose_id), actor=by, at=moment, subject_id=whose)
    return len(ids)


def add_purpose(
    *,
    organisation_id: UUID,
    slug: str,
    titles: dict[str, str],
    texts: dict[str, str],
    uses: list[str],
    by: Actor,
    basis: str = Purpose.Basis.CONSENT,
) -> PurposeVersion:
    """A purpose with its first wording, or the next wording of one that is there.

    Raises:
        ValidationError: a language or field is missing, or a published form asks what is no longer needed.
        NotAllowed, NotFound: the actor may not change the setup there.
    """
    access.place_for(by, "setup.change", organisation_id)
    with transaction(organisation_id):
        purpose = Purpose.objects.filter(organisation_id=organisation_id, slug=slug).first()
        purpose = purpose or Purpose(organisation_id=organisation_id, slug=slug)
        purpose.uses, purpose.basis = uses, basis
        purpose.full_clean()
        purpose.save()
        forget_if_closed(purpose, by=by, at=clock.now())
        wording = PurposeVersion(purpose=purpose, titles=titles, texts=texts)
        wording.full_clean()
        wording.save()
    return wording


def save_purpose(
    purpose: Purpose, *, by: Actor, fields: list[str] | None = None, at: datetime | None = None
) -> None:
    """Add or change a purpose; one that is closed, or is for faces no more, takes the templates of faces with it.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup of its organisation.
        ValidationError: a field does not fit.
    """
    access.place_for(by, "setup.change", purpose.organisation_id)
    moment = at or clock.now()
    with transaction():  # the line of the setup
        hall.save_setup(purpose, by=by, fields=fields, at=moment)
        forget_if_closed(purpose, by=by, at=moment)
