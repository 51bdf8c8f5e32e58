"""Consent with receipts, export, restriction, requests to be erased and their deadline."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from servicehall.kernel import events
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions, queries
from servicehall.rooms.customers.actions import AlreadyDecided
from servicehall.rooms.customers.models import Consent, Customer, ErasureRequest, PurposeVersion
from tests.hall import MORNING, Hall, make_hall, minutes, text
from tests.rooms.customers.counter import NUMBER, facts, organisation, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Hall:
    return make_hall()


def wording(hall: Hall, en: str = "We write to you.", slug: str = "news") -> PurposeVersion:
    return actions.add_purpose(
        organisation_id=organisation(hall), slug=slug, titles=text("News", "消息"), texts=text(en, "我们给您写信。"),
        uses=["name", "email"], by=SYSTEM,
    )  # fmt: skip


def me(customer: Customer) -> Any:
    return queries.known_customer("phone", customer.pk)


def record(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


def give(customer: Customer, version: PurposeVersion, **rest: Any) -> Consent:
    given = {"by": me(customer), "language": "en", "at": MORNING, **rest}
    return actions.give_consent(customer_id=customer.pk, version_id=version.pk, **given)


def test_a_wording_needs_both_languages_and_known_fields(hall: Hall) -> None:
    for titles, uses in (({"en": "News"}, ["name"]), (text("News", "消息"), ["shoe size"])):
        with pytest.raises(ValidationError):
            actions.add_purpose(
                organisation_id=organisation(hall),
                slug="news",
                titles=titles,
                texts=text("t"),
                uses=uses,
                by=SYSTEM,
            )
    assert not PurposeVersion.objects.exists()


def test_consent_is_given_shown_and_taken_back(hall: Hall) -> None:
    wang, version = signed_in(hall), wording(hall)
    [offer] = queries.offers(record(wang))
    assert (offer.consent, offer.field_names) == (None, ["full name", "e-mail"])
    given = give(wang, version)
    assert give(wang, version).pk == given.pk, "yes twice is yes once"
    [offer] = queries.offers(record(wang))
    assert (offer.consent, offer.given_at, offer.is_older) == (given.pk, MORNING, False)
    assert (
        actions.withdraw_consent(customer_id=wang.pk, purpose_id=offer.purpose, by=me(wang), at=minutes(1))
        == 1
    )
    assert (
        actions.withdraw_consent(customer_id=wang.pk, purpose_id=offer.purpose, by=me(wang), at=minutes(1))
        == 0
    )
    assert queries.offers(record(wang))[0].consent is None
    assert facts(hall)[-2:] == ["consent.given", "consent.withdrawn"]


def test_a_new_wording_asks_again_and_the_old_one_cannot_be_accepted_any_more(hall: Hall) -> None:
    wang, first = signed_in(hall), wording(hall)
    give(wang, first)
    second = wording(hall, "We write to you every day.")
    assert (first.number, second.number) == (1, 2)
    [offer] = queries.offers(record(wang))
    assert (offer.version, offer.is_older) == (second.pk, True)
    with pytest.raises(BadInput):
        give(wang, first, at=minutes(1))
    give(wang, second, at=minutes(1))
    assert not queries.offers(record(wang))[0].is_older


def test_staff_write_down_what_a_customer_says_and_strangers_do_not(hall: Hall) -> None:
    wang, version = signed_in(hall), wording(hall)
    given = give(wang, version, by=hall.actors["agent"])
    assert given.given_to == hall.people["agent"].pk
    other = signed_in(hall, "li@example.com")
    with pytest.raises((NotFound, NotAllowed)):
        give(wang, version, by=me(other))
    bank = make_hall_of("bank")
    with pytest.raises(NotFound):
        give(wang, wording(bank), by=me(wang))


def make_hall_of(slug: str) -> Hall:
    from tests.hall import make_site

    return Hall(*make_site(slug))


def test_the_receipt_has_the_standards_fields_and_no_contact(hall: Hall) -> None:
    wang, version = signed_in(hall), wording(hall)
    given = give(wang, version)
    actions.withdraw_consent(customer_id=wang.pk, purpose_id=version.purpose_id, by=me(wang), at=minutes(5))
    receipt = queries.receipt(record(wang), given.pk)
    assert {
        "schema_version",
        "record_id",
        "pii_principal_id",
        "pii_controllers",
        "notice",
        "processing",
        "event",
    } == set(receipt)
    assert receipt["notice"]["notice_text"] == "We write to you."
    assert [one["event_state"] for one in receipt["event"]] == ["consent given", "consent withdrawn"]
    assert "5678" not in json.dumps(receipt["event"])
    with pytest.raises(NotFound):
        queries.receipt(record(signed_in(hall, "li@example.com")), given.pk)


def test_an_export_has_all_that_is_known(hall: Hall) -> None:
    wang, version = signed_in(hall), wording(hall)
    give(wang, version)
    actions.correct_customer(customer_id=wang.pk, fields={"name": "王小明"}, by=me(wang))
    known = queries.all_known(record(wang))
    assert (known["record"]["name"], known["record"]["phone"]) == ("王小明", NUMBER)
    assert [one["purpose"] for one in known["consents"]] == ["news"]
    actions.note_export(customer_id=wang.pk, form="json", by=me(wang))
    with pytest.raises(NotFound):
        actions.note_export(customer_id=wang.pk, form="json", by=SYSTEM)


def test_a_customer_restricts_the_use_and_lifts_it(hall: Hall) -> None:
    wang = signed_in(hall)
    for wanted in (True, True, False):
        actions.restrict_use(customer_id=wang.pk, restricted=wanted, by=me(wang), at=MORNING)
    assert record(wang).restricted_at is None
    assert facts(hall).count("customer.restricted") == 2


def test_a_request_has_a_deadline_is_one_and_can_be_taken_back(hall: Hall) -> None:
    wang = signed_in(hall)
    asked = actions.ask_erasure(customer_id=wang.pk, by=me(wang), at=MORNING)
    assert actions.ask_erasure(customer_id=wang.pk, by=me(wang), at=minutes(1)).pk == asked.pk
    assert asked.due_at == MORNING + timedelta(days=15)
    manager = hall.actors["manager"]
    assert [one.pk for one in queries.erasure_queue(organisation(hall), actor=manager)] == [asked.pk]
    actions.take_back_request(customer_id=wang.pk, by=me(wang), at=minutes(2))
    assert queries.erasure_queue(organisation(hall), actor=manager) == []
    with pytest.raises(AlreadyDecided):
        actions.grant_erasure(request_id=asked.pk, by=manager)
    assert record(wang).phone == NUMBER


def test_staff_with_the_right_decide_once_and_with_a_reason(hall: Hall) -> None:
    wang, manager = signed_in(hall), hall.actors["manager"]
    asked = actions.ask_erasure(customer_id=wang.pk, by=me(wang), at=MORNING)
    with pytest.raises(NotAllowed):
        actions.grant_erasure(request_id=asked.pk, by=hall.actors["agent"])
    with pytest.raises(BadInput):
        actions.refuse_erasure(request_id=asked.pk, reason="no time", by=manager)
    actions.refuse_erasure(request_id=asked.pk, reason="duty", by=manager, at=minutes(1))
    assert ErasureRequest.objects.get().state == "refused"
    with pytest.raises(AlreadyDecided):
        actions.refuse_erasure(request_id=asked.pk, reason="duty", by=manager, at=minutes(1))
    shown = queries.open_request(record(wang))
    assert shown is not None
    assert shown.get_reason_display() == "We must keep it by law"


def test_who_was_joined_with_another_since_they_asked_is_erased_as_a_whole(hall: Hall) -> None:
    wang, manager = signed_in(hall), hall.actors["manager"]
    asked = actions.ask_erasure(customer_id=wang.pk, by=me(wang), at=MORNING)
    twin = actions.add_customer(
        organisation_id=organisation(hall), fields={"name": "王小明", "phone": NUMBER}, by=manager, at=MORNING
    )
    actions.join_customers(kept_id=twin.pk, gone_id=wang.pk, by=manager, at=MORNING)
    actions.grant_erasure(request_id=asked.pk, by=manager, at=minutes(1))
    assert [record(one).phone for one in (wang, twin)] == ["", ""]
    assert record(twin).erased_at == minutes(1)


def test_an_erased_customer_is_signed_out_not_found_and_may_begin_anew(hall: Hall) -> None:
    wang, manager = signed_in(hall), hall.actors["manager"]
    asked = actions.ask_erasure(customer_id=wang.pk, by=me(wang), at=MORNING)
    actions.grant_erasure(request_id=asked.pk, by=manager, at=minutes(1))
    row = record(wang)
    assert (row.level, row.phone, row.phone_index, row.erased_at) == ("guest", "", None, minutes(1))
    assert queries.own_record(wang.pk, organisation(hall)) is None
    assert queries.find_customers(organisation(hall), NUMBER, actor=manager) == []
    with pytest.raises(NotFound):
        actions.correct_customer(customer_id=wang.pk, fields={"name": "x"}, by=manager)
    again = signed_in(hall, at=minutes(120))
    assert again.pk != wang.pk
    log = events.after(organisation(hall), 0)
    assert [e.seq for e in log] == list(range(1, len(log) + 1)), "no event was taken out"
    assert "customer.erased" in [e.kind for e in log]


def joined(hall: Hall) -> tuple[Customer, Customer, Consent, PurposeVersion]:
    """Somebody who consented as a record that was joined with another since: (the kept one, the gone one, …)."""
    version, gone = wording(hall), signed_in(hall, "wang@example.com")
    given, kept = give(gone, version), signed_in(hall, at=minutes(2))
    actions.join_customers(kept_id=kept.pk, gone_id=gone.pk, by=hall.actors["manager"], at=minutes(3))
    return kept, gone, given, version


def test_a_consent_of_before_a_joining_is_seen_proved_and_taken_back_after_it(hall: Hall) -> None:
    kept, gone, given, version = joined(hall)
    assert [offer.consent for offer in queries.offers(record(kept))] == [given.pk]
    assert give(kept, version).pk == given.pk
    assert queries.receipt(record(kept), given.pk)["pii_principal_id"] == str(gone.pk), (
        "as the evidence has it"
    )
    ended = actions.withdraw_consent(
        customer_id=kept.pk, purpose_id=version.purpose_id, by=me(kept), at=minutes(4)
    )
    assert ended == 1
    assert [offer.consent for offer in queries.offers(record(kept))] == [None]
    told = [e for e in events.about(gone.pk) if e.kind == "consent.withdrawn"]
    assert [e.data["consent"] for e in told] == [str(given.pk)]
    stranger = signed_in(hall, "+44 20 7946 0958", at=minutes(5))
    with pytest.raises(NotFound):
        queries.receipt(record(stranger), given.pk)


def test_wishes_of_before_a_joining_are_decided_and_taken_back_after_it(hall: Hall) -> None:
    gone, kept = signed_in(hall, "wang@example.com"), signed_in(hall, at=minutes(2))
    asked = actions.ask_correction(customer_id=gone.pk, field="notes", wish="tall", by=me(gone), at=MORNING)
    other = actions.ask_correction(
        customer_id=gone.pk, field="id_number", wish="E1234567", by=me(gone), at=MORNING
    )
    erasure = actions.ask_erasure(customer_id=gone.pk, by=me(gone), at=MORNING)
    actions.join_customers(kept_id=kept.pk, gone_id=gone.pk, by=hall.actors["manager"], at=minutes(3))
    assert {one.pk for one in queries.own_corrections(record(kept))} == {asked.pk, other.pk}
    manager = hall.actors["manager"]
    assert actions.look_at_correction(request_id=asked.pk, by=manager) == ("", "tall")
    actions.grant_correction(request_id=asked.pk, by=manager, at=minutes(4))
    assert record(kept).notes == "tall"
    actions.take_back_correction(request_id=other.pk, by=me(kept), at=minutes(4))
    assert actions.ask_erasure(customer_id=kept.pk, by=me(kept), at=minutes(4)).pk == erasure.pk, (
        "one is open"
    )
    actions.take_back_request(customer_id=kept.pk, by=me(kept), at=minutes(5))
    assert ErasureRequest.objects.get().state == ErasureRequest.State.WITHDRAWN


def test_a_consent_is_not_stretched_over_fields_that_were_not_read_with_it(hall: Hall) -> None:
    tenant, version = organisation(hall), wording(hall)
    given = give(signed_in(hall), version)

    def use(*fields: str) -> None:
        actions.add_purpose(
            organisation_id=tenant, slug="news", titles=text("News", "消息"), texts=text("More."), uses=list(fields),
            by=SYSTEM,
        )  # fmt: skip

    with pytest.raises(ValidationError) as caught:
        use("name", "email", "id_number")
    assert caught.value.messages == [
        "Customers agreed to this purpose without id_number. Make another purpose for that."
    ]
    assert queries.receipt(record(given.customer), given.pk)["processing"]["pii_information"] == [
        {"pii_type": "name"},
        {"pii_type": "email"},
    ]
    use("name")
    actions.withdraw_consent(
        customer_id=given.customer_id, purpose_id=version.purpose_id, by=me(given.customer), at=minutes(1)
    )
    use("name", "id_number")
