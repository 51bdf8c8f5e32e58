"""Another merge rule is tried on the same days before it is saved."""

from __future__ import annotations

import pytest

from servicehall.rooms.simulation.merging import BOOKED, Way, compare, in_way, with_bookings

from .plans import consult

BUSY = consult(arrivals={"09:00": 14, "10:00": 14, "11:00": 8}, minutes={"kind": "constant", "mean": 4.5})


def test_appointments_are_taken_out_of_those_who_walk_in() -> None:
    found = with_bookings(BUSY, "consult", {9 * 60: 0.5, 10 * 60 + 30: 2.0}, 0.8)
    assert found["appointments"] == [
        {"at": "09:00", "service": "consult", "shows": 0.4},
        {"at": "10:30", "service": "consult", "shows": 0.8},
        {"at": "10:30", "service": "consult", "shows": 0.8},
    ]
    assert found["services"]["consult"]["arrivals"] == {"09:00": 13.6, "10:00": 12.4, "11:00": 8}
    assert BUSY["services"]["consult"]["arrivals"]["09:00"] == 14


def test_booked_customers_stand_in_a_class_of_their_own_with_the_order_of_theirs() -> None:
    found = in_way(BUSY, Way("front", 20, 5, "elderly"))
    assert found["classes"][BOOKED] == {"rate": 2, "head_start": 10, "rank": 10}
    assert found["merging"] == {"priority": BOOKED, "rule": "front", "lead_minutes": 20, "late_minutes": 5}
    assert in_way(BUSY, Way("booked", 0, 5, "gone"))["classes"][BOOKED] == {}


def test_a_longer_lead_shortens_the_waits_of_the_booked_and_lengthens_the_others() -> None:
    document = with_bookings(BUSY, "consult", dict.fromkeys(range(9 * 60, 12 * 60, 20), 1.0), 1.0)
    found = compare(document, Way("booked", 0, 10), Way("lead", 60, 10), is_assumed=False)
    assert found.days == 20
    assert found.appointments == 9
    assert found.after.booked["wait_mean"]["mean"] < found.before.booked["wait_mean"]["mean"]
    assert found.after.walked_in["wait_mean"]["mean"] > found.before.walked_in["wait_mean"]["mean"]
    assert found.before.whole["visits"]["mean"] == pytest.approx(found.after.whole["visits"]["mean"])
