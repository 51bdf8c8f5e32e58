"""Receipts of text messages: believed when the provider has signed, or knows the address; said twice, one act."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.processes.sms_simulator.service import Account, Service, Text
from servicehall.processes.sms_simulator.twilio import receipt as signed_receipt
from servicehall.rooms.messages import actions
from servicehall.rooms.messages.aliyun import receipt_token
from servicehall.rooms.messages.models import Message
from servicehall.rooms.messages.twilio import receipt_path
from tests.hall import make_hall

HALL = "https://hall.example"


@pytest.fixture
def message(db: None, settings: Any) -> Message:
    """A text message that went out by Twilio."""
    settings.SMS_PROVIDER, settings.SMS_SECRET, settings.PUBLIC_URL = "twilio", "token", HALL
    made = actions.send_message(
        organisation_id=make_hall().site.region.organisation_id, kind="sms", address="138 1234 5678",
        title="", body="hello", by=SYSTEM,
    )  # fmt: skip
    Message.objects.update(state="done", number="SM1")
    return made


def told(message: Any, state: str = "delivered", *, secret: str = "token", number: str = "SM1") -> Any:
    """The provider's receipt, as the simulator signs it."""
    path = receipt_path(getattr(message, "pk", message))
    text = Text(number, "+8613812345678", "hello", None, "twilio", state=state, receipt=HALL + path)  # type: ignore[arg-type]
    body, headers = signed_receipt(Service(Account("AC1", secret, "s", "t")), text)
    signature = headers["X-Twilio-Signature"]
    return Client().post(
        path, body, content_type=headers["Content-Type"], headers={"X-Twilio-Signature": signature}
    )


def state() -> tuple[str, str]:
    row = Message.objects.get()
    return row.state, row.detail


def ended() -> list[str]:
    return [e.data["state"] for e in Event.objects.filter(kind="message.ended").order_by("id")]


def test_a_signed_receipt_is_noted_once(message: Message) -> None:
    assert told(message, "sent").status_code == 204
    assert state() == ("done", "")
    assert told(message).status_code == 204
    assert told(message).status_code == 204
    assert told(message, "failed").status_code == 204  # late and out of order
    assert (state(), ended()) == (("arrived", ""), ["arrived"])


def test_a_receipt_says_why_it_did_not_arrive(message: Message) -> None:
    assert told(message, "undelivered").status_code == 204
    assert (state(), ended()) == (("failed", "twilio-30005"), ["failed"])


def test_a_forged_receipt_is_refused_and_changes_nothing(message: Message, settings: Any) -> None:
    assert told(message, secret="guessed").status_code == 403
    path = receipt_path(message.pk)
    assert Client().post(path, {"MessageStatus": "delivered", "MessageSid": "SM1"}).status_code == 403
    assert Client().get(path).status_code == 405
    # Signed for another message's address, or under a number that is not this message's.
    assert told(uuid4()).status_code == 204
    assert told(message, number="SM2").status_code == 204
    settings.SMS_PROVIDER = ""
    assert told(message).status_code == 403
    assert (state(), ended()) == (("done", ""), [])


def test_aliyuns_receipts_come_many_at_once_to_an_address_that_only_it_knows(
    message: Message, settings: Any
) -> None:
    settings.SMS_PROVIDER = "aliyun"
    Message.objects.update(transport="aliyun", number="B^0")

    def push(rows: Any, token: str = "") -> Any:
        path = f"/messages/receipts/aliyun/{token or receipt_token()}"
        return Client().post(path, json.dumps(rows), content_type="application/json")

    row = {"out_id": str(message.pk), "biz_id": "B^0", "success": True, "err_code": "DELIVERED"}
    assert push([row], "guessed").status_code == 403
    assert push({"out_id": 1}).status_code == 400
    assert push([row] * 501).status_code == 400
    assert ended() == []
    answer = push([5, {"out_id": "x"}, {**row, "out_id": str(uuid4())}, {**row, "biz_id": "other"}, row, row])
    assert (answer.status_code, answer.json()["code"]) == (200, 0)
    assert (state(), ended()) == (("arrived", ""), ["arrived"])
