"""Corrections that staff decides before a deadline; a restriction keeps data and stops its use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from servicehall.kernel import events
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.rooms.customers import actions, queries
from servicehall.rooms.customers.actions import AlreadyDecided, RecordRestricted
from servicehall.rooms.customers.actions.erasing import erase_unseen
from servicehall.rooms.customers.models import CorrectionRequest, Customer
from tests.hall import MORNING, Hall, make_hall, minutes
from tests.rooms.customers.counter import NUMBER, facts, organisation, signed_in

pytestmark = pytest.mark.django_db
RESIDENT = "11010519491231002X"


@pytest.fixture
def hall() -> Hall:
    return make_hall()


@pytest.fixture
def wang(hall: Hall) -> Customer:
    """Verified with a document."""
    found = signed_in(hall)
    agent = hall.actors["agent"]
    actions.correct_customer(
        customer_id=found.pk, fields={"name": "王小明", "notes": "rude"}, by=agent, at=MORNING
    )
    return actions.verify_identity(
        customer_id=found.pk, document="resident-id", number=RESIDENT, by=agent, at=MORNING
    )


def me(customer: Customer) -> Any:
    return queries.known_customer("phone", customer.pk)


def stored(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


def ask(customer: Customer, field: str, wish: str, **rest: Any) -> CorrectionRequest:
    given = {"by": me(customer), "at": MORNING, **rest}
    return actions.ask_correction(customer_id=customer.pk, field=field, wish=wish, **given)


def test_a_name_that_a_document_verified_is_corrected_by_staff_only(hall: Hall, wang: Customer) -> None:
    with pytest.raises(BadInput) as caught:
        actions.correct_customer(customer_id=wang.pk, fields={"name": "李静"}, by=me(wang))
    assert "verified by a document" in caught.value.facts["errors"]["name"]
    assert [name for name, _label in queries.correctable(stored(wang))] == ["name", "id_number", "notes"]
    ask(wang, "name", "王晓明")
    assert stored(wang).name == "王小明"


def test_a_wish_is_one_has_a_deadline_and_is_looked_at_on_the_record(hall: Hall, wang: Customer) -> None:
    asked, manager = ask(wang, "notes", "polite"), hall.actors["manager"]
    assert ask(wang, "notes", "", at=minutes(1)).pk == asked.pk
    assert asked.due_at == MORNING + timedelta(days=15)
    [one] = queries.correction_queue(organisation(hall), actor=manager)
    assert one.pk == asked.pk
    assert actions.look_at_correction(request_id=asked.pk, by=manager, at=minutes(2)) == ("rude", "")
    seen = [e.data["field"] for e in events.after(organisation(hall), 0) if e.kind == "protection.unmasked"]
    assert seen == ["notes", "wish"]
    assert "polite" not in repr([e.data for e in events.after(organisation(hall), 0)])
    actions.grant_correction(request_id=asked.pk, by=manager, at=minutes(3))
    assert stored(wang).notes == ""
    assert facts(hall)[-2:] == ["customer.corrected", "customer.correction-decided"]


def test_a_corrected_number_has_to_be_verified_again_and_the_wish_is_forgotten(
    hall: Hall, wang: Customer
) -> None:
    asked, manager = ask(wang, "id_number", "440524188001010014"), hall.actors["manager"]
    actions.grant_correction(request_id=asked.pk, by=manager, at=minutes(1))
    row = stored(wang)
    assert (row.id_number, row.level, row.document) == ("440524188001010014", "contact", "")
    done = CorrectionRequest.objects.get()
    assert (done.state, done.wish, done.decided_by) == ("done", "", manager.id)
    for decide in (
        lambda: actions.grant_correction(request_id=asked.pk, by=manager),
        lambda: actions.refuse_correction(request_id=asked.pk, reason="right", by=manager),
        lambda: actions.look_at_correction(request_id=asked.pk, by=manager),
        lambda: actions.take_back_correction(request_id=asked.pk, by=me(wang)),
    ):
        with pytest.raises(AlreadyDecided):
            decide()


@pytest.mark.parametrize(
    ("field", "wish", "wrong"),
    [
        ("phone", "139 0000 0000", "field"),
        ("level", "identity", "field"),
        ("id_number", "110105194912310021", "wish"),
        ("name", "x" * 81, "wish"),
    ],
)
def test_what_cannot_be_asked_for_is_said(
    hall: Hall, wang: Customer, field: str, wish: str, wrong: str
) -> None:
    with pytest.raises(BadInput) as caught:
        ask(wang, field, wish)
    assert list(caught.value.facts["errors"]) == [wrong]
    assert not CorrectionRequest.objects.exists()


def test_who_may_ask_decide_and_take_back(hall: Hall, wang: Customer) -> None:
    li, bank = signed_in(hall, "li@example.com"), make_hall("bank")
    with pytest.raises((NotFound, NotAllowed)):
        ask(wang, "notes", "x", by=me(li))
    asked = ask(wang, "notes", "x", by=hall.actors["agent"])
    with pytest.raises(NotAllowed):
        actions.look_at_correction(request_id=asked.pk, by=hall.actors["agent"])
    with pytest.raises(NotFound):
        actions.grant_correction(request_id=asked.pk, by=bank.actors["manager"])
    with pytest.raises(NotFound):
        actions.take_back_correction(request_id=asked.pk, by=me(li))
    with pytest.raises(BadInput):
        actions.refuse_correction(request_id=asked.pk, reason="no time", by=hall.actors["manager"])
    actions.take_back_correction(request_id=asked.pk, by=me(wang))
    again = ask(wang, "notes", "x", at=minutes(1))
    actions.refuse_correction(request_id=again.pk, reason="document", by=hall.actors["manager"])
    assert [one.state for one in queries.own_corrections(wang)] == ["refused", "withdrawn"]
    assert stored(wang).notes == "rude"
    actions.ask_erasure(customer_id=wang.pk, by=me(wang))
    asked_erasure = queries.open_request(wang)
    assert asked_erasure is not None
    actions.grant_erasure(request_id=asked_erasure.pk, by=hall.actors["manager"])
    assert not CorrectionRequest.objects.exists()


def test_staff_restrict_at_the_desk_and_only_those_who_decide_on_wishes_lift_it(
    hall: Hall, wang: Customer
) -> None:
    agent, manager = hall.actors["agent"], hall.actors["manager"]
    actions.restrict_use(customer_id=wang.pk, restricted=True, by=agent, at=MORNING)
    assert [one.pk for one in queries.restricted_records(organisation(hall), actor=manager)] == [wang.pk]
    with pytest.raises(NotAllowed):
        actions.restrict_use(customer_id=wang.pk, restricted=False, by=agent)
    with pytest.raises(NotFound):
        actions.restrict_use(customer_id=wang.pk, restricted=True, by=make_hall("bank").actors["agent"])
    actions.restrict_use(customer_id=wang.pk, restricted=False, by=manager)
    assert stored(wang).restricted_at is None


def test_a_restricted_record_is_neither_joined_nor_used_nor_thrown_away_but_corrected_on_wish(
    hall: Hall, wang: Customer
) -> None:
    manager = hall.actors["manager"]
    twin = actions.add_customer(
        organisation_id=organisation(hall), fields={"phone": NUMBER}, by=manager, at=MORNING
    )
    actions.restrict_use(customer_id=wang.pk, restricted=True, by=me(wang), at=MORNING)
    for kept, gone in ((wang, twin), (twin, wang)):
        with pytest.raises(RecordRestricted):
            actions.join_customers(kept_id=kept.pk, gone_id=gone.pk, by=manager)
    with pytest.raises(RecordRestricted):
        actions.unmask_field(customer_id=wang.pk, field="phone", reason="contact", by=manager)
    assert actions.unmask_field(customer_id=wang.pk, field="phone", reason="authority", by=manager) == NUMBER
    erase_unseen(MORNING + timedelta(days=1000), 10)
    assert (stored(wang).phone, stored(twin).phone) == (NUMBER, "")
    asked = ask(wang, "notes", "polite")
    actions.grant_correction(request_id=asked.pk, by=manager, at=minutes(1))
    assert stored(wang).notes == "polite"
