"""Passkeys: bytes that no browser sends are refused as not fitting, whatever the library makes of them."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

import pytest
from fido2.utils import websafe_encode

from servicehall.kernel import passkeys
from servicehall.kernel.passkeys import Unfit

pytestmark = pytest.mark.one_database
PLACE = passkeys.Place("hall.example", "hall.example")
HASH = hashlib.sha256(b"hall.example").digest()
FLAGS, EXTENSION, KEY = b"\x05", b"\x85", b"\xc5"
COUNT = bytes(4)
DEEP = b"\x81" * 50_000


def refused(authenticator: bytes, client: bytes | None = None) -> None:
    """As an answer to be used and as a new passkey."""
    _asked, state = passkeys.begin_using(None, PLACE)
    told = {"type": "webauthn.get", "challenge": state["challenge"], "origin": "https://hall.example"}
    client = json.dumps(told).encode() if client is None else client
    common = {"id": websafe_encode(b"x" * 16), "rawId": websafe_encode(b"x" * 16), "type": "public-key"}
    used: dict[str, Any] = {
        "clientDataJSON": websafe_encode(client),
        "authenticatorData": websafe_encode(authenticator),
        "signature": websafe_encode(b"s"),
        "userHandle": websafe_encode(b"u" * 16),
    }
    made = {"clientDataJSON": used["clientDataJSON"], "attestationObject": used["authenticatorData"]}
    with pytest.raises(Unfit):
        passkeys.check_used(
            {**common, "response": used}, [], state=state, place=PLACE, count_of=lambda _one: 0
        )
    with pytest.raises(Unfit):
        passkeys.check_added({**common, "response": made}, state=state, place=PLACE)


@pytest.mark.parametrize(
    "bad",
    [
        b"", HASH, HASH + EXTENSION + COUNT, HASH + EXTENSION + COUNT + b"\x1b", HASH + EXTENSION + COUNT + b"\xbb" + b"\xff" * 8,
        HASH + EXTENSION + COUNT + DEEP, HASH + KEY + COUNT + bytes(16) + b"\x00\x10" + b"x" * 16 + DEEP, DEEP,
    ],
)  # fmt: skip
def test_cut_endless_and_deep_bytes_are_unfit(bad: bytes) -> None:
    refused(bad)


@pytest.mark.parametrize(
    "client",
    [b"", b"[]", b"\xff", b"null", b"[" * 50_000, b'{"type":1,"challenge":1,"origin":1}', b"9" * 5000],
)
def test_client_data_that_is_none_is_unfit(client: bytes) -> None:
    refused(HASH + FLAGS + COUNT, client)


def test_random_bytes_are_unfit() -> None:
    dice = random.Random(3)
    for _ in range(300):
        refused(HASH + dice.choice([EXTENSION, KEY, b"\x45"]) + dice.randbytes(dice.randrange(60)))
        refused(dice.randbytes(dice.randrange(60)))


@pytest.mark.parametrize(
    "sent", [{}, {"response": []}, {"response": {"userHandle": 1}}, {"response": {"userHandle": "!"}}]
)
def test_whose_it_is_may_be_nonsense_too(sent: dict[str, Any]) -> None:
    assert not passkeys.holder_of(sent) or len(passkeys.holder_of(sent)) != 16
