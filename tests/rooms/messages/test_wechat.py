"""WeChat template messages: sent once, by a token that is kept, and tried again where it helps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.messages import actions, pace
from servicehall.rooms.messages.models import Message
from servicehall.rooms.messages.wechat import forget_token
from tests.hall import Hall, make_hall
from tests.rooms.messages.wechat_service import APP_ID, FOLLOWER, SECRET, TEMPLATE, WeChatService, wechat

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(settings: Any) -> Iterator[WeChatService]:
    forget_token()
    pace._next_at.clear()
    with wechat() as server:
        settings.WECHAT_URL, settings.WECHAT_APP_ID = server.address, APP_ID
        settings.WECHAT_APP_SECRET, settings.WECHAT_PER_SECOND = SECRET, 1e6
        settings.WECHAT_TEMPLATES = {"appointment": f"{TEMPLATE}|thing1:offer|time2:time"}
        settings.SMS_PATIENCE = 2.0
        yield server


@pytest.fixture
def hall(service: WeChatService) -> Hall:
    return make_hall()


def send(hall: Hall, **given: Any) -> Message:
    fields = {
        "kind": "wechat", "address": FOLLOWER, "title": "", "body": "咨询", "template": "appointment-moved",
        "values": {"offer": "咨询", "time": "2026-03-05 10:00", "url": "https://hall.example.com/b/1"}, "by": SYSTEM,
    }  # fmt: skip
    return actions.send_message(organisation_id=hall.site.region.organisation_id, **{**fields, **given})


def tried(message: Message, seconds: float = 0) -> tuple[str, str]:
    actions.deliver(message.pk, at=datetime.now(UTC) + timedelta(seconds=seconds))
    row = Message.objects.get(pk=message.pk)
    return row.state, row.detail


def test_sent_with_the_words_of_the_template(hall: Hall, service: WeChatService) -> None:
    first, second = send(hall), send(hall)
    assert tried(first) == tried(second) == ("done", "")
    [one, _two] = service.messages
    assert one["data"] == {"thing1": {"value": "咨询"}, "time2": {"value": "2026-03-05 10:00"}}
    assert (one["url"], one["touser"]) == ("https://hall.example.com/b/1", FOLLOWER)
    assert service.asked_for_token == 1, "the token is kept"


def test_a_token_that_is_over_is_asked_for_again(hall: Hall, service: WeChatService) -> None:
    assert tried(send(hall)) == ("done", "")
    service.tokens.append("token-2")
    assert tried(send(hall)) == ("done", "")
    assert service.asked_for_token == 2


def test_an_answer_that_is_lost_makes_no_second_message(hall: Hall, service: WeChatService) -> None:
    service.hangs_up = 1
    message = send(hall)
    assert tried(message) == ("unclear", "no-answer")
    assert tried(message, 6) == ("meant", "not-there")
    assert tried(message, 7) == ("done", "")
    assert len(service.messages) == 1


@pytest.mark.parametrize(
    ("code", "state"),
    [(-1, "meant"), (45009, "meant"), (45011, "meant"), (40164, "meant"), (40003, "failed"), (43004, "failed"),
     (47003, "failed"), (99999, "failed")],
)  # fmt: skip
def test_what_it_says_decides_whether_it_is_tried_again(
    hall: Hall, service: WeChatService, code: int, state: str
) -> None:
    service.errors = [code]
    assert tried(send(hall)) == (state, f"wechat-{code}")


def test_who_does_not_follow_a_wrong_password_and_no_template(
    hall: Hall, service: WeChatService, settings: Any
) -> None:
    assert tried(send(hall, address="o" + "x" * 27)) == ("failed", "wechat-43004")
    assert tried(send(hall, template="else")) == ("failed", "no-template")
    forget_token()
    settings.WECHAT_APP_SECRET = "wrong"
    assert tried(send(hall)) == ("meant", "wechat-40125")
    assert service.messages == []


def test_two_followers_are_not_taken_for_one_another(hall: Hall) -> None:
    other = "oZZCDEFGHIJKLMNOPQRSTUVWXYZ1"
    tenant = hall.site.region.organisation_id
    actions.refuse(organisation_id=tenant, kind="wechat", address=FOLLOWER, by=SYSTEM)
    assert send(hall, address=other, is_optional=True).pk
    with pytest.raises(actions.Unwanted):
        send(hall, is_optional=True)
