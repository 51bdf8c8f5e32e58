"""What screens show of a value, and who may see the rest."""

from __future__ import annotations

import pytest

from servicehall.kernel import events
from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.kernel.protection.masking import masked
from servicehall.kernel.protection.refusals import ReasonNeeded
from servicehall.kernel.protection.unmasking import unmask
from servicehall.kernel.rights import SYSTEM, Actor, Grant
from tests.kernel.protection.persons import WANG, add, organisation


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("form", "text", "shown"),
    [
        ("phone", "138 1234 5678", "138****5678"),
        ("phone", "+86 138-1234-5678", "+86 138****5678"),
        ("phone", "12345", "*****"),
        ("id_number", "11010519491231002x", "110***********002x"),
        ("id_number", "E1234567", "******67"),
        ("id_number", "123", "***"),
        ("email", "wang@example.com", "w***@example.com"),
        ("email", "wang", "***"),
        ("name", "王小明", "王**"),
        ("name", "王", "王*"),
        ("name", "John Q Smith", "J*** Q*** S***"),
        ("words", "北京市朝阳区建国路 1 号", "北京市****"),
        ("words", "no", "****"),
        ("phone", "", ""),
    ],
)
def test_a_mask_shows_enough_to_recognise(form: str, text: str, shown: str) -> None:
    assert masked(form, text) == shown


@pytest.mark.django_db
def test_unmasking_is_recorded_with_field_and_reason_and_never_the_value() -> None:
    mall = organisation()
    wang = add(mall, **WANG)
    assert unmask(wang, "phone", reason="contact", place=mall, by=SYSTEM) == WANG["phone"]
    [event] = events.after(mall, 0)
    assert event.kind == "protection.unmasked"
    assert event.subject_id == wang.pk
    assert event.data == {
        "table": "customers_customer",
        "row": str(wang.pk),
        "field": "phone",
        "reason": "contact",
    }


@pytest.mark.django_db
def test_without_right_or_reason_nothing_is_shown_and_nothing_recorded() -> None:
    mall = organisation()
    wang = add(mall, **WANG)
    agent = Actor("staff", wang.pk, "desk", grants=(Grant("agent", frozenset({mall})),))
    stranger = Actor("staff", wang.pk, "desk", grants=(Grant("manager", frozenset({wang.pk})),))
    with pytest.raises(NotAllowed):
        unmask(wang, "phone", reason="contact", place=mall, by=agent)
    with pytest.raises(NotFound):
        unmask(wang, "phone", reason="contact", place=mall, by=stranger)
    with pytest.raises(ReasonNeeded):
        unmask(wang, "phone", reason="curious", place=mall, by=SYSTEM)
    assert events.after(mall, 0) == []
