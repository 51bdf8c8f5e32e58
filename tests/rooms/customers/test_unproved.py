"""An address that staff wrote down opens nothing: its owner begins anew until staff join the two records."""

from __future__ import annotations

from typing import Any

import pytest

from servicehall.rooms.customers import actions, queries
from servicehall.rooms.customers.models import Customer
from tests.hall import MORNING, Hall, make_hall, minutes
from tests.rooms.customers.counter import NUMBER, organisation, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Hall:
    return make_hall()


def written(hall: Hall, **fields: str) -> Customer:
    """A record that staff began."""
    return actions.add_customer(
        organisation_id=organisation(hall), fields=fields, by=hall.actors["agent"], at=MORNING
    )


def join(hall: Hall, kept: Customer, gone: Customer, at: Any) -> Any:
    return actions.join_customers(kept_id=kept.pk, gone_id=gone.pk, by=hall.actors["manager"], at=at)


@pytest.mark.parametrize("contact", [{"phone": NUMBER}, {"email": "wang@example.com"}])
def test_who_owns_an_address_that_staff_wrote_down_does_not_get_into_the_record(
    hall: Hall, contact: dict[str, str]
) -> None:
    [(kind, address)] = contact.items()
    theirs = written(hall, name="王小明", notes="deaf", **contact)
    mine = signed_in(hall, address, at=minutes(5))
    assert mine.pk != theirs.pk
    assert (mine.name, mine.notes, mine.level) == ("", "", "contact")
    theirs.refresh_from_db()
    assert (theirs.phone_verified_at, theirs.email_verified_at, theirs.level) == (None, None, "guest")
    [pair] = queries.duplicates(organisation(hall), actor=hall.actors["manager"])
    assert (pair.kept.pk, pair.gone.pk, pair.alike) == (mine.pk, theirs.pk, (kind,))
    assert queries.proved_by_one(pair.kept, pair.gone)
    assert signed_in(hall, address, at=minutes(20)).pk == mine.pk
    assert Customer.objects.count() == 2


def test_an_identified_record_with_an_unproved_number_stays_shut_too(hall: Hall) -> None:
    theirs = written(hall, name="王小明", phone=NUMBER)
    actions.verify_identity(
        customer_id=theirs.pk, document="passport", number="E1234567", by=hall.actors["agent"], at=minutes(1)
    )
    assert signed_in(hall, at=minutes(5)).pk != theirs.pk


def test_a_number_that_staff_changed_has_to_be_proved_again(hall: Hall) -> None:
    mine = signed_in(hall)
    new = "139 0000 1111"
    actions.correct_customer(
        customer_id=mine.pk, fields={"phone": new}, by=hall.actors["agent"], at=minutes(1)
    )
    assert signed_in(hall, new, at=minutes(5)).pk != mine.pk
    assert signed_in(hall, NUMBER, at=minutes(9)).pk != mine.pk


def test_joined_by_staff_it_opens_the_whole_and_parted_only_its_own(hall: Hall) -> None:
    theirs = written(hall, name="王小明", phone=NUMBER)
    mine = signed_in(hall, at=minutes(5))
    joining = join(hall, mine, theirs, minutes(10))
    assert (opened := signed_in(hall, at=minutes(20))).pk == mine.pk
    assert opened.name == "王小明"
    actions.part_customers(joining_id=joining.pk, by=hall.actors["manager"], at=minutes(30))
    assert (again := signed_in(hall, at=minutes(40))).pk == mine.pk
    assert again.name == ""


def test_a_proof_stays_with_the_record_that_has_it(hall: Hall) -> None:
    """Joined into a record with a number of its own, the proof does not pass for one of that number."""
    kept = written(hall, name="王小明", phone="139 0000 5678")
    actions.verify_identity(
        customer_id=kept.pk, document="passport", number="E1234567", by=hall.actors["agent"], at=minutes(1)
    )
    mine = signed_in(hall, at=minutes(5))
    joining = join(hall, kept, mine, minutes(10))
    assert signed_in(hall, NUMBER, at=minutes(20)).pk == kept.pk
    kept.refresh_from_db()
    assert kept.phone_verified_at is None
    assert kept.seen_at == minutes(20)
    actions.part_customers(joining_id=joining.pk, by=hall.actors["manager"], at=minutes(30))
    assert signed_in(hall, NUMBER, at=minutes(40)).pk == mine.pk
    stranger = signed_in(hall, "139 0000 5678", at=minutes(50))
    assert stranger.pk not in {kept.pk, mine.pk}


def test_two_who_proved_the_same_number_need_no_warning(hall: Hall) -> None:
    one, two = written(hall, name="王", phone=NUMBER), written(hall, name="李", phone=NUMBER)
    assert not queries.proved_by_one(one, two)
