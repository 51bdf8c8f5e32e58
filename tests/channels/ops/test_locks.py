"""Locked accounts: an alert in operations, a list, and unlocking with a confirmation."""

from __future__ import annotations

import pytest

from servicehall.kernel import clock
from servicehall.kernel.models import Event
from servicehall.rooms.people import actions as people
from tests.channels.ops.watching import Halls


def lock(username: str = "mall-agent") -> None:
    for _ in range(10):
        with pytest.raises(people.WrongProof):
            people.prove_password(username, "wrong", address="198.51.100.7")


def test_a_lock_is_an_alert_to_who_may_unlock(halls: Halls) -> None:
    assert "account is locked" not in halls.as_("supervisor").get("/ops/mall").content.decode()
    lock()
    text = halls.as_("supervisor").get("/ops/mall").content.decode()
    assert "1 account is locked after too many failed sign-ins: Agent" in text
    assert 'href="/ops/mall/locked"' in text
    assert "account is locked" not in halls.as_("supervisor", halls.bank).get("/ops/bank").content.decode()


def test_a_supervisor_unlocks_after_confirming(halls: Halls) -> None:
    lock()
    client = halls.as_("supervisor")
    text = client.get("/ops/mall/locked").content.decode()
    assert "mall-agent" in text
    at = clock.local(clock.now(), "Asia/Shanghai")
    assert f'<td class="number">{at:%H:%M}</td>' in text  # the hall's clock
    address = f"/ops/mall/locked/{halls.mall.people['agent'].pk}/unlock"
    assert client.post(address)["Location"] == "/ops/mall/locked"
    assert "No account is locked." in client.get("/ops/mall/locked").content.decode()
    people.prove_password("mall-agent", "a long enough password", address="198.51.100.7")
    (event,) = Event.objects.filter(kind="staff.unlocked")
    assert event.actor_id == halls.mall.people["supervisor"].pk


def test_another_halls_locks_are_not_there(halls: Halls) -> None:
    lock("bank-agent")
    client = halls.as_("supervisor")
    assert "bank-agent" not in client.get("/ops/mall/locked").content.decode()
    assert client.post(f"/ops/mall/locked/{halls.bank.people['agent'].pk}/unlock").status_code == 404
    assert client.post(f"/ops/bank/locked/{halls.bank.people['agent'].pk}/unlock").status_code == 404
