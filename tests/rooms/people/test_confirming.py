"""Confirming an act: what proves it, for how long, in which session; an act with an amount as payments will have."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from servicehall.kernel import step_up
from servicehall.kernel.events import record
from servicehall.kernel.models import Event
from servicehall.kernel.rights import Actor
from servicehall.kernel.step_up import Operation, StepUpNeeded, StepUpRefused
from servicehall.kernel.transactions import transaction
from servicehall.rooms.people import actions as people
from servicehall.rooms.people.events import AlertRaised
from servicehall.rooms.people.models import Staff
from tests.hall import MORNING, Hall, make_hall, minutes

PASSWORD = "a long enough password"
PLACE = people.Place("hall.example")


@pytest.fixture
def mall(db: None) -> Hall:
    return make_hall()


def proof(password: str = PASSWORD, **more: Any) -> people.Proof:
    return people.Proof(address="198.51.100.7", place=PLACE, password=password, **more)


def pay_back(hall: Hall, payment: str, amount: int, *, by: Actor) -> None:
    """An act as the payments' one will be: in the line of its site, with an amount."""
    with transaction(hall.id):
        step_up.demand(by, Operation("payment.refund", payment, amount, "CNY"))
        record(AlertRaised("paid-back", None, "info"), actor=by, at=MORNING)


def fail_after_paying(hall: Hall) -> None:
    with transaction(hall.id):
        pay_back(hall, "p-1", 1250, by=hall.actors["manager"])
        raise ZeroDivisionError


def ask(hall: Hall, payment: str, amount: int, who: str = "manager", session: str = "one") -> Any:
    """Try the act, and get the challenge that the page would show."""
    with pytest.raises(StepUpNeeded) as needed:
        pay_back(hall, payment, amount, by=hall.actors[who])
    return people.ask_step_up(hall.people[who], needed.value.operation, session=session, at=MORNING)


def paid(hall: Hall) -> int:
    return Event.objects.filter(site_id=hall.id, kind="alert.raised").count()


def test_a_confirmed_amount_is_paid_once(mall: Hall) -> None:
    asked, manager = ask(mall, "p-1", 1250), mall.people["manager"]
    confirmation = people.confirm_step_up(manager, str(asked.pk), proof(), session="one", at=minutes(4))
    with step_up.confirmed(confirmation):
        pay_back(mall, "p-1", 1250, by=mall.actors["manager"])
        with pytest.raises(StepUpRefused):
            pay_back(mall, "p-1", 1250, by=mall.actors["manager"])
    assert paid(mall) == 1
    # The confirmation stands in the log of the act's own site.
    (event,) = Event.objects.filter(kind="step-up.confirmed")
    assert (event.site_id, event.data["act"], event.data["by"]) == (mall.id, "payment.refund", "password")
    with pytest.raises(StepUpRefused) as again:
        people.confirm_step_up(manager, str(asked.pk), proof(), session="one", at=minutes(4))
    assert again.value.reason == "used"


@pytest.mark.parametrize(("payment", "amount"), [("p-1", 1251), ("p-1", 125_000), ("p-2", 1250)])
def test_a_changed_amount_or_target_pays_nothing_and_spends_nothing(
    mall: Hall, payment: str, amount: int
) -> None:
    asked, manager = ask(mall, "p-1", 1250), mall.people["manager"]
    confirmation = people.confirm_step_up(manager, str(asked.pk), proof(), session="one", at=MORNING)
    with step_up.confirmed(confirmation):
        with pytest.raises(StepUpRefused):
            pay_back(mall, payment, amount, by=mall.actors["manager"])
        assert paid(mall) == 0
        pay_back(mall, "p-1", 1250, by=mall.actors["manager"])
    assert paid(mall) == 1


