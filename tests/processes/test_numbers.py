"""A setting that has to be a number says so when it is none."""

from __future__ import annotations

import pytest

from servicehall.environment import number

pytestmark = pytest.mark.one_database


def test_a_number_or_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SERVICEHALL_SMS_A_DAY", raising=False)
    assert number("SERVICEHALL_SMS_A_DAY", 2000) == 2000
    monkeypatch.setenv("SERVICEHALL_SMS_A_DAY", " 300 ")
    assert number("SERVICEHALL_SMS_A_DAY", 2000) == 300


@pytest.mark.parametrize("value", ["0", "-5", "many", "1.5", "２０"])
def test_anything_else_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SERVICEHALL_SMS_A_DAY", value)
    with pytest.raises(ValueError, match="SERVICEHALL_SMS_A_DAY: write a whole number from 1 on"):
        number("SERVICEHALL_SMS_A_DAY", 2000)
