"""Customers' passkeys: added on one's own page, good instead of a code; what does not fit is refused and on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fido2.utils import websafe_encode

from servicehall.kernel.errors import NotFound
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions, queries
from servicehall.rooms.customers.actions.erasing import erase
from servicehall.rooms.customers.models import Customer, Passkey, SpentChallenge
from tests.hall import MORNING, Hall, make_hall
from tests.rooms.customers.counter import NUMBER, PHONE, organisation, signed_in
from tests.rooms.people.keys import Key, challenge_of

HOST = "hall.example"
PLACE = actions.Place.of(f"{HOST}:443")
NEVER = timedelta(0)


@pytest.fixture
def hall(db: None) -> Hall:
    return make_hall()


@pytest.fixture
def wang(hall: Hall) -> Customer:
    return signed_in(hall)


def own(row: Customer) -> Any:
    return queries.known_customer("phone", row.pk)


def add(
    row: Customer, key: Key, *, name: str = "我的手机", after: timedelta = NEVER, **other: Any
) -> Passkey:
    _options, state = actions.begin_adding_passkey(customer_id=row.pk, place=PLACE, by=own(row), at=MORNING)
    sent = {
        "credential": key.make(HOST, challenge_of(state)),
        "state": state,
        "place": PLACE,
        "by": own(row),
        "at": MORNING + after,
        **other,
    }
    return actions.add_passkey(customer_id=row.pk, name=name, **sent)


def asked() -> dict[str, Any]:
    return actions.begin_passkey(PLACE, at=MORNING)[1]


def enter(
    row: Any, key: Key, *, state: Any = None, after: timedelta = NEVER, address: str = "", **signing: Any
) -> Customer:
    state = state or asked()
    credential = key.sign(challenge_of(state), row, **signing)
    return actions.sign_in_by_passkey(
        credential=credential, state=state, place=PLACE, by=PHONE, address=address, at=MORNING + after
    )


def refusals() -> list[str]:
    return [e.data["reason"] for e in Event.objects.filter(kind="customer.passkey-refused").order_by("id")]


def test_a_passkey_signs_in_instead_of_a_code(wang: Customer) -> None:
    key = Key(f"https://{HOST}")
    add(wang, key)
    assert enter(wang, key).pk == wang.pk
    (held,) = queries.passkeys_of(wang)
    assert (held.name, held.used_at) == ("我的手机", MORNING)
    signed = Event.objects.filter(kind="customer.signed-in").latest("id")
    assert signed.data == {"customer": str(wang.pk), "by": "passkey"}
    assert enter(wang, key).pk == wang.pk  # and again, with a challenge of its own


def test_what_was_typed_has_to_be_the_owners_contact(hall: Hall, wang: Customer) -> None:
    key = Key(f"https://{HOST}")
    add(wang, key)
    assert enter(wang, key, address="+86 138-1234-5678").pk == wang.pk
    for address in ("139 0000 0000", "wang@example.com", "nonsense"):
        with pytest.raises(actions.PasskeyWrong):
            enter(wang, key, address=address)
    assert refusals() == ["other-contact"] * 3


def test_a_challenge_is_signed_once_and_within_five_minutes(wang: Customer) -> None:
    key = Key(f"https://{HOST}")
    add(wang, key)
    state = asked()
    enter(wang, key, state=state)
    with pytest.raises(actions.PasskeyWrong):
        enter(wang, key, state=state)
    late = asked()
    with pytest.raises(actions.PasskeyWrong):
        enter(wang, key, state=late, after=timedelta(minutes=5))
    with pytest.raises(actions.PasskeyWrong):
        enter(wang, key, state={**asked(), "at": (MORNING + timedelta(hours=1)).isoformat()})
    with pytest.raises(actions.PasskeyWrong):
        actions.sign_in_by_passkey(credential={}, state=None, place=PLACE, by=PHONE, at=MORNING)
    assert refusals() == ["spent", "expired", "expired", "not-asked"]
    enter(wang, key, after=timedelta(minutes=4))
    assert SpentChallenge.objects.count() == 3  # two of these, and the one of adding


@pytest.mark.parametrize(
    ("origin", "signing", "reason"),
    [
        ("https://evil.example", {}, "origin"),
        ("http://hall.example", {}, "origin"),
        ("https://guest.hall.example", {}, "origin"),
        (f"https://{HOST}", {"host": "evil.example"}, "origin"),
        (f"https://{HOST}", {"verified": False}, "verification"),
    ],
)
def test_what_was_signed_elsewhere_or_by_a_locked_device_is_refused(
    wang: Customer, origin: str, signing: dict[str, Any], reason: str
) -> None:
    key = Key(f"https://{HOST}")
    add(wang, key)
    key.origin = origin
    with pytest.raises(actions.PasskeyWrong):
        enter(wang, key, **signing)
    assert refusals() == [reason]
    assert Passkey.objects.get().used_at is None


def test_forged_strange_and_broken_answers_are_refused(wang: Customer) -> None:
    key, forger = Key(f"https://{HOST}"), Key(f"https://{HOST}")
    add(wang, key)
    forger.id = key.id
    forger.counter = 9
    with pytest.raises(actions.PasskeyWrong):
        enter(wang, forger)
    with pytest.raises(actions.PasskeyWrong):
        enter(wang, Key(f"https://{HOST}"))
    state = asked()
    good = key.sign(challenge_of(state), wang)
    cut = {**good, "response": {**good["response"], "authenticatorData": websafe_encode(b"short")}}
    other = key.sign(b"another challenge entirely, 32 byte", wang)
    for credential in (cut, other, {"response": {"userHandle": "!"}}, {"response": 5}, {}):
        with pytest.raises(actions.PasskeyWrong):
            actions.sign_in_by_passkey(
                credential=credential, state=asked(), place=PLACE, by=PHONE, at=MORNING
            )
    assert refusals() == ["signature", "unknown", "unknown", "challenge", "unknown", "unknown", "unknown"]


def test_a_copy_whose_counter_went_back_is_refused_and_alerts(wang: Customer) -> None:
    key = Key(f"https://{HOST}")
    add(wang, key)
    enter(wang, key)
    key.counter -= 1
    with pytest.raises(actions.PasskeyWrong):
        enter(wang, key)
    assert refusals() == ["counter"]
    alert = Event.objects.get(kind="alert.raised")
    assert (alert.data["about"], alert.data["subject"]) == ("passkey-copied", str(wang.pk))
    stays = Key(f"https://{HOST}", counts=False)  # most phones do not count at all
    add(wang, stays)
    enter(wang, stays)
    enter(wang, stays)


def test_only_what_was_asked_for_is_added_and_at_most_ten(hall: Hall, wang: Customer) -> None:
    key = Key("https://evil.example")
    with pytest.raises(actions.PasskeyNotAdded):
        add(wang, key)
    key.origin = f"https://{HOST}"
    with pytest.raises(actions.PasskeyNotAdded):
        add(wang, key, after=timedelta(minutes=6))
    with pytest.raises(actions.PasskeyNotAdded):
        add(wang, key, state=None)
    assert not Passkey.objects.exists()
    add(wang, key)
    with pytest.raises(actions.PasskeyNotAdded):
        add(signed_in(hall, "li@example.com"), key)  # it is somebody's already
    with pytest.raises(NotFound):
        add(wang, Key(f"https://{HOST}"), by=SYSTEM)
    for _ in range(9):
        add(wang, Key(f"https://{HOST}"))
    with pytest.raises(actions.TooManyPasskeys):
        add(wang, Key(f"https://{HOST}"))
    assert Passkey.objects.count() == 10


def test_it_is_removed_by_its_owner_only(hall: Hall, wang: Customer) -> None:
    key = Key(f"https://{HOST}")
    made = add(wang, key)
    li = signed_in(hall, "li@example.com")
    for who, record in ((own(li), li), (own(li), wang), (SYSTEM, wang)):
        with pytest.raises(NotFound):
            actions.remove_passkey(customer_id=record.pk, passkey_id=made.pk, by=who)
    actions.remove_passkey(customer_id=wang.pk, passkey_id=made.pk, by=own(wang))
    with pytest.raises(actions.PasskeyWrong):
        enter(wang, key)


def test_a_joined_record_is_entered_with_either_passkey_and_parted_again(hall: Hall, wang: Customer) -> None:
    mine, older = Key(f"https://{HOST}"), Key(f"https://{HOST}")
    twin = signed_in(hall, "wang@example.com")
    add(wang, mine)
    add(twin, older)
    joining = actions.join_customers(kept_id=wang.pk, gone_id=twin.pk, by=SYSTEM, at=MORNING)
    assert enter(twin, older).pk == wang.pk
    assert len(queries.passkeys_of(wang)) == 2
    actions.part_customers(joining_id=joining.pk, by=SYSTEM, at=MORNING)
    assert enter(twin, older).pk == twin.pk


def test_an_erased_customers_passkeys_are_gone(hall: Hall, wang: Customer) -> None:
    from servicehall.kernel.transactions import transaction

    key = Key(f"https://{HOST}")
    add(wang, key)
    assert queries.all_known(wang)["passkeys"][0]["name"] == "我的手机"
    with transaction(organisation(hall)):
        erase(wang.pk, why="asked", by=SYSTEM, at=MORNING)
    assert not Passkey.objects.exists()
    with pytest.raises(actions.PasskeyWrong):
        enter(wang, key)
    assert NUMBER not in str(Event.objects.values_list("data", flat=True))
