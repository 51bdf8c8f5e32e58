"""Forms: asked is what a purpose needs, by the published version, and what needs consent only of those who give it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError

from servicehall.kernel import events
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions, queries
from servicehall.rooms.customers.actions import FormChanged, FormNotNeeded, RecordRestricted
from servicehall.rooms.customers.form import Unfit, asks, read
from servicehall.rooms.customers.models import Answer, Consent, Customer, FormVersion, PurposeVersion
from tests.hall import MORNING, Hall, make_hall, text
from tests.rooms.customers.counter import NUMBER, facts, organisation, signed_in

pytestmark = pytest.mark.django_db
DIET = {
    "key": "own-diet",
    "field": "words",
    "required": False,
    "labels": text("What can you not eat?", "您忌口什么？"),
}


@pytest.fixture
def hall() -> Hall:
    return make_hall()


def purpose(hall: Hall, slug: str, uses: list[str], basis: str = "service") -> PurposeVersion:
    return actions.add_purpose(
        organisation_id=organisation(hall), slug=slug, titles=text(slug.title()), texts=text("Why."),
        uses=uses, basis=basis, by=SYSTEM,
    )  # fmt: skip


def question(field: str, *, required: bool = False) -> dict[str, Any]:
    return asks(field, required=required).stored()


def draft(
    hall: Hall, questions: list[dict[str, Any]], *purposes: PurposeVersion, step: str = "desk-new"
) -> UUID:
    made = actions.draft_form(
        organisation_id=organisation(hall), step=step, questions=questions,
        purposes=[one.purpose_id for one in purposes], by=hall.actors["manager"], at=MORNING,
    )  # fmt: skip
    return made.pk


def publish(hall: Hall, version: UUID) -> UUID:
    return actions.publish_form(version_id=version, by=hall.actors["manager"], at=MORNING).pk


def answer(hall: Hall, version: UUID, answers: dict[str, str], **rest: Any) -> Customer:
    given = {"by": hall.actors["agent"], "at": MORNING, **rest}
    return actions.answer_form(version_id=version, answers=answers, **given)


def refused(hall: Hall, version: UUID, answers: dict[str, str], **rest: Any) -> dict[str, str]:
    """What is said of each question; nothing is kept."""
    before = (Customer.objects.count(), Answer.objects.count(), len(facts(hall)))
    with pytest.raises(BadInput) as caught:
        answer(hall, version, answers, **rest)
    assert before == (Customer.objects.count(), Answer.objects.count(), len(facts(hall)))
    found: dict[str, str] = caught.value.facts["errors"]
    return found


def test_publishing_is_refused_when_no_purpose_needs_a_field_and_says_which_and_what_to_do(
    hall: Hall,
) -> None:
    serve = purpose(hall, "serve", ["name", "phone"])
    version = draft(hall, [question("name"), question("id_number"), DIET], serve)
    with pytest.raises(FormNotNeeded) as caught:
        publish(hall, version)
    errors = caught.value.facts["errors"]
    assert list(errors) == ["id_number", "own-diet"]
    assert errors["id_number"] == (
        "None of the purposes of this form needs “ID number”."
        " Take the question out, or choose a purpose that needs it."
    )
    assert "“What can you not eat?”" in errors["own-diet"]
    assert FormVersion.objects.get().published_at is None
    assert "form.published" not in facts(hall)


def test_a_published_form_is_what_its_step_asks_and_an_edit_is_another_version(hall: Hall) -> None:
    tenant, serve = organisation(hall), purpose(hall, "serve", ["name", "phone"])
    assert [q.key for q in queries.form_of(tenant, "desk-new").questions] == ["name", "phone", "email"]
    assert queries.form_of(tenant, "own-page").questions == ()
    first = publish(hall, draft(hall, [question("phone", required=True)], serve))
    second = draft(hall, [question("name")], serve)
    assert draft(hall, [question("name"), question("phone")], serve) == second, "a draft is written over"
    asked = queries.form_of(tenant, "desk-new")
    assert (asked.version, [q.key for q in asked.questions]) == (first, ["phone"])
    publish(hall, second)
    asked = queries.form_of(tenant, "desk-new")
    assert (asked.version, asked.number, [q.key for q in asked.questions]) == (second, 2, ["name", "phone"])
    with pytest.raises(FormChanged):
        answer(hall, first, {"phone": NUMBER})
    told = [e.data for e in events.after(tenant, 0) if e.kind == "form.published"]
    assert [(one["step"], one["number"], one["fields"]) for one in told] == [
        ("desk-new", 1, ["phone"]),
        ("desk-new", 2, ["name", "phone"]),
    ]


def test_a_purpose_cannot_stop_needing_what_a_published_form_asks_because_of_it(hall: Hall) -> None:
    serve = purpose(hall, "serve", ["name", "phone"])
    publish(hall, draft(hall, [question("phone")], serve))
    with pytest.raises(ValidationError, match="asks for phone because of this purpose"):
        purpose(hall, "serve", ["name"])
    assert queries.form_of(organisation(hall), "desk-new").reasons[0].uses == ["name", "phone"]
    publish(hall, draft(hall, [question("name")], serve))
    purpose(hall, "serve", ["name"])


def test_staff_begin_a_record_with_exactly_what_is_asked(hall: Hall) -> None:
    serve = purpose(hall, "serve", ["name", "phone", "words", "id_number"])
    version = publish(
        hall,
        draft(hall, [question("name", required=True), question("phone"), question("id_number"), DIET], serve),
    )
    assert refused(hall, version, {}) == {"name": "This is needed. Write it, please."}
    assert refused(hall, version, {"name": "Li", "email": "li@example.com"}) == {
        "email": "This is not asked here."
    }
    assert "area code" in refused(hall, version, {"name": "Li", "phone": "none"})["phone"]
    wrong = refused(hall, version, {"name": "Li", "id_number": "110105194912310021"})
    assert "check character" in wrong["id_number"]
    assert "1000" in refused(hall, version, {"name": "Li", "own-diet": "x" * 1001})["own-diet"]
    li = answer(
        hall,
        version,
        {"name": "Li", "phone": NUMBER, "own-diet": "花生", "id_number": "11010519491231002x"},
    )
    row = Customer.objects.get()
    assert (row.pk, row.name, row.phone, row.level) == (li.pk, "Li", NUMBER, "guest")
    assert [(one["question"]["en"], one["answer"]) for one in queries.all_known(row)["answers"]] == [
        ("What can you not eat?", "花生")
    ]
    last = events.after(organisation(hall), 0)[-1]
    assert (last.kind, last.data["answered"]) == ("form.answered", ["id_number", "name", "own-diet", "phone"])


def test_what_only_a_purpose_with_consent_needs_is_kept_of_those_who_consent(hall: Hall) -> None:
    serve, news = purpose(hall, "serve", ["name"]), purpose(hall, "news", ["email"], "consent")
    version = publish(hall, draft(hall, [question("name"), question("email", required=True)], serve, news))
    assert refused(hall, version, {"name": "Li", "email": "li@example.com"}) == {
        "email": "Only “News” needs this. Agree to it, or leave this empty."
    }
    li = answer(hall, version, {"name": "Li"})
    assert Customer.objects.get(pk=li.pk).email == ""
    assert refused(hall, version, {"name": "Li"}, agreed=[news.pk]) == {
        "email": "This is needed. Write it, please."
    }
    answers = {"name": "Wang", "email": "wang@example.com"}
    wang = answer(hall, version, answers, agreed=[news.pk])
    assert Consent.objects.get().customer_id == wang.pk
    assert "agreed" in refused(hall, version, answers, agreed=[serve.pk, UUID(int=1)])
    newer = purpose(hall, "news", ["email"], "consent")
    assert "version" in refused(hall, version, answers, agreed=[news.pk])
    answer(hall, version, answers, agreed=[newer.pk])


def test_a_purpose_that_serves_is_no_offer_to_consent_to(hall: Hall) -> None:
    serve, wang = purpose(hall, "serve", ["name"]), signed_in(hall)
    assert queries.offers(Customer.objects.get(pk=wang.pk)) == []
    with pytest.raises(NotFound):
        actions.give_consent(customer_id=wang.pk, version_id=serve.pk, by=hall.actors["agent"])


def test_customers_answer_about_themselves_and_prove_their_contacts_instead_of_writing_them(
    hall: Hall,
) -> None:
    serve = purpose(hall, "serve", ["name", "phone", "email", "words"])
    questions = [question("name", required=True), question("phone"), question("email", required=True), DIET]
    version = publish(hall, draft(hall, questions, serve, step="own-page"))
    wang, li = signed_in(hall), signed_in(hall, "li@example.com")
    me: dict[str, Any] = {"customer_id": wang.pk, "by": queries.known_customer("phone", wang.pk)}
    asked = queries.form_of(organisation(hall), "own-page")
    assert [q.key for q in queries.unanswered(Customer.objects.get(pk=wang.pk), asked)] == [
        "name",
        "email",
        "own-diet",
    ]
    assert refused(hall, version, {"name": "王", "email": "li@example.com"}, **me) == {
        "email": "This is not asked here."
    }
    answer(hall, version, {"name": "王小明", "own-diet": "花生"}, **me)
    answer(hall, version, {"own-diet": "牛奶"}, **me)
    row = Customer.objects.get(pk=wang.pk)
    assert (row.name, row.level, Answer.objects.get().words) == ("王小明", "contact", "牛奶")
    with pytest.raises((NotFound, NotAllowed)):
        answer(hall, version, {"name": "mine"}, **{**me, "customer_id": li.pk})


def test_a_restricted_record_and_what_is_verified_are_not_written_over(hall: Hall) -> None:
    serve = purpose(hall, "serve", ["phone"])
    version = publish(hall, draft(hall, [question("phone")], serve))
    wang = signed_in(hall)
    assert "verified" in refused(hall, version, {"phone": "139 0000 0000"}, customer_id=wang.pk)["phone"]
    Customer.objects.filter(pk=wang.pk).update(restricted_at=MORNING)
    with pytest.raises(RecordRestricted):
        answer(hall, version, {"phone": NUMBER}, customer_id=wang.pk)


def test_only_who_may_change_the_setup_makes_forms_and_elsewhere_nothing_is_there(hall: Hall) -> None:
    serve = purpose(hall, "serve", ["name"])
    version = draft(hall, [question("name")], serve)
    with pytest.raises(NotAllowed):
        actions.publish_form(version_id=version, by=hall.actors["agent"])
    bank = make_hall("bank")
    theirs = purpose(bank, "serve", ["name"])
    with pytest.raises(NotFound):
        actions.publish_form(version_id=version, by=bank.actors["manager"])
    with pytest.raises(BadInput):
        draft(hall, [question("name")], theirs)
    publish(hall, version)
    with pytest.raises(NotFound):
        answer(hall, version, {"name": "Li"}, by=bank.actors["agent"])
    with pytest.raises(BadInput):
        draft(hall, [question("name")], serve, step="No Step")


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ([{"key": "shoe", "field": "shoe"}], "unknown"),
        ([{"key": "name", "field": "words", "labels": text("?")}], "unknown"),
        ([{"key": "phone", "field": "name"}], "unknown"),
        ([{"key": "notes", "field": "notes"}], "unknown"),
        ([{"key": "diet", "field": "words", "labels": text("?")}], "unknown"),
        ([{"key": "name", "field": "name"}] * 2, "twice"),
        ([{"key": "own-diet", "field": "words", "labels": {"en": "?"}}], "label"),
        ([{"key": "own-diet", "field": "words", "labels": text("?" * 121)}], "long"),
        ([{"key": f"own-{n}", "field": "words", "labels": text("?")} for n in range(13)], "many"),
    ],
)
def test_questions_that_are_no_form_are_named(stored: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(Unfit) as caught:
        read(stored)
    assert caught.value.reason == reason


def test_an_erasure_takes_the_answers(hall: Hall) -> None:
    serve = purpose(hall, "serve", ["words", "name"])
    version = publish(hall, draft(hall, [question("name"), DIET], serve))
    li = answer(hall, version, {"name": "Li", "own-diet": "花生"})
    asked = actions.ask_erasure(customer_id=li.pk, by=SYSTEM)
    actions.grant_erasure(request_id=asked.pk, by=hall.actors["manager"])
    assert not Answer.objects.exists()
