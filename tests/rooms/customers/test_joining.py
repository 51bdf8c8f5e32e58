"""Duplicates: found, looked at, joined into one record, and parted again exactly."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from servicehall.kernel import events
from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.rooms.customers import actions, queries
from servicehall.rooms.customers.actions import NotOnePerson, TooLateToPart
from servicehall.rooms.customers.models import Customer, Joining
from servicehall.rooms.queueing import queries as queueing
from tests.hall import MORNING, Hall, make_hall, minutes
from tests.rooms.customers.counter import NUMBER, organisation, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Hall:
    return make_hall()


def add(hall: Hall, at: Any = MORNING, **fields: str) -> Customer:
    return actions.add_customer(
        organisation_id=organisation(hall), fields=fields, by=hall.actors["agent"], at=at
    )


def state(customer: Customer) -> dict[str, Any]:
    """Everything that a joining may touch, in the clear."""
    row = Customer.objects.get(pk=customer.pk)
    names = [*Customer.MASKS, "level", "document", "phone_verified_at", "email_verified_at"]
    names += ["id_verified_at", "id_verified_by", "merged_into_id", "phone_index", "id_index", "email_index"]
    return {name: getattr(row, name) for name in names}


def pairs(hall: Hall) -> list[tuple[Any, Any, tuple[str, ...]]]:
    found = queries.duplicates(organisation(hall), actor=hall.actors["manager"])
    return [(pair.kept.pk, pair.gone.pk, pair.alike) for pair in found]


def join(hall: Hall, kept: Customer, gone: Customer, at: Any = MORNING) -> Joining:
    return actions.join_customers(kept_id=kept.pk, gone_id=gone.pk, by=hall.actors["manager"], at=at)


def test_records_with_the_same_phone_mail_or_name_and_tail_are_proposed(hall: Hall) -> None:
    one = add(hall, name="王小明", phone=NUMBER, email="a@example.com")
    two = add(hall, minutes(1), name="王 小明", phone="+86 139 0000 5678")
    three = add(hall, minutes(2), name="Li", email="A@example.com")
    add(hall, minutes(3), name="王小明", phone="138 1234 0000")
    assert sorted(pairs(hall)) == sorted([(one.pk, two.pk, ("name",)), (one.pk, three.pk, ("email",))])


def test_the_better_identified_record_is_kept(hall: Hall) -> None:
    guest = add(hall, phone=NUMBER)
    verified = add(hall, minutes(1), phone=NUMBER)
    actions.verify_identity(
        customer_id=verified.pk,
        document="passport",
        number="E1234567",
        by=hall.actors["agent"],
        at=minutes(2),
    )
    assert pairs(hall) == [(verified.pk, guest.pk, ("phone",))]


def test_looking_makes_as_many_queries_for_many_pairs(hall: Hall, django_assert_num_queries: Any) -> None:
    for n in range(4):
        add(hall, name=f"a{n}", phone=f"1380000{n:04}")
        add(hall, name=f"b{n}", phone=f"1380000{n:04}")
    manager = hall.actors["manager"]
    with django_assert_num_queries(8):
        found = queries.duplicates(organisation(hall), actor=manager)
        assert len([pair.kept.masked("name") + pair.gone.masked("name") for pair in found]) == 4


def test_a_preview_says_what_joining_gives_and_masks_it(hall: Hall) -> None:
    one, two = add(hall, phone=NUMBER), add(hall, minutes(1), name="王小明", phone=NUMBER)
    manager = hall.actors["manager"]
    kept, gone, lines = queries.joining_preview(organisation(hall), two.pk, one.pk, actor=manager)
    assert (kept.pk, gone.pk) == (one.pk, two.pk)
    shown = {line.field: (line.kept, line.gone, line.is_filled) for line in lines}
    assert shown["name"] == ("", "王**", True)
    assert shown["phone"] == ("138****5678", "138****5678", False)


def test_joining_fills_what_was_missing_and_brings_the_visits(hall: Hall) -> None:
    one = signed_in(hall)
    two = add(hall, minutes(1), name="王小明", phone=NUMBER, address="1 号")
    actions.verify_identity(
        customer_id=two.pk, document="resident-id", number="11010519491231002x", by=hall.actors["agent"]
    )
    mine, theirs = hall.issue(customer_id=one.pk), hall.issue(customer_id=two.pk, at=minutes(1))
    join(hall, one, two)
    row = Customer.objects.get(pk=one.pk)
    assert (row.name, row.address, row.phone, row.level) == ("王小明", "1 号", NUMBER, "identity")
    assert row.id_number == "11010519491231002x"
    visits = queueing.visits_of(queries.same_person(one.pk))
    assert [one.number for one in visits] == [theirs.number, mine.number]
    assert pairs(hall) == []
    record = queries.own_record(two.pk, organisation(hall))
    assert record is not None
    assert record.pk == one.pk, "who was signed in as the other is the joined one now"
    again = signed_in(hall, at=minutes(60))
    assert again.pk == one.pk


def test_parting_restores_both_exactly(hall: Hall) -> None:
    one, two = signed_in(hall), add(hall, minutes(1), name="王小明", phone=NUMBER, email="w@example.com")
    actions.verify_identity(
        customer_id=two.pk, document="passport", number="E1234567", by=hall.actors["agent"], at=minutes(2)
    )
    before = state(one), state(two)
    made = join(hall, one, two)
    assert state(one) != before[0]
    actions.part_customers(joining_id=made.pk, by=hall.actors["manager"], at=MORNING + timedelta(days=30))
    assert (state(one), state(two)) == before
    assert queries.joinings(organisation(hall), actor=hall.actors["manager"]) == []


def test_what_was_corrected_since_stays_when_records_are_parted(hall: Hall) -> None:
    one, two = add(hall, phone=NUMBER), add(hall, minutes(1), name="王小明", phone=NUMBER)
    made = join(hall, one, two)
    actions.correct_customer(customer_id=one.pk, fields={"name": "李明"}, by=hall.actors["agent"])
    actions.part_customers(joining_id=made.pk, by=hall.actors["manager"], at=minutes(9))
    assert (state(one)["name"], state(two)["name"]) == ("李明", "王小明")


def test_a_chain_of_joinings_comes_apart_in_the_order_it_was_made(hall: Hall) -> None:
    one, two, three = (add(hall, minutes(n), name=f"n{n}", phone=NUMBER) for n in range(3))
    first = join(hall, two, three)
    second = join(hall, one, two)
    assert set(queries.same_person(one.pk)) == {one.pk, two.pk, three.pk}
    manager = hall.actors["manager"]
    with pytest.raises(TooLateToPart):
        actions.part_customers(joining_id=first.pk, by=manager, at=minutes(9))
    actions.part_customers(joining_id=second.pk, by=manager, at=minutes(9))
    assert set(queries.same_person(two.pk)) == {two.pk, three.pk}
    actions.part_customers(joining_id=first.pk, by=manager, at=minutes(9))
    assert queries.same_person(two.pk) == [two.pk]


def test_after_thirty_days_and_a_second_time_it_is_refused(hall: Hall) -> None:
    one, two = add(hall, phone=NUMBER), add(hall, phone=NUMBER)
    made, manager = join(hall, one, two), hall.actors["manager"]
    with pytest.raises(TooLateToPart):
        actions.part_customers(joining_id=made.pk, by=manager, at=MORNING + timedelta(days=30, seconds=1))
    actions.part_customers(joining_id=made.pk, by=manager, at=minutes(1))
    with pytest.raises(TooLateToPart):
        actions.part_customers(joining_id=made.pk, by=manager, at=minutes(2))


def test_what_cannot_be_joined_is_refused_and_changes_nothing(hall: Hall) -> None:
    one, two = add(hall, phone=NUMBER), add(hall, phone=NUMBER)
    manager = hall.actors["manager"]
    with pytest.raises(NotOnePerson):
        actions.join_customers(kept_id=one.pk, gone_id=one.pk, by=manager)
    with pytest.raises(NotFound):
        actions.join_customers(kept_id=one.pk, gone_id=organisation(hall), by=manager)
    with pytest.raises(NotAllowed):
        actions.join_customers(kept_id=one.pk, gone_id=two.pk, by=hall.actors["agent"])
    join(hall, one, two)
    with pytest.raises(NotFound):
        join(hall, one, two)
    assert Joining.objects.count() == 1


def test_records_that_were_kept_apart_are_not_proposed_again(hall: Hall) -> None:
    one, two = add(hall, phone=NUMBER), add(hall, phone=NUMBER)
    for _ in range(2):
        actions.keep_apart(one_id=two.pk, other_id=one.pk, by=hall.actors["manager"], at=timezone.now())
    assert pairs(hall) == []
    kinds = [e.kind for e in events.after(organisation(hall), 0)]
    assert kinds.count("customer.kept-apart") == 1
