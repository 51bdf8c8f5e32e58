"""/.well-known/security.txt as RFC 9116 wants it, for a hall that names somebody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.one_database


def test_whoever_finds_a_weakness_learns_whom_to_tell(settings: Any) -> None:
    settings.SECURITY_CONTACT = ["mailto:security@hall.example", "https://hall.example/report"]
    settings.SECURITY_POLICY = "https://hall.example/policy"
    settings.PUBLIC_URL = "https://hall.example"
    answer = Client().get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    fields = [line.partition(": ")[::2] for line in lines]
    assert [value for name, value in fields if name == "Contact"] == settings.SECURITY_CONTACT
    found = dict(fields)
    assert found["Canonical"] == "https://hall.example/.well-known/security.txt"
    assert found["Policy"] == settings.SECURITY_POLICY
    ends = datetime.fromisoformat(found["Expires"])
    assert timedelta(days=30) < ends - datetime.now(UTC) < timedelta(days=365)


def test_a_hall_that_names_nobody_has_no_such_page() -> None:
    assert Client().get("/.well-known/security.txt").status_code == 404
