"""“Tell me in WeChat”: the login of the official account, against a simulator that holds to its protocol."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from servicehall.channels.portal.own_wechat import STATE
from servicehall.kernel import clock
from servicehall.rooms.booking.models import Appointment
from servicehall.rooms.messages import actions as messages
from tests.channels.portal.test_booking import WHO, desk, hold
from tests.hall import MORNING, Hall
from tests.rooms.booking.desk import Desk
from tests.rooms.messages.wechat_service import APP_ID, FOLLOWER, SECRET, WeChatService, wechat

__all__ = ["desk"]
AGENT = "Mozilla/5.0 (iPhone) MicroMessenger/8.0.49"


@pytest.fixture
def service(settings: Any) -> Iterator[WeChatService]:
    with wechat() as server:
        settings.WECHAT_URL = settings.WECHAT_OPEN_URL = server.address
        settings.WECHAT_APP_ID, settings.WECHAT_APP_SECRET = APP_ID, SECRET
        settings.PUBLIC_URL, settings.SMS_PATIENCE = "https://hall.example", 2.0
        yield server


@pytest.fixture
def phone(hall: Hall) -> Iterator[Client]:
    """WeChat's own browser."""
    with clock.at(MORNING):
        yield Client(headers={"accept-language": "en", "user-agent": AGENT})


def at_wechat(service: WeChatService, there: str) -> str:
    """What the login page does with the browser: the path that it comes back to."""
    parts = urlsplit(there)
    assert parts.fragment == "wechat_redirect"
    with closing(http.client.HTTPConnection("127.0.0.1", service.server_port, timeout=5)) as line:
        line.request("GET", f"{parts.path}?{parts.query}")
        answer = line.getresponse()
        assert answer.status == 302
        back = urlsplit(answer.headers["Location"])
    assert (back.scheme, back.netloc, back.path) == ("https", "hall.example", "/wechat")
    return f"{back.path}?{back.query}"


def asked(phone: Client) -> tuple[str, str]:
    """(the form's address, where “Tell me in WeChat” leads)."""
    form = hold(phone)["Location"]
    there = form.replace("/details", "/wechat")
    assert f'href="{there}"' in phone.get(form).content.decode()
    return form, phone.get(there)["Location"]


def test_who_books_in_wechat_is_told_there(desk: Desk, phone: Client, service: WeChatService) -> None:
    form, there = asked(phone)
    assert form.split("/")[2] not in there  # the booking's code is nobody else's business
    back = phone.get(at_wechat(service, there))
    assert back["Location"] == form
    assert "We tell you in WeChat about this booking" in phone.get(form).content.decode()
    assert "Tell me in WeChat" not in phone.get(form).content.decode()
    assert phone.post(form, {"name": "王小明"}).status_code == 303  # no number is needed
    row = Appointment.objects.get()
    assert (row.state, row.wechat) == ("booked", FOLLOWER)


def test_a_state_is_good_once_and_in_one_browser(desk: Desk, phone: Client, service: WeChatService) -> None:
    _form, there = asked(phone)
    back = at_wechat(service, there)
    other = Client(headers={"user-agent": AGENT, "accept-language": "en"})
    for browser, address in ((other, back), (phone, back.replace("state=", "state=0")), (phone, "/wechat")):
        refused = browser.get(address)
        assert refused.status_code == 422
        assert "WeChat did not tell us who you are" in refused.content.decode()
    assert not service.used  # nobody was asked with a foreign state
    kept = phone.cookies[STATE].value
    assert phone.get(back).status_code == 302
    assert phone.get(back).status_code == 422
    phone.cookies[STATE] = kept  # even with the cookie brought back, WeChat answers a code once
    again = phone.get(back, follow=True).content.decode()
    assert "Try it again, or give a phone number" in again


@pytest.mark.parametrize("fault", [40029, 40163, -1, 40125, "hangs-up", "gone", "no-code"])
def test_where_wechat_does_not_answer_the_form_says_what_else_can_be_done(
    desk: Desk, phone: Client, service: WeChatService, settings: Any, fault: int | str
) -> None:
    form, there = asked(phone)
    back = at_wechat(service, there)
    if isinstance(fault, int):
        service.errors = [fault]
    elif fault == "hangs-up":
        service.hangs_up = 1
    elif fault == "gone":
        settings.WECHAT_URL = "http://127.0.0.1:1"  # nobody listens there
    else:
        state = parse_qs(urlsplit(back).query)["state"][0]
        back = f"/wechat?state={state}&code="
    shown = phone.get(back, follow=True)
    assert shown.redirect_chain[-1][0] == form
    text = shown.content.decode()
    assert "WeChat did not tell us who you are" in text
    assert "Tell me in WeChat" in text  # it can be tried again
    assert phone.post(form, {"name": "Li"}).status_code == 422  # then a number is needed
    assert phone.post(form, WHO).status_code == 303
    assert Appointment.objects.get().wechat == ""


def test_it_is_offered_only_in_wechat_and_only_with_an_account(
    desk: Desk, phone: Client, service: WeChatService, settings: Any
) -> None:
    form = hold(phone)["Location"]
    plain = phone.get(form, headers={"user-agent": "Mozilla/5.0"}).content.decode()
    assert "Tell me in WeChat" not in plain
    settings.WECHAT_APP_ID = ""
    assert "Tell me in WeChat" not in phone.get(form).content.decode()
    assert phone.get(form.replace("/details", "/wechat"))["Location"] == form


def test_what_was_learned_for_one_booking_is_not_taken_for_another(
    desk: Desk, phone: Client, service: WeChatService
) -> None:
    form, there = asked(phone)
    phone.get(at_wechat(service, there))
    phone.post(form, WHO)
    other = hold(phone, "2026-03-05T10:00+08:00")["Location"]
    assert "Tell me in WeChat" in phone.get(other).content.decode()


def test_a_code_that_is_none_is_not_even_sent(service: WeChatService) -> None:
    for code in ("", "a b", "x" * 200, "../"):
        with pytest.raises(messages.NoOpenid):
            messages.wechat_openid(code)
