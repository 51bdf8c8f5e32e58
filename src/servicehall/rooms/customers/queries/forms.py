"""Reads of forms: what a step asks now and why, what a customer has not answered yet, what is drafted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.languages import Text, say
from servicehall.kernel.protection.fields import open_all
from servicehall.kernel.protection.masking import masked
from servicehall.kernel.rights import Actor
from servicehall.rooms.customers import access
from servicehall.rooms.customers.form import CONTACTS, RECORD, WORDS, Need, Question, asks, read, waiting_for
from servicehall.rooms.customers.models import (
    Answer,
    Customer,
    FormVersion,
    Purpose,
    PurposeVersion,
    of_person,
)
from servicehall.rooms.customers.wording import LABELS

OWN_PAGE, AT_DESK = "own-page", "desk-new"
STEPS: dict[str, str | Promise] = {
    OWN_PAGE: _("Customers' own page, when they come for the first time"),
    AT_DESK: _("Desk, new customer"),
}
"""Steps that ask by a form today."""
USUAL = {OWN_PAGE: (), AT_DESK: (asks("name"), asks("phone"), asks("email"))}
"""What a step asks as long as nothing is published for it: what one is found again by."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A purpose of a form as a customer reads it: why something is asked."""

    purpose: UUID
    slug: str
    wording: UUID | None
    titles: Text
    texts: Text
    uses: list[str]
    by_consent: bool

    @property
    def field_names(self) -> list[str]:
        """What it needs, in the reader's language."""
        return [str(LABELS[name]) for name in self.uses if name in LABELS]

    @property
    def need(self) -> Need:
        return Need(self.purpose, frozenset(self.uses), self.by_consent)


@dataclass(frozen=True, slots=True)
class AskedForm:
    """What a step asks. ``version`` is None where nothing is published and the usual is asked."""

    step: str
    version: UUID | None
    number: int
    questions: tuple[Question, ...]
    reasons: list[Reason]
    published_at: datetime | None = None

    def label(self, question: Question) -> str:
        """The question in the reader's language."""
        return say(question.labels) or capfirst(str(LABELS[question.field]))

    def reasons_of(self, question: Question) -> list[Reason]:
        """Why it is asked."""
        return [one for one in self.reasons if question.field in one.uses]

    def needs_consent(self, question: Question) -> bool:
        """Whether the answer is kept only of those who agree to a purpose."""
        return bool(waiting_for(question, [one.need for one in self.reasons], ()))


def form_of(organisation_id: UUID, step: str) -> AskedForm:
    """What is asked at a step of that organisation now (one query, three when something is published)."""
    found = FormVersion.published().filter(form__organisation_id=organisation_id, form__step=step).first()
    if found is None:
        return AskedForm(step, None, 0, USUAL.get(step, ()), [])
    return _shown(found, step)


def draft_of(organisation_id: UUID, step: str, *, actor: Actor) -> AskedForm | None:
    """The version that is being written, for those who may see the setup.

    Raises:
        NotAllowed, NotFound: the actor may not see the setup there.
    """
    access.place_for(actor, "setup.see", organisation_id)
    found = FormVersion.objects.filter(
        form__organisation_id=organisation_id, form__step=step, published_at=None
    ).first()
    return _shown(found, step) if found else None


def _shown(found: FormVersion, step: str) -> AskedForm:
    return AskedForm(
        step,
        found.pk,
        found.number,
        read(found.questions),
        _reasons(list(found.purposes.filter(is_active=True).order_by("slug"))),
        found.published_at,
    )


def purposes(organisation_id: UUID) -> list[Reason]:
    """The purposes in use at an organisation, to choose from (two queries)."""
    return _reasons(list(Purpose.objects.filter(organisation_id=organisation_id, is_active=True)))


def _reasons(rows: list[Purpose]) -> list[Reason]:
    wordings = PurposeVersion.objects.filter(purpose__in=rows).order_by("number")
    newest = {one.purpose_id: one for one in wordings}
    found = []
    for row in rows:
        one = newest.get(row.pk)
        titles, texts = (one.titles, one.texts) if one else ({"en": row.slug}, {})
        by_consent = row.basis == Purpose.Basis.CONSENT
        found.append(
            Reason(row.pk, row.slug, one.pk if one else None, titles, texts, list(row.uses), by_consent)
        )
    return found


def unanswered(record: Customer, asked: AskedForm) -> list[Question]:
    """The questions that a customer's record has no answer to (one query when there are questions in own words)."""
    own = [one for one in asked.questions if one.field == WORDS]
    answers = Answer.objects.filter(customer__in=of_person(record.pk), question__in=[one.key for one in own])
    known = set(answers.values_list("question", flat=True)) if own else set()
    return [
        one
        for one in asked.questions
        if (one.key not in known if one.field == WORDS else not getattr(record, one.field))
    ]


def answers_of(record: Customer) -> list[tuple[UUID, str, str]]:
    """Answers in own words as screens show them: id, question, masked answer; the newest of each (two queries)."""
    rows = Answer.objects.filter(customer__in=of_person(record.pk)).select_related("version")
    rows = rows.order_by("answered_at")
    newest = {one.question: one for one in rows}
    open_all(newest.values())
    return [
        (one.pk, say(asked.labels), masked("words", one.words))
        for key, one in newest.items()
        for asked in read(one.version.questions)
        if asked.key == key
    ]


def is_contact(question: Question) -> bool:
    """Whether customers answer it by proving an address."""
    return question.field in CONTACTS


def askable() -> list[tuple[str, str]]:
    """Fields of the record that a form can ask for, with their names."""
    return [(name, capfirst(str(LABELS[name]))) for name in RECORD]
