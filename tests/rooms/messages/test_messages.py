"""Messages: kept in the mailbox without a provider, handed to a mail server with one; never twice."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.mail import BadHeaderError
from django.db import connection

from servicehall.kernel import events, timers
from servicehall.kernel.errors import NotAllowed
from servicehall.kernel.ids import uuid7
from servicehall.kernel.models import DataKey
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction
from servicehall.rooms.messages import actions, pace
from servicehall.rooms.messages.models import Message
from servicehall.rooms.messages.queries import kept
from servicehall.rooms.messages.smtp import Smtp
from servicehall.rooms.messages.transports import Letter
from tests.hall import Hall, make_hall, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Hall:
    pace._next_at.clear()  # what other tests sent does not make these wait
    return make_hall()


def send(hall: Hall, address: str = "wang@example.com", **rest: Any) -> Message:
    given = {"kind": "email", "title": "Needle title", "body": "Needle body", "by": SYSTEM, **rest}
    return actions.send_message(organisation_id=hall.site.region.organisation_id, address=address, **given)


def test_without_a_mail_server_it_stays_in_the_mailbox_and_is_sealed(hall: Hall) -> None:
    send(hall)
    [message] = kept(hall.site.region.organisation_id)
    assert (message.address, message.title, message.body) == (
        "wang@example.com",
        "Needle title",
        "Needle body",
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM outgoing_message")
        assert "Needle" not in repr(cursor.fetchall())


def test_with_a_mail_server_it_goes_out_once(hall: Hall, settings: Any) -> None:
    settings.SMTP_URL = "smtp://mail.example.com?from=hall@example.com"
    settings.SMTP_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    made = send(hall)
    assert mail.outbox == [], "the worker sends it, not the page"
    timers.run_due()
    actions.deliver(made.pk)
    [sent] = mail.outbox
    assert (sent.to, sent.subject, sent.body, sent.from_email) == (
        ["wang@example.com"], "Needle title", "Needle body", "hall@example.com",
    )  # fmt: skip
    assert Message.objects.get().state == "done"
    assert kept(hall.site.region.organisation_id) == [], "what went out is nobody else's to read"
    send(hall, "13812345678", kind="sms")
    assert len(mail.outbox) == 1
    assert len(kept(hall.site.region.organisation_id)) == 1


def test_a_server_that_refuses_is_noted_without_the_message(
    hall: Hall, settings: Any, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SMTP_URL = f"smtp://127.0.0.1:{free_port}"
    settings.SMTP_PER_SECOND = 1e6
    made = send(hall)
    for _ in range(6):
        actions.deliver(made.pk)
    assert (Message.objects.get().state, Message.objects.get().detail) == ("failed", "unreachable")
    assert "message.not_sent" in caplog.text
    assert "Needle" not in caplog.text
    assert "wang" not in caplog.text


def test_a_message_of_an_act_that_is_undone_is_not_sent(hall: Hall, settings: Any) -> None:
    settings.SMTP_URL = "smtp://mail.example.com"
    settings.SMTP_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    def act() -> None:
        with transaction(hall.site.region.organisation_id):
            send(hall)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert mail.outbox == []
    assert not Message.objects.exists()


def test_reading_the_mailbox_needs_the_right_and_is_recorded(hall: Hall) -> None:
    send(hall)
    tenant = hall.site.region.organisation_id
    with pytest.raises(NotAllowed):
        actions.open_mailbox(organisation_id=tenant, place=hall.id, by=hall.actors["supervisor"])
    assert len(actions.open_mailbox(organisation_id=tenant, place=hall.id, by=hall.actors["manager"])) == 1
    assert [e.kind for e in events.after(tenant, 0)] == ["message.meant", "mailbox.opened"]


def test_a_forgotten_message_leaves_neither_row_nor_key(hall: Hall) -> None:
    tenant = hall.site.region.organisation_id
    old, new = send(hall, at=minutes(0)), send(hall, "+86 138 1234 5678", kind="sms", at=minutes(9))
    with transaction(tenant):
        assert actions.forget_old_messages(organisation_id=tenant, before=minutes(5), limit=10) == 1
        assert actions.forget_messages(organisation_id=tenant, addresses=["13812345678"]) == 1
    assert not DataKey.objects.filter(owner_id__in=[old.pk, new.pk]).exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("wang@example.com\nBcc: all@example.com", "Title"),
        ("wang@example.com\r\n.\r\nRCPT TO:<all@example.com>", "Title"),
        ("wang@example.com", "Title\nBcc: all@example.com"),
        ("wang@example.com", "Title\r\n\r\nAnother body"),
    ],
)
def test_no_text_steers_the_mail_server(settings: Any, address: str, title: str) -> None:
    settings.SMTP_URL = "smtp://mail.example.com?from=hall@example.com"
    settings.SMTP_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with pytest.raises(BadHeaderError):
        Smtp().send(Letter(uuid7(), address, title, "Body\r\n.\r\nRCPT TO:<all@example.com>"))
    assert mail.outbox == []
    Smtp().send(Letter(uuid7(), "wang@example.com", "Title", "Body\nBcc: all@example.com"))
    [sent] = mail.outbox
    assert sent.recipients() == ["wang@example.com"]
