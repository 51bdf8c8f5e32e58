"""Second factors: codes are good once, passkeys only for us, counters only forward; secrets are not readable."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.step_up import Operation, StepUpNeeded, StepUpRefused
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import passkeys
from servicehall.rooms.people.models import Staff
from tests.hall import Hall, make_hall
from tests.rooms.people.keys import Key, add_app, add_passkey, challenge_of, code_of, confirmed

HOME = "198.51.100.7"
PLACE = people.Place("hall.example")
ORIGIN = "https://hall.example"


@pytest.fixture
def mall(db: None) -> Hall:
    return make_hall()


@pytest.fixture
def agent(mall: Hall) -> Staff:
    found: Staff = mall.people["agent"]
    return found


def happened(kind: str) -> list[dict[str, Any]]:
    return [dict(e.data) for e in Event.objects.filter(kind=kind).order_by("seq")]


def enter(agent: Staff, credential: dict[str, Any], state: Any, *, alone: bool = False) -> Authenticator:
    who = None if alone else agent
    return people.prove_passkey(who, credential, state=state, place=PLACE, address=HOME)


def test_a_code_of_the_app_is_good_once(agent: Staff) -> None:
    secret = add_app(agent)
    code = code_of(secret, steps=1)
    assert people.prove_code(agent, f"{code[:3]} {code[3:]}", address=HOME).type == "totp"
    with pytest.raises(people.WrongProof):
        people.prove_code(agent, code, address=HOME)
    with pytest.raises(people.WrongProof):  # an older one is none any more
        people.prove_code(agent, code_of(secret), address=HOME)


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_a_code_of_another_time_is_refused(agent: Staff, steps: int) -> None:
    secret = add_app(agent)
    with pytest.raises(people.WrongProof):
        people.prove_code(agent, code_of(secret, steps=steps * 2), address=HOME)


def test_a_recovery_code_is_good_once(agent: Staff) -> None:
    add_app(agent)
    kept = Authenticator.objects.get(user=agent, type="recovery_codes").pk
    with confirmed(Operation("factor.codes", f"show:{kept}")):
        codes = people.show_codes(agent)
    assert len(set(codes)) == 10
    assert people.prove_code(agent, codes[3], address=HOME).type == "recovery_codes"
    with pytest.raises(people.WrongProof):
        people.prove_code(agent, codes[3], address=HOME)
    with confirmed(Operation("factor.codes", f"renew:{kept}")):
        new = people.renew_codes(agent)
    with confirmed(Operation("factor.codes", f"show:{kept}")), pytest.raises(StepUpRefused):
        people.show_codes(agent)  # what was confirmed were the old ones
    assert not set(new) & set(codes)
    with pytest.raises(people.WrongProof):
        people.prove_code(agent, codes[4], address=HOME)


def test_secrets_are_not_readable_in_the_database(agent: Staff) -> None:
    secret = add_app(agent)
    for factor in Authenticator.objects.filter(user=agent):
        assert secret not in str(factor.data)
    stored = Authenticator.objects.get(user=agent, type="totp").data["secret"]
    Authenticator.objects.filter(user=agent, type="totp").update(data={"secret": stored[:-6] + "AAAAAA"})
    with pytest.raises(people.WrongProof):  # tampered with: it is not guessed what it was
        people.prove_code(agent, code_of(secret), address=HOME)


def test_adding_and_removing_are_confirmed_and_recorded(agent: Staff) -> None:
    with pytest.raises(StepUpNeeded):
        people.add_app(agent, secret="JBSWY3DPEHPK3PXP", code=code_of("JBSWY3DPEHPK3PXP"))
    assert not Authenticator.objects.filter(user=agent).exists()
    add_app(agent)
    app = Authenticator.objects.get(user=agent, type="totp")
    with pytest.raises(StepUpNeeded):
        people.remove_factor(agent, app.pk, required=False)
    with pytest.raises(people.FactorRequired):
        people.remove_factor(agent, app.pk, required=True)
    with confirmed(Operation("factor.remove", str(app.pk))):
        people.remove_factor(agent, app.pk, required=False)
    assert [e["factor"] for e in happened("factor.added")] == ["totp", "recovery_codes"]
    assert [e["factor"] for e in happened("factor.removed")] == ["totp", "recovery_codes"]
    assert not people.has_second_factor(agent)


def test_a_confirmation_adds_only_the_app_and_the_passkey_that_it_was_given_for(agent: Staff) -> None:
    """Whoever gets hold of a confirmation cannot add a factor of their own with it."""
    mine, theirs = "JBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQ"
    with confirmed(people.adding_app(mine)), pytest.raises(StepUpRefused):
        people.add_app(agent, secret=theirs, code=code_of(theirs))
    (_asked, one), (_again, other) = (passkeys.begin_adding(agent, PLACE) for _ in range(2))
    made = Key(ORIGIN).make(PLACE.host, challenge_of(other))
    with confirmed(people.adding_passkey(one)), pytest.raises(StepUpRefused):
        people.add_passkey(agent, name="theirs", credential=made, state=other, place=PLACE)
    assert not Authenticator.objects.filter(user=agent).exists()


def test_nobody_removes_another_persons_factor(mall: Hall, agent: Staff) -> None:
    add_app(agent)
    app = Authenticator.objects.get(user=agent, type="totp")
    with pytest.raises(NotFound):
        people.remove_factor(mall.people["manager"], app.pk, required=False)


def test_an_administrator_at_the_machine_takes_lost_factors_away(agent: Staff) -> None:
    add_app(agent)
    assert people.reset_factors(agent.pk, by=SYSTEM) == 2
    assert not people.has_second_factor(agent)


def test_a_passkey_signs_in_with_and_without_a_name(agent: Staff) -> None:
    key = Key(ORIGIN)
    add_passkey(agent, key, PLACE)
    _options, state = passkeys.begin_using(agent, PLACE)
    assert enter(agent, key.sign(challenge_of(state), agent), state).user_id == agent.pk
    _options, state = passkeys.begin_using(None, PLACE)
    assert enter(agent, key.sign(challenge_of(state), agent), state, alone=True).user_id == agent.pk


def test_a_passkey_of_another_origin_is_refused_when_added_and_when_used(agent: Staff) -> None:
    with pytest.raises(people.PasskeyNotAdded):
        add_passkey(agent, Key("https://ha11.example"), PLACE)
    key = Key(ORIGIN)
    add_passkey(agent, key, PLACE)
    key.origin = "https://hall.example.evil.example"
    _options, state = passkeys.begin_using(agent, PLACE)
    with pytest.raises(people.WrongProof):
        enter(agent, key.sign(challenge_of(state), agent), state)
    assert happened("staff.sign-in-refused")[-1]["reason"] == "passkey-origin"


def test_a_signature_of_another_challenge_is_refused(agent: Staff) -> None:
    key = Key(ORIGIN)
    add_passkey(agent, key, PLACE)
    _options, state = passkeys.begin_using(agent, PLACE)
    _options, other = passkeys.begin_using(agent, PLACE)
    with pytest.raises(people.WrongProof):
        enter(agent, key.sign(challenge_of(other), agent), state)
    assert happened("staff.sign-in-refused")[-1]["reason"] == "passkey-challenge"
    with pytest.raises(people.WrongProof):  # nothing was asked at all
        enter(agent, key.sign(challenge_of(other), agent), None)


def test_an_old_counter_is_refused_and_raises_an_alert(agent: Staff) -> None:
    key = Key(ORIGIN)
    add_passkey(agent, key, PLACE)
    _options, state = passkeys.begin_using(agent, PLACE)
    enter(agent, key.sign(challenge_of(state), agent), state)
    key.counter -= 1  # a copy that signed once less
    _options, state = passkeys.begin_using(agent, PLACE)
    with pytest.raises(people.WrongProof):
        enter(agent, key.sign(challenge_of(state), agent), state)
    assert happened("staff.sign-in-refused")[-1]["reason"] == "passkey-counter"
    assert [(a["about"], a["subject"]) for a in happened("alert.raised")] == [
        ("passkey-copied", str(agent.pk))
    ]


def test_a_key_that_does_not_count_is_accepted_again_and_again(agent: Staff) -> None:
    key = Key(ORIGIN, counts=False)
    add_passkey(agent, key, PLACE)
    for _ in range(2):
        _options, state = passkeys.begin_using(agent, PLACE)
        enter(agent, key.sign(challenge_of(state), agent), state)


@pytest.mark.parametrize("fault", ["host", "unverified", "signature", "empty", "stranger"])
def test_what_does_not_fit_is_refused(mall: Hall, agent: Staff, fault: str) -> None:
    key = Key(ORIGIN)
    add_passkey(agent, key, PLACE)
    _options, state = passkeys.begin_using(agent, PLACE)
    sent: dict[str, Any] = key.sign(
        challenge_of(state),
        agent,
        host="elsewhere.example" if fault == "host" else "hall.example",
        verified=fault != "unverified",
    )
    if fault == "signature":
        sent["response"]["signature"] = sent["response"]["signature"][:-8] + "AAAAAAAA"
    if fault == "empty":
        sent = {}
    if fault == "stranger":
        sent = Key(ORIGIN).sign(challenge_of(state), agent)
    with pytest.raises(people.WrongProof):
        enter(agent, sent, state)


def test_a_passkey_of_somebody_who_left_is_refused(agent: Staff) -> None:
    key = Key(ORIGIN)
    add_passkey(agent, key, PLACE)
    Staff.objects.filter(pk=agent.pk).update(is_active=False)
    _options, state = passkeys.begin_using(None, PLACE)
    with pytest.raises(people.WrongProof):
        enter(agent, key.sign(challenge_of(state), agent), state, alone=True)


def test_broken_passkeys_without_a_name_lock_nobodys_account(agent: Staff) -> None:
    for _ in range(12):
        _options, state = passkeys.begin_using(None, PLACE)
        with pytest.raises(people.WrongProof):
            enter(agent, Key(ORIGIN).sign(challenge_of(state), agent), state, alone=True)
    found = people.prove_password(agent.username, "a long enough password", address=HOME, at=clock.now())
    assert found.pk == agent.pk


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("host", "able"),
    [("hall.example:8000", True), ("localhost:8000", True), ("192.0.2.1:8000", False), ("[::1]:80", False)],
)
def test_passkeys_need_a_name(host: str, able: bool) -> None:
    assert people.Place.of(host).is_able is able
