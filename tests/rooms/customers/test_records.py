"""The customer's record: begun, corrected, identified, looked at; only where one may."""

from __future__ import annotations

from typing import Any

import pytest

from servicehall.kernel import events
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.rooms.customers import actions, queries
from servicehall.rooms.customers.actions import RecordRestricted
from servicehall.rooms.customers.models import Customer
from servicehall.rooms.queueing import queries as queueing
from tests.hall import CUSTOMER, MORNING, Hall, make_hall, minutes
from tests.rooms.customers.counter import NUMBER, facts, organisation, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Hall:
    return make_hall()


def add(hall: Hall, **fields: str) -> Customer:
    return actions.add_customer(
        organisation_id=organisation(hall), fields=fields, by=hall.actors["agent"], at=MORNING
    )


def stored(customer: Customer) -> Customer:
    return Customer.objects.get(pk=customer.pk)


def test_staff_begin_a_record_and_find_it_by_phone(hall: Hall) -> None:
    wang = add(hall, name="王小明", phone=NUMBER)
    agent = hall.actors["agent"]
    found = queries.find_customers(organisation(hall), "+8613812345678", actor=agent)
    assert [one.pk for one in found] == [wang.pk]
    assert (found[0].name, found[0].level, found[0].masked("phone")) == ("王小明", "guest", "138****5678")
    assert queries.find_customers(organisation(hall), "138", actor=agent) == []
    assert facts(hall) == ["customer.added"]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "Li", "phone": "none"}, "phone"),
        ({"name": "Li", "email": "li@"}, "email"),
        ({"name": "Li", "id_number": "1"}, "id_number"),
        ({"name": "Li", "level": "identity"}, "level"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_kept(
    hall: Hall, fields: dict[str, str], wrong: str
) -> None:
    with pytest.raises(BadInput) as caught:
        add(hall, **fields)
    assert list(caught.value.facts["errors"]) == [wrong]
    assert not Customer.objects.exists()
    assert facts(hall) == []


def test_a_correction_says_which_fields_and_never_what(hall: Hall) -> None:
    wang = add(hall, name="王小明", phone=NUMBER)
    actions.correct_customer(
        customer_id=wang.pk, fields={"name": "王晓明", "phone": NUMBER}, by=hall.actors["agent"], at=MORNING
    )
    assert stored(wang).name == "王晓明"
    [*_, last] = events.after(organisation(hall), 0)
    assert last.data == {"customer": str(wang.pk), "fields": ["name"]}


def test_a_changed_contact_has_to_be_verified_again(hall: Hall) -> None:
    wang = signed_in(hall)
    assert stored(wang).level == "contact"
    actions.correct_customer(
        customer_id=wang.pk, fields={"phone": "139 0000 0000"}, by=hall.actors["agent"], at=MORNING
    )
    assert (stored(wang).level, stored(wang).phone_verified_at) == ("guest", None)


def test_customers_correct_name_and_address_of_their_own_record_only(hall: Hall) -> None:
    wang, li = signed_in(hall), signed_in(hall, "li@example.com")
    me = queries.known_customer("phone", wang.pk)
    actions.correct_customer(customer_id=wang.pk, fields={"name": "王小明", "address": "1 号"}, by=me)
    assert stored(wang).name == "王小明"
    with pytest.raises(BadInput):
        actions.correct_customer(customer_id=wang.pk, fields={"phone": "139 0000 0000"}, by=me)
    for actor in (me, CUSTOMER):
        with pytest.raises((NotFound, NotAllowed)):
            actions.correct_customer(customer_id=li.pk, fields={"name": "mine"}, by=actor)
    assert stored(li).name == ""


def test_staff_verify_an_identity_with_document_and_number(hall: Hall) -> None:
    wang = signed_in(hall)
    agent = hall.actors["agent"]
    for document, number in (("none", "1234"), ("passport", "12"), ("passport", "1" * 31)):
        with pytest.raises(BadInput):
            actions.verify_identity(customer_id=wang.pk, document=document, number=number, by=agent)
    actions.verify_identity(
        customer_id=wang.pk, document="resident-id", number="11010519491231002x", by=agent, at=minutes(1)
    )
    row = stored(wang)
    assert (row.level, row.document, row.id_verified_by) == ("identity", "resident-id", agent.id)
    assert row.masked("id_number") == "110***********002x"
    [found] = queries.find_customers(organisation(hall), "110105 19491231 002X", actor=agent)
    assert found.pk == wang.pk


def test_a_restricted_record_is_kept_and_not_changed_by_staff(hall: Hall) -> None:
    wang = signed_in(hall)
    Customer.objects.filter(pk=wang.pk).update(restricted_at=MORNING)
    agent = hall.actors["agent"]
    with pytest.raises(RecordRestricted):
        actions.correct_customer(customer_id=wang.pk, fields={"name": "x"}, by=agent)
    with pytest.raises(RecordRestricted):
        actions.verify_identity(customer_id=wang.pk, document="passport", number="1234", by=agent)


def test_unmasking_needs_the_right_and_leaves_a_trace(hall: Hall) -> None:
    wang = add(hall, phone=NUMBER)
    with pytest.raises(NotAllowed):
        actions.unmask_field(customer_id=wang.pk, field="phone", reason="contact", by=hall.actors["agent"])
    manager = hall.actors["manager"]
    with pytest.raises(NotFound):
        actions.unmask_field(customer_id=wang.pk, field="level", reason="contact", by=manager)
    with pytest.raises(actions.ReasonNeeded):
        actions.unmask_field(customer_id=wang.pk, field="phone", reason="", by=manager)
    assert actions.unmask_field(customer_id=wang.pk, field="phone", reason="contact", by=manager) == NUMBER
    [*_, last] = events.after(organisation(hall), 0)
    assert (last.kind, last.actor_id, last.data["field"]) == ("protection.unmasked", manager.id, "phone")


def test_another_organisations_customers_are_not_there(hall: Hall) -> None:
    wang = add(hall, phone=NUMBER)
    bank = make_hall_of_others()
    stranger = bank.actors["manager"]
    for act in (
        lambda: queries.customer(wang.pk, actor=stranger),
        lambda: queries.find_customers(organisation(hall), NUMBER, actor=stranger),
        lambda: queries.latest(organisation(hall), actor=stranger),
        lambda: actions.correct_customer(customer_id=wang.pk, fields={"name": "x"}, by=stranger),
        lambda: actions.unmask_field(customer_id=wang.pk, field="phone", reason="contact", by=stranger),
        lambda: actions.add_customer(organisation_id=organisation(hall), fields={"name": "x"}, by=stranger),
    ):
        with pytest.raises(NotFound):
            act()
    assert queries.find_customers(organisation(bank), NUMBER, actor=stranger) == []


def make_hall_of_others() -> Hall:
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.people import actions as people
    from servicehall.rooms.people import queries as staff
    from tests.hall import make_site, text

    site, zone = make_site("bank")
    made = Hall(site, zone)
    person = people.add_staff(
        username="bank-manager", names=text("M"), password="a long enough password", by=SYSTEM,
        roles=[people.RoleAt("manager", site=site.pk)], check_password=False,
    )  # fmt: skip
    made.actors["manager"] = staff.actor_of(person)
    return made


def test_a_ticket_taken_while_signed_in_is_in_the_history(hall: Hall, django_assert_num_queries: Any) -> None:
    wang = signed_in(hall)
    mine = hall.issue(customer_id=wang.pk)
    hall.issue()
    with django_assert_num_queries(1):
        visits = queueing.visits_of([wang.pk])
        assert [(one.number, one.state, one.site_slug) for one in visits] == [
            (mine.number, "waiting", "mall")
        ]
    assert visits[0].is_active


def test_the_list_is_read_with_few_queries_a_page_at_a_time(
    hall: Hall, django_assert_num_queries: Any
) -> None:
    for n in range(7):
        add(hall, name=f"王{n}", phone=f"1381234{n:04}")
    agent = hall.actors["agent"]
    with django_assert_num_queries(3):
        first = queries.latest(organisation(hall), actor=agent, limit=5)
        assert [one.name for one in first] == ["王6", "王5", "王4", "王3", "王2"]
    rest = queries.latest(organisation(hall), actor=agent, before=first[-1].pk, limit=5)
    assert [one.name for one in rest] == ["王1", "王0"]