def test_an_act_that_fails_afterwards_does_not_spend_the_confirmation(mall: Hall) -> None:
    asked, manager = ask(mall, "p-1", 1250), mall.people["manager"]
    confirmation = people.confirm_step_up(manager, str(asked.pk), proof(), session="one", at=MORNING)
    with step_up.confirmed(confirmation):
        with pytest.raises(ZeroDivisionError):
            fail_after_paying(mall)
        pay_back(mall, "p-1", 1250, by=mall.actors["manager"])
    assert paid(mall) == 1


@pytest.mark.parametrize(
    ("session", "late", "who", "reason"),
    [
        ("other", timedelta(0), "manager", "other-session"),
        ("one", timedelta(minutes=5), "manager", "expired"),
        ("one", timedelta(0), "supervisor", "other-session"),
    ],
)
def test_another_session_person_or_a_late_proof_is_refused(
    mall: Hall, session: str, late: timedelta, who: str, reason: str
) -> None:
    asked = ask(mall, "p-1", 1250)
    with pytest.raises(StepUpRefused) as refused:
        people.confirm_step_up(mall.people[who], str(asked.pk), proof(), session=session, at=MORNING + late)
    assert refused.value.reason == reason


def test_a_challenge_that_never_was_is_refused(mall: Hall) -> None:
    for made_up in ("", "no", "01a21490-e596-71e2-9add-4167a7bb4134"):
        with pytest.raises(StepUpRefused):
            people.confirm_step_up(mall.people["manager"], made_up, proof(), session="one", at=MORNING)


def test_a_wrong_proof_counts_as_a_failed_try(mall: Hall) -> None:
    asked, manager = ask(mall, "p-1", 1250), mall.people["manager"]
    for _ in range(10):
        with pytest.raises(people.WrongProof):
            people.confirm_step_up(manager, str(asked.pk), proof("wrong"), session="one", at=MORNING)
    with pytest.raises(people.LockedOut):
        people.confirm_step_up(manager, str(asked.pk), proof(), session="one", at=MORNING)


def test_who_has_a_second_factor_confirms_with_it(mall: Hall) -> None:
    from tests.rooms.people.keys import add_app, code_of

    manager: Staff = mall.people["manager"]
    secret = add_app(manager)
    asked = ask(mall, "p-1", 1250)
    with pytest.raises(people.WrongProof):
        people.confirm_step_up(manager, str(asked.pk), proof(), session="one", at=MORNING)
    right = proof("", code=code_of(secret, steps=1))
    confirmation = people.confirm_step_up(manager, str(asked.pk), right, session="one", at=MORNING)
    with step_up.confirmed(confirmation):
        pay_back(mall, "p-1", 1250, by=mall.actors["manager"])
    assert Event.objects.get(kind="step-up.confirmed").data["by"] == "totp"
    other = ask(mall, "p-2", 1)
    with pytest.raises(people.WrongProof):  # the same code again, for another act
        people.confirm_step_up(manager, str(other.pk), right, session="one", at=MORNING)


def test_a_passkey_signs_the_operation_itself(mall: Hall) -> None:
    from tests.rooms.people.keys import Key, add_passkey

    manager: Staff = mall.people["manager"]
    key = Key("https://hall.example")
    add_passkey(manager, key, PLACE)
    asked, other = ask(mall, "p-1", 1250), ask(mall, "p-1", 9999)
    signed_other = key.sign(bytes(other.challenge), manager)
    with pytest.raises(people.WrongProof):
        people.confirm_step_up(
            manager, str(asked.pk), proof("", credential=signed_other), session="one", at=MORNING
        )
    signed = key.sign(bytes(asked.challenge), manager)
    confirmation = people.confirm_step_up(
        manager, str(asked.pk), proof("", credential=signed), session="one", at=MORNING
    )
    with step_up.confirmed(confirmation):
        pay_back(mall, "p-1", 1250, by=mall.actors["manager"])
    assert Event.objects.get(kind="step-up.confirmed").data["by"] == "webauthn"
