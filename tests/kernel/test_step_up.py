"""A confirmation is of one operation: act, target, amount and currency; several acts of a form are one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehall.kernel import step_up
from servicehall.kernel.rights import SYSTEM, Actor
from servicehall.kernel.step_up import Confirmation, Operation, StepUpNeeded, StepUpRefused

pytestmark = pytest.mark.one_database

SOMEBODY = Actor("staff", UUID(int=7), "desk")
NONCE = b"n" * 32
REFUND = Operation("payment.refund", "payment-1", 12_50, "CNY")
OPERATIONS = st.builds(
    Operation,
    act=st.text(max_size=20),
    target=st.text(max_size=20),
    amount=st.none() | st.integers(),
    currency=st.text(max_size=3),
)


def confirmation(of: Operation, nonce: bytes = NONCE) -> Confirmation:
    spent: list[Any] = []

    def use() -> bool:
        spent.append(1)
        return len(spent) == 1

    return Confirmation(nonce, of.challenge(nonce), use)


def test_without_a_confirmation_one_is_asked_for() -> None:
    with pytest.raises(StepUpNeeded) as asked:
        step_up.demand(SOMEBODY, REFUND)
    assert asked.value.operation == REFUND


def test_the_confirmed_operation_goes_on_once() -> None:
    with step_up.confirmed(confirmation(REFUND)):
        step_up.demand(SOMEBODY, REFUND)
        with pytest.raises(StepUpRefused) as refused:
            step_up.demand(SOMEBODY, REFUND)
    assert refused.value.reason == "used"


@pytest.mark.parametrize(
    "other",
    [
        Operation("payment.refund", "payment-1", 12_51, "CNY"),
        Operation("payment.refund", "payment-1", 12_50, "USD"),
        Operation("payment.refund", "payment-1", None, "CNY"),
        Operation("payment.refund", "payment-2", 12_50, "CNY"),
        Operation("payment.void", "payment-1", 12_50, "CNY"),
    ],
)
def test_another_amount_target_or_act_is_refused(other: Operation) -> None:
    with step_up.confirmed(confirmation(REFUND)), pytest.raises(StepUpRefused) as refused:
        step_up.demand(SOMEBODY, other)
    assert refused.value.reason == "other-operation"


@given(OPERATIONS, OPERATIONS)
def test_two_operations_never_share_a_challenge(one: Operation, other: Operation) -> None:
    assert (one.challenge(NONCE) == other.challenge(NONCE)) == (one == other)


@given(OPERATIONS)
def test_the_same_operation_has_another_challenge_each_time(one: Operation) -> None:
    assert one.challenge(NONCE) != one.challenge(b"m" * 32)


def test_a_confirmation_ends_with_its_block() -> None:
    with step_up.confirmed(confirmation(REFUND)):
        pass
    with pytest.raises(StepUpNeeded):
        step_up.demand(SOMEBODY, REFUND)


def test_the_system_and_programs_are_not_asked() -> None:
    step_up.demand(SYSTEM, REFUND)


def test_acts_of_one_form_are_confirmed_as_one() -> None:
    parts = [Operation("role.give", "ann:agent"), Operation("role.withdraw", "ann:manager")]

    def form(*acts: Operation) -> None:
        with step_up.together(SOMEBODY, "staff.change"):
            for act in acts:
                step_up.demand(SOMEBODY, act)

    with pytest.raises(StepUpNeeded) as asked:
        form(*parts)
    whole = asked.value.operation
    assert whole.act == "staff.change"
    with step_up.confirmed(confirmation(whole)):
        form(*reversed(parts))  # in whatever order they come
    with step_up.confirmed(confirmation(whole)), pytest.raises(StepUpRefused):
        form(*parts, Operation("role.give", "ann:admin"))
    form()  # nothing sensitive: nothing asked
