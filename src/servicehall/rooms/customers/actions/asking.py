"""Forms: drafted, published only when their purposes need what they ask, and answered exactly as they are published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.events import record
from servicehall.kernel.languages import current, say
from servicehall.kernel.rights import Actor
from servicehall.kernel.slugs import slug_validator
from servicehall.kernel.transactions import transaction
from servicehall.rooms.customers import access
from servicehall.rooms.customers.events import FormAnswered, FormDrafted, FormPublished
from servicehall.rooms.customers.form import (
    CONTACTS,
    RECORD,
    WORDS,
    Question,
    Unfit,
    read,
    unneeded,
    waiting_for,
)
from servicehall.rooms.customers.models import (
    Answer,
    Consent,
    Customer,
    Form,
    FormVersion,
    Purpose,
    PurposeVersion,
    of_person,
)
from servicehall.rooms.customers.wording import LABELS

from .consenting import consent_to
from .records import begin, locked, misfit, settle
from .refusals import FormChanged, FormNotNeeded, RecordRestricted

RIGHT = "setup.change"
LONGEST_ANSWER = 1000


def draft_form(
    *,
    organisation_id: UUID,
    step: str,
    questions: Sequence[Mapping[str, Any]],
    purposes: Collection[UUID],
    by: Actor,
    at: datetime | None = None,
) -> FormVersion:
    """Write the next version of a step's form; nobody is asked by it before it is published.

    Raises:
        BadInput: a question or purpose is not known, or lacks a text; ``errors`` names it.
        NotAllowed, NotFound: the actor may not change the setup there.
    """
    access.place_for(by, RIGHT, organisation_id)
    asked = _read(questions)
    _check_step(step)
    moment = at or clock.now()
    with transaction(organisation_id):
        found = list(Purpose.objects.filter(organisation_id=organisation_id, pk__in=purposes, is_active=True))
        if len(found) != len(set(purposes)):
            raise BadInput(errors={"purposes": _("Choose among the purposes that are in use.")})
        form, _new = Form.objects.get_or_create(organisation_id=organisation_id, step=step)
        draft = form.versions.filter(published_at=None).first()
        if draft is None:
            newest = form.versions.order_by("-number").first()
            draft = FormVersion(form=form, number=newest.number + 1 if newest else 1)
        draft.questions = [one.stored() for one in asked]
        draft.save()
        draft.purposes.set(found)
        fact = FormDrafted(form.pk, step, draft.number, [one.field for one in asked])
        record(fact, actor=by, at=moment, subject_id=form.pk)
    return draft


def _read(questions: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    try:
        return read(questions)
    except Unfit as problem:
        words = {
            "unknown": _("There is no such question."),
            "twice": _("This is asked twice."),
            "label": _("Write the question in every language."),
            "long": _("A question is at most 120 characters long."),
            "many": _("Ask at most 12 questions."),
        }
        raise BadInput(errors={problem.key: words[problem.reason]}) from None


def _check_step(step: str) -> None:
    try:
        slug_validator(step)
    except ValidationError as problem:
        raise BadInput(errors={"step": problem.messages[0]}) from None


def publish_form(*, version_id: UUID, by: Actor, at: datetime | None = None) -> FormVersion:
    """Ask by this draft from now on. Published before: nothing happens.

    Raises:
        FormNotNeeded: it asks what none of its purposes needs; ``errors`` says of each question what to do.
        NotAllowed, NotFound: the actor may not change the setup there, or there is no such draft.
    """
    draft, moment = (
        FormVersion.objects.select_related("form").filter(pk=version_id).first(),
        at or clock.now(),
    )
    if draft is None:
        raise NotFound
    access.place_for(by, RIGHT, draft.form.organisation_id)
    with transaction(draft.form.organisation_id):
        draft = FormVersion.objects.select_related("form").get(pk=version_id)
        if draft.published_at:
            return draft
        asked = read(draft.questions)
        if left := unneeded(asked, [one.need for one in draft.purposes.filter(is_active=True)]):
            raise FormNotNeeded(errors={one.key: _what_to_do(one) for one in left})
        draft.published_at = moment
        draft.save(update_fields=["published_at"])
        fact = FormPublished(draft.form_id, draft.form.step, draft.number, [one.field for one in asked])
        record(fact, actor=by, at=moment, subject_id=draft.form_id)
    return draft


def _what_to_do(question: Question) -> str:
    words = say(question.labels) or str(LABELS[question.field])
    return _(
        "None of the purposes of this form needs “%(question)s”. Take the question out, or choose a purpose that needs it."
    ) % {"question": words}


def answer_form(
    *,
    version_id: UUID,
    answers: Mapping[str, str],
    agreed: Collection[UUID] = (),
    by: Actor,
    customer_id: UUID | None = None,
    language: str = "",
    at: datetime | None = None,
) -> Customer:
    """Keep what a customer answered: in their record (staff without one begin it), and consent to what they agreed to.

    A customer does not write phone and e-mail by themselves: they prove them (see codes.py), else whoever wrote
    somebody else's number would wait in their own record for that person to sign in.

    Args:
        answers: by the questions' keys; what stays empty is not touched.
        agreed: wordings of purposes that the customer agrees to.

    Raises:
        BadInput: an answer does not fit, lacks, or was not asked for; ``errors`` names the question.
        FormChanged: another version was published since the form was shown.
        RecordRestricted: the customer restricted the use of their data (and is not the actor).
        NotAllowed, NotFound: neither the actor's own record nor one that they may change.
    """
    version, moment = (
        FormVersion.objects.select_related("form").filter(pk=version_id).first(),
        at or clock.now(),
    )
    if version is None:
        raise NotFound
    organisation = version.form.organisation_id
    own = customer_id is not None and access.is_own(by, customer_id)
    if not own:
        access.place_for(by, "customer.change", organisation)
    with transaction(organisation):
        if not FormVersion.published().filter(pk=version_id).exists():
            raise FormChanged
        row = locked(customer_id) if customer_id else None
        if row is not None and row.organisation_id != organisation:
            raise NotFound
        if row is not None and row.restricted_at and not own:
            raise RecordRestricted
        given = _fitting(version, row, answers, _agreed(version, row, agreed), own=own)
        fields = {key: text for key, text in given.items() if key in RECORD}
        if row is None:
            row = begin(organisation, by=by, at=moment, language=language, **fields)
        else:
            _write(row, fields, moment)
        for key, text in given.items():
            if key not in RECORD:
                _keep(row, version, key, text, moment)
        for wording in agreed:
            consent_to(row, wording, by=by, language=language or current(), at=moment)
        fact = FormAnswered(row.pk, version.form_id, version.number, sorted(given))
        record(fact, actor=by, at=moment, subject_id=row.pk)
    return row


def _agreed(version: FormVersion, row: Customer | None, wordings: Collection[UUID]) -> set[UUID]:
    """The purposes that the customer agrees to, now or before.

    Raises:
        BadInput: a wording is none of this form's, so something else was read.
    """
    of_form = PurposeVersion.objects.filter(pk__in=wordings, purpose__forms=version)
    now = dict(of_form.values_list("pk", "purpose_id"))
    if set(now) != set(wordings):
        raise BadInput(errors={"agreed": _("The wording has changed. Read the new one, then decide.")})
    before = Consent.objects.none()
    if row is not None:
        before = Consent.objects.filter(customer__in=of_person(row.pk), withdrawn_at=None)
    return {*now.values(), *before.values_list("version__purpose_id", flat=True)}


def _fitting(
    version: FormVersion, row: Customer | None, answers: Mapping[str, str], agreed: set[UUID], *, own: bool
) -> dict[str, str]:
    """The answers that are kept."""
    asked = {one.key: one for one in read(version.questions) if not (own and one.field in CONTACTS)}
    errors = {key: _("This is not asked here.") for key in answers if key not in asked}
    purposes = {one.pk: one for one in version.purposes.filter(is_active=True)}
    found: dict[str, str] = {}
    for key, question in asked.items():
        text = answers.get(key, "").strip()
        waiting = waiting_for(question, [one.need for one in purposes.values()], agreed)
        if text and waiting:
            errors[key] = _needs_consent([purposes[need.id] for need in waiting])
        elif not text and question.required and not waiting and not _is_known(question, row):
            errors[key] = _("This is needed. Write it, please.")
        elif wrong := _misfit(question, text):
            errors[key] = wrong
        elif text:
            found[key] = text
    if not errors and row is None and not found:
        errors[next(iter(asked), "")] = _("Write at least one answer.")
    if errors:
        raise BadInput(errors=errors)
    return found


def _needs_consent(purposes: Sequence[Purpose]) -> str:
    newest = [one.versions.order_by("-number").first() for one in purposes]
    titles = ", ".join(say(one.titles) for one in newest if one)
    return _("Only “%(purpose)s” needs this. Agree to it, or leave this empty.") % {"purpose": titles}


def _is_known(question: Question, row: Customer | None) -> bool:
    if row is None:
        return False
    if question.field == WORDS:
        return Answer.objects.filter(customer__in=of_person(row.pk), question=question.key).exists()
    return bool(getattr(row, question.field))


def _misfit(question: Question, text: str) -> str:
    if question.field != WORDS:
        return misfit(question.field, text)
    too_long = len(text) > LONGEST_ANSWER
    return _("At most %(limit)d characters.") % {"limit": LONGEST_ANSWER} if too_long else ""


def _write(row: Customer, fields: Mapping[str, str], moment: datetime) -> None:
    """Into a record that is there; what was verified is not overwritten by an answer.

    Raises:
        BadInput: it is verified.
    """
    verified = {
        "phone": row.phone_verified_at,
        "email": row.email_verified_at,
        "id_number": row.id_verified_at,
    }
    if fixed := [key for key, text in fields.items() if verified.get(key) and getattr(row, key) != text]:
        raise BadInput(errors=dict.fromkeys(fixed, _("This is verified and is not changed by a form.")))
    for key, text in fields.items():
        setattr(row, key, text)
    settle(row, moment)


def _keep(row: Customer, version: FormVersion, key: str, text: str, moment: datetime) -> None:
    kept = Answer.objects.filter(customer=row, version=version, question=key).first()
    kept = kept or Answer(organisation_id=row.organisation_id, customer=row, version=version, question=key)
    kept.words, kept.answered_at = text, moment
    kept.save()
