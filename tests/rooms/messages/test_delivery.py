"""Text messages by both providers and e-mail by a server: sent once, tried again where it helps, never blindly."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from servicehall.kernel.models import Event, Timer
from servicehall.kernel.rights import SYSTEM
from servicehall.processes.sms_simulator.server import Simulator
from servicehall.rooms.messages import actions
from servicehall.rooms.messages.aliyun import canonical_query, signed_headers
from servicehall.rooms.messages.models import Message
from servicehall.rooms.messages.pace import wait_for
from servicehall.rooms.messages.queries import ends
from servicehall.rooms.messages.twilio import signature_of
from tests.hall import Hall, make_hall
from tests.rooms.messages.provider import ACCOUNT, mail_server, simulator, use

NOW = datetime.fromisoformat("2026-03-03T02:00:00+00:00")
BOTH = pytest.mark.parametrize("provider", ["aliyun", "twilio"])


@pytest.fixture(scope="module")
def service() -> Iterator[Simulator]:
    with simulator() as server:
        yield server


@pytest.fixture
def hall(db: None, service: Simulator) -> Hall:
    service.service.texts.clear()
    return make_hall()


def send(hall: Hall, address: str = "138 1234 5678", **given: Any) -> Message:
    tenant = hall.site.region.organisation_id
    fields = {
        "kind": "sms",
        "title": "",
        "body": "Your code is 271828.",
        "secret": "271828",
        "at": NOW,
        **given,
    }
    return actions.send_message(organisation_id=tenant, address=address, by=SYSTEM, **fields)


def number(last: str) -> str:
    return f"138 0000 {last}"


def tried(message: Message, seconds: float = 0) -> tuple[str, str]:
    """One try, so many seconds later; the state and why."""
    actions.deliver(message.pk, at=NOW + timedelta(seconds=seconds))
    row = Message.objects.get(pk=message.pk)
    return row.state, row.detail


def next_look(message: Message) -> float | None:
    """In how many seconds the message is looked at again."""
    row = Timer.objects.filter(kind="message.send", key=str(message.pk)).first()
    return (row.due_at - NOW).total_seconds() if row else None


def test_the_signatures_are_those_that_the_providers_publish() -> None:
    query = {
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        "RegionId": "cn-shanghai",
    }
    found = signed_headers(
        host="ecs.cn-shanghai.aliyuncs.com", action="RunInstances", version="2014-05-26",
        query=canonical_query(query), key="YourAccessKeyId", secret="YourAccessKeySecret",
        date="2023-10-26T10:22:32Z", nonce="3156853299f313e23d1673dc12e1703d",
    )["Authorization"]  # fmt: skip
    assert found.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")
    form = {
        "CallSid": "CA1234567890ABCDE", "Caller": "+14158675310", "Digits": "1234",
        "From": "+14158675310", "To": "+18005551212",
    }  # fmt: skip
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature_of(url, form, "12345") == "GvWf1cFY/Q7PnoempGyD5oXAezc="


@BOTH
def test_a_code_goes_out_once_and_nothing_of_it_is_logged(
    hall: Hall, service: Simulator, settings: Any, provider: str, caplog: pytest.LogCaptureFixture
) -> None:
    use(settings, provider, service)
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3").setLevel(settings.LOGGING["loggers"]["urllib3"]["level"])
    message = send(hall)
    assert next_look(message) == 0
    assert tried(message) == ("done", "")
    assert tried(message, 100) == ("done", "")
    [text] = service.service.texts
    assert "271828" in text.body
    assert text.to in {"13812345678", "+8613812345678"}
    row = Message.objects.get()
    assert (row.number, row.tries) == (text.number, 1)
    assert next_look(message) is None
    assert [e.data["state"] for e in Event.objects.filter(kind="message.ended")] == ["done"]
    for secret in ("271828", "1234 5678", "12345678", ACCOUNT.secret):
        assert secret not in caplog.text


@BOTH
@pytest.mark.parametrize("last", ["0001", "0002"])
def test_what_no_further_try_helps_ends_at_once(
    hall: Hall, service: Simulator, settings: Any, provider: str, last: str
) -> None:
    use(settings, provider, service)
    message = send(hall, number(last))
    state, detail = tried(message)
    assert state == "failed"
    assert detail.startswith(("isv.", "twilio-2"))
    assert next_look(message) is None
    [end] = ends(hall.site.region.organisation_id, NOW)
    assert (end.transport, end.state, end.detail, end.count) == (provider, "failed", detail, 1)


@BOTH
def test_a_provider_in_trouble_is_asked_again_later_each_time(
    hall: Hall, service: Simulator, settings: Any, provider: str
) -> None:
    use(settings, provider, service)
    service.service._seen.clear()
    message = send(hall, number("0003"))
    assert tried(message)[0] == "meant"
    assert next_look(message) == 5
    assert tried(message, 5)[0] == "meant"
    assert next_look(message) == 20
    assert tried(message, 20)[0] == "done"
    throttled = send(hall, number("0006"))
    assert tried(throttled)[0] == "meant"
    assert tried(throttled, 5)[0] == "done"
    unpaid = send(hall, number("0007"))
    assert tried(unpaid)[0] == "meant"
    assert next_look(unpaid) == 60
    for _ in range(5):
        state, _detail = tried(unpaid, 60)
    assert state == "failed"
    assert len(service.service.texts) == 2


@BOTH
def test_a_missing_answer_is_asked_about_and_the_message_is_not_sent_twice(
    hall: Hall, service: Simulator, settings: Any, provider: str
) -> None:
    use(settings, provider, service)
    message = send(hall, number("0004"))
    # The simulator knows only the machine's own day and time.
    from django.utils import timezone

    actions.deliver(message.pk, at=timezone.now())
    assert Message.objects.get().state == "unclear"
    actions.deliver(message.pk, at=timezone.now())
    row = Message.objects.get()
    assert row.state in {"done", "arrived"}
    assert row.number == service.service.texts[0].number
    assert len(service.service.texts) == 1


@BOTH
def test_a_sender_that_died_in_the_middle_is_found(
    hall: Hall, service: Simulator, settings: Any, provider: str
) -> None:
    use(settings, provider, service)
    message = send(hall)
    Message.objects.update(state="sending", tries=1, tried_at=NOW)
    assert tried(message, 60) == ("sending", "")  # it may still be at it
    assert tried(message, 91) == ("meant", "not-there")  # asked: the provider never got it
    assert tried(message, 92) == ("done", "")
    assert len(service.service.texts) == 1


@BOTH
def test_a_wrong_password_a_code_that_is_too_old_and_another_provider_since(
    hall: Hall, service: Simulator, settings: Any, provider: str
) -> None:
    use(settings, provider, service)
    assert tried(send(hall, good_until=NOW + timedelta(minutes=10)), 600) == ("failed", "too-late")
    settings.SMS_SECRET = "another"
    assert tried(send(hall))[1] in {"SignatureDoesNotMatch", "twilio-20003"}
    settings.SMS_URL = "http://127.0.0.1:9"
    assert tried(send(hall)) == ("meant", "unreachable")
    settings.SMS_PROVIDER = "twilio" if provider == "aliyun" else "aliyun"
    assert tried(Message.objects.latest("id")) == ("failed", "no-such-way")
    assert service.service.texts == []


def test_the_simulator_refuses_what_the_real_one_refuses(service: Simulator) -> None:
    """A forged, repeated, stale or changed request."""
    from servicehall.processes.sms_simulator.aliyun import refusal_of

    def code(
        query: str = "A=1", *, nonce: str = "n1", minutes: float = 0, sent: str = "", **other: str
    ) -> str:
        from django.utils import timezone

        date = f"{timezone.now() + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"
        fields = {"key": ACCOUNT.key, "secret": ACCOUNT.secret, **other}
        made = signed_headers(
            host="h", action="SendSms", version="2017-05-25", query=query, date=date, nonce=nonce, **fields
        )
        headers = {name.lower(): value for name, value in made.items()}
        refused = refusal_of(service.service, headers, sent or query, b"")
        return refused[1]["Code"] if refused else "let in"

    service.service.nonces.clear()
    assert code() == "let in"
    assert code() == "SignatureNonceUsed"
    assert code(nonce="n2", sent="A=2") == "SignatureDoesNotMatch"
    assert code(nonce="n3", secret="guessed") == "SignatureDoesNotMatch"
    assert code(nonce="n4", key="nobody") == "InvalidAccessKeyId.NotFound"
    assert code(nonce="n5", minutes=-16) == "InvalidTimeStamp.Expired"
    assert code(nonce="n6", minutes=16) == "InvalidTimeStamp.Expired"


def test_no_more_go_out_in_a_second_than_may(hall: Hall, service: Simulator, settings: Any) -> None:
    use(settings, "twilio", service)
    settings.SMS_PER_SECOND = 0.5
    wait_for("twilio", 0.5)
    message = send(hall)
    assert tried(message) == ("meant", "")
    assert 0 < (next_look(message) or 0) <= 2
    assert Message.objects.get().tries == 0
    from servicehall.rooms.messages import pace

    pace._next_at.clear()


def test_mail_by_a_server_is_tried_again_where_it_says_so(hall: Hall, settings: Any) -> None:
    settings.SMTP_PER_SECOND = 1e6
    with mail_server() as server:
        settings.SMTP_URL = f"smtp://127.0.0.1:{server.server_address[1]}?from=hall@example.com"
        mail = {"kind": "email", "address": "wang@example.com", "title": "Your code"}
        server.answers = ["451 later", "250 ok"]
        message = send(hall, **mail)
        assert tried(message) == ("meant", "smtp-451")
        assert tried(message, 5) == ("done", "")
        [sent] = server.mails
        assert f"Message-ID: <{message.pk}@example.com>" in sent
        assert "271828" in sent
        server.answers = ["550 nobody here"]
        assert tried(send(hall, **mail)) == ("failed", "smtp-550")
        assert len(server.mails) == 1


def test_a_calendar_goes_as_a_part_of_its_own(hall: Hall, settings: Any) -> None:
    """RFC 6047: text/calendar with its method beside the text, and the same as a file."""
    import email
    from email import policy

    settings.SMTP_PER_SECOND = 1e6
    calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n"
    with mail_server() as server:
        settings.SMTP_URL = f"smtp://127.0.0.1:{server.server_address[1]}?from=hall@example.com"
        message = send(
            hall, kind="email", address="wang@example.com", title="T", calendar=calendar, secret=""
        )
        assert tried(message) == ("done", "")
        parts = list(email.message_from_string(server.mails[0], policy=policy.default).walk())
    kinds = [part.get_content_type() for part in parts]
    assert kinds == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/calendar", "application/ics",
    ]  # fmt: skip
    assert parts[3].get_param("method") == "CANCEL"
    assert parts[3].get_content().splitlines() == calendar.splitlines()
    assert parts[4].get_filename() == "invite.ics"


def test_aliyun_sends_other_messages_by_the_template_of_their_name(
    hall: Hall, service: Simulator, settings: Any
) -> None:
    use(settings, "aliyun", service)
    given: dict[str, Any] = {
        "secret": "",
        "template": "appointment-moved",
        "values": {"number": "AB12CD", "hall": "x"},
    }
    assert tried(send(hall, **given)) == ("failed", "no-template")
    settings.SMS_TEMPLATES = {"appointment": f"{ACCOUNT.template}|code:number"}
    assert tried(send(hall, **given)) == ("done", "")
