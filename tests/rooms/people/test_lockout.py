"""Lock-out: ten failures, half an hour; what counts for whom, and who may end it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core import mail
from django.db import connection
from django.test import override_settings

from servicehall.kernel import clock, timers
from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.step_up import StepUpNeeded
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import lockout, queries
from servicehall.rooms.people.models import Lock, Staff
from tests.hall import MORNING, Hall, make_hall, minutes

PASSWORD = "a long enough password"
HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def mall(db: None) -> Hall:
    return make_hall()


def guess(password: str = "wrong", *, at: Any = MORNING, address: str = HOME, who: str = "mall-agent") -> str:
    """How one try to sign in ends: ``in``, ``wrong`` or ``locked``."""
    try:
        people.prove_password(who, password, address=address, at=at)
    except people.WrongProof:
        return "wrong"
    except people.LockedOut:
        return "locked"
    return "in"


def happened(kind: str) -> list[dict[str, Any]]:
    return [dict(e.data) for e in Event.objects.filter(kind=kind).order_by("seq")]


def test_ten_failures_lock_for_half_an_hour_and_not_a_second_longer(mall: Hall) -> None:
    assert [guess(at=minutes(n)) for n in range(10)] == ["wrong"] * 10
    assert guess(PASSWORD, at=minutes(10)) == "locked"
    assert guess(PASSWORD, at=minutes(39) - timedelta(seconds=1)) == "locked"
    assert guess(PASSWORD, at=minutes(39)) == "in"


def test_the_window_slides(mall: Hall) -> None:
    """Nine at the end of one half hour and one in the next are ten within half an hour."""
    assert [guess(at=minutes(25)) for _ in range(9)] == ["wrong"] * 9
    assert guess(at=minutes(35)) == "wrong"
    assert guess(at=minutes(36)) == "locked"


def test_a_lock_is_an_event_and_an_alert_with_ids_only(mall: Hall) -> None:
    for _ in range(10):
        guess("my secret guess")
    staff = mall.people["agent"].pk
    account, pair = happened("staff.locked")
    assert (account["staff"], account["scope"], pair["scope"]) == (str(staff), "account", "account-address")
    (alert,) = happened("alert.raised")
    assert alert == {"about": "staff-locked", "subject": account["lock"], "level": "bad"}
    refused = happened("staff.sign-in-refused")
    assert len(refused) == 10
    assert not {"my secret guess", "mall-agent", HOME} & {str(v) for one in refused for v in one.values()}


def test_guessing_from_many_addresses_locks_the_account(mall: Hall) -> None:
    found = [guess(address=f"203.0.{n}.1") for n in range(12)]
    assert found == ["wrong"] * 10 + ["locked"] * 2


def test_the_owners_success_gives_a_guesser_elsewhere_no_new_tries(mall: Hall) -> None:
    for round_ in range(3):
        for _ in range(4):
            guess(address=ELSEWHERE, at=minutes(round_))
        people.forget_failures("mall-agent", address=HOME, at=minutes(round_))  # the owner, at home
    # Ten were looked at there: the account's own count began anew each time, the pair's did not.
    assert len(happened("staff.sign-in-refused")) == 10
    assert guess(PASSWORD, address=ELSEWHERE, at=minutes(4)) == "locked"
    assert guess(PASSWORD, address=HOME, at=minutes(4)) == "in"


def test_an_unknown_name_is_locked_like_a_known_one(mall: Hall) -> None:
    assert [guess(who="nobody") for _ in range(11)] == ["wrong"] * 10 + ["locked"]
    assert happened("staff.locked")[0]["staff"] is None


def test_one_password_tried_on_name_after_name_locks_the_range_of_addresses(
    mall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(lockout.LIMITS, "range", 15)
    found = [guess(who=f"name{n}", address=f"198.51.100.{n}") for n in range(16)]
    assert found == ["wrong"] * 15 + ["locked"]
    assert guess(PASSWORD, address="198.51.100.200") == "locked"
    assert guess(PASSWORD, address=ELSEWHERE) == "in"
    assert happened("address.locked")[0]["scope"] == "range"
    assert [a["about"] for a in happened("alert.raised")] == ["address-locked"]


@override_settings(LOCKOUT_EXEMPT=["198.51.100.0/24"])
def test_an_exempt_address_is_not_locked_but_the_account_is(mall: Hall) -> None:
    for n in range(120):
        guess(who=f"name{n}")
    assert happened("address.locked") == []
    assert [guess() for _ in range(11)][-1] == "locked"


@pytest.mark.one_database
def test_ranges_are_what_one_customer_of_a_provider_has() -> None:
    assert lockout.range_of("198.51.100.7") == lockout.range_of("::ffff:198.51.100.9") == "198.51.100.0/24"
    assert (
        lockout.range_of("2001:db8:1:22ff::1")
        == lockout.range_of("2001:db8:1:2200::9")
        == "2001:db8:1:2200::/56"
    )
    assert lockout.range_of("not an address") == "unknown"


def test_two_hundred_guesses_at_once_evaluate_exactly_ten(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    mall = make_hall()
    looked_at, lock = [], threading.Lock()
    genuine = check_password

    def counting(*args: Any, **kwargs: Any) -> bool:
        with lock:
            looked_at.append(1)
        return genuine(*args, **kwargs)

    # Counted, not replaced: the password is looked at as ever.
    monkeypatch.setattr("django.contrib.auth.base_user.check_password", counting)

    def one(number: int) -> str:
        try:
            return guess(f"guess {number}", at=clock.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(one, range(200)))
    assert (found.count("wrong"), found.count("locked"), len(looked_at)) == (10, 190, 10)
    assert Lock.objects.filter(scope="account", staff=mall.people["agent"]).count() == 1
    assert len(happened("staff.sign-in-refused")) == 10


def test_codes_and_passwords_share_the_ten(mall: Hall) -> None:
    agent = mall.people["agent"]
    for _ in range(5):
        guess()
    for _ in range(5):
        with pytest.raises(people.WrongProof):
            people.prove_code(agent, "000000", address=HOME, at=MORNING)
    with pytest.raises(people.LockedOut):
        people.prove_code(agent, "000000", address=HOME, at=MORNING)
    assert guess(PASSWORD) == "locked"


def test_whoever_has_the_password_cannot_guess_codes_for_ever(mall: Hall) -> None:
    """The right password between the guesses does not begin a new count."""
    agent = mall.people["agent"]
    for _ in range(10):
        assert guess(PASSWORD) == "in"
        with pytest.raises(people.WrongProof):
            people.prove_code(agent, "000000", address=HOME, at=MORNING)
    assert guess(PASSWORD) == "locked"


def test_a_guessed_token_counts_once_each(mall: Hall) -> None:
    for _ in range(30):
        people.note_wrong_token("sh_old", address=HOME, at=MORNING)
    for n in range(9):
        people.note_wrong_token(f"sh_{n}", address=HOME, at=MORNING)
    with pytest.raises(people.LockedOut):
        people.note_wrong_token("sh_another", address=HOME, at=MORNING)
    assert happened("address.locked")[0]["scope"] == "token-range"
    people.note_wrong_token("sh_other", address=ELSEWHERE, at=MORNING)


def test_a_supervisor_unlocks_and_must_confirm(mall: Hall) -> None:
    for _ in range(10):
        guess()
    agent = mall.people["agent"]
    supervisor = mall.actors["supervisor"]
    with pytest.raises(StepUpNeeded):
        people.unlock_staff(agent.pk, site_id=mall.id, by=supervisor, at=MORNING)
    assert guess(PASSWORD) == "locked"
    with pytest.raises(NotAllowed):
        people.unlock_staff(agent.pk, site_id=mall.id, by=mall.actors["colleague"], at=MORNING)
    assert people.unlock_everywhere(agent, by=SYSTEM, at=MORNING) == 2
    assert guess(PASSWORD) == "in"
    assert happened("staff.unlocked") == [{"staff": str(agent.pk), "locks": 2}]


def test_nobody_unlocks_another_sites_people(mall: Hall) -> None:
    bank = make_hall("bank")
    with pytest.raises(NotFound):
        people.unlock_staff(
            bank.people["agent"].pk, site_id=mall.id, by=mall.actors["supervisor"], at=MORNING
        )


def test_a_site_sees_the_locks_of_its_own_people(mall: Hall) -> None:
    bank = make_hall("bank")
    for _ in range(10):
        guess()
    assert [one.username for one in queries.locked_at(mall.id, at=MORNING)] == ["mall-agent"]
    assert queries.locked_at(bank.id, at=MORNING) == []
    assert queries.locked_at(mall.id, at=minutes(31)) == []


def test_the_owner_is_told_once_and_by_mail(mall: Hall) -> None:
    Staff.objects.filter(username="mall-agent").update(email="agent@example.com")
    with clock.at(MORNING):
        for _ in range(10):
            guess()
        with override_settings(EMAIL_HOST="mail.example.com"):
            timers.run_due()
    (letter,) = mail.outbox
    assert letter.to == ["agent@example.com"]
    assert "mall-agent" in letter.body
    agent = Staff.objects.get(username="mall-agent")
    assert people.take_lock_notice(agent) == MORNING
    assert people.take_lock_notice(agent) is None
