"""A customer's passkeys on the phone's pages: adding, signing in, removing; nothing tells whether an address is known."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from fido2.utils import websafe_decode

from servicehall.kernel import events
from servicehall.kernel.transactions import INSTALLATION
from servicehall.rooms.customers.models import Customer, Passkey
from tests.channels.portal.test_me import sign_in
from tests.hall import Hall
from tests.rooms.customers.counter import NUMBER, organisation
from tests.rooms.people.keys import Key

HOST = "hall.example"


def browser() -> Client:
    return Client(headers={"accept-language": "en"}, SERVER_NAME=HOST)


@pytest.fixture
def phone(hall: Hall) -> Client:
    return browser()


def add(phone: Client, key: Key) -> Any:
    options = json.loads(phone.get("/me/passkeys").context["options"])
    made = key.make(HOST, websafe_decode(options["publicKey"]["challenge"]))
    return phone.post("/me/passkeys", {"name": "My phone", "credential": json.dumps(made)})


def use(phone: Client, key: Key, owner: Customer, address: str = "") -> Any:
    options = phone.get("/me/passkey/challenge").json()
    signed = key.sign(websafe_decode(options["publicKey"]["challenge"]), owner)
    return phone.post("/me/passkey/use", {"credential": json.dumps(signed), "address": address})


def test_a_passkey_is_added_signs_in_elsewhere_and_is_removed(phone: Client, hall: Hall) -> None:
    wang, key = sign_in(phone, hall), Key(f"https://{HOST}")
    assert "/me/passkeys" in phone.get("/me").content.decode()
    assert add(phone, key)["Location"] == "/me/passkeys"
    page = phone.get("/me/passkeys")
    assert "Next time you need no code." in page.content.decode()
    assert "not used yet" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    again = browser()
    assert use(again, key, wang)["Location"] == "/me"
    assert NUMBER in again.get("/me").content.decode()
    remove = f"/me/passkeys/{Passkey.objects.get().pk}/remove"
    assert browser().post(remove)["Location"] == "/me"  # nobody's: led to the sign-in
    assert Passkey.objects.exists()
    assert again.post(remove)["Location"] == "/me/passkeys"
    assert not Passkey.objects.exists()
    refused = use(browser(), key, wang, NUMBER)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "This passkey was not accepted" in text
    assert f'value="{NUMBER}"' in text  # what was typed is still there


def test_nothing_tells_whether_an_address_is_known(phone: Client, hall: Hall) -> None:
    """The challenge is asked for without the address, lists no passkeys, and is the same but for its bytes."""
    wang, key = sign_in(phone, hall), Key(f"https://{HOST}")
    add(phone, key)
    found = [
        browser().get("/me/passkey/challenge", {"address": a}).json() for a in (NUMBER, "nobody@example.com")
    ]
    for options in found:
        assert "allowCredentials" not in options["publicKey"] or not options["publicKey"]["allowCredentials"]
        options["publicKey"].pop("challenge")
    assert found[0] == found[1]

    def said(address: str) -> tuple[int, str]:
        answer = use(browser(), Key(f"https://{HOST}"), wang, address)
        text = re.sub(r'value="[^"]*"', "", answer.content.decode())
        return answer.status_code, text[text.index("<main") : text.index("</main>")]

    assert said(NUMBER) == said("138 0000 0000")


def test_an_answer_without_a_question_or_of_another_browser_is_refused(phone: Client, hall: Hall) -> None:
    wang, key = sign_in(phone, hall), Key(f"https://{HOST}")
    add(phone, key)
    one, other = browser(), browser()
    options = one.get("/me/passkey/challenge").json()
    sent = {"credential": json.dumps(key.sign(websafe_decode(options["publicKey"]["challenge"]), wang))}
    other.get("/me/passkey/challenge")
    assert other.post("/me/passkey/use", sent).status_code == 422
    assert one.post("/me/passkey/use", sent).status_code == 303
    assert one.post("/me/passkey/use", sent).status_code == 422
    for broken in ("", "{", "5", "[]"):
        assert one.post("/me/passkey/use", {"credential": broken}).status_code == 422
    assert add(phone, key).status_code == 422  # there already
    assert str(organisation(hall)) in other.get("/me").content.decode()


@pytest.mark.parametrize(
    "sent", ["[" * 100_000, "{", "[]", '"x"', '{"response": {"authenticatorData": "AA"}}']
)
def test_what_is_no_passkey_is_refused_and_recorded(phone: Client, hall: Hall, sent: str) -> None:
    phone.get("/me/passkey/challenge")
    assert phone.post("/me/passkey/use", {"credential": sent}).status_code == 422
    refused = [e.kind for e in events.after(INSTALLATION, 0) if e.kind == "customer.passkey-refused"]
    assert refused == ["customer.passkey-refused"]
