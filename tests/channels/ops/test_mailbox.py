"""The mailbox page: for those with the right, of their own organisation, and recorded."""

from __future__ import annotations

from typing import Any

import pytest

from servicehall.kernel import clock, events
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.messages import actions
from servicehall.rooms.messages.models import Message, Reading
from servicehall.rooms.people.models import Staff
from tests.channels.ops.watching import Halls
from tests.hall import MORNING, make_hall, minutes


@pytest.fixture
def halls(db: None) -> Halls:
    """Two halls of two organisations; nothing happened in them yet."""
    return Halls(make_hall("mall"), make_hall("bank"), None, {})


def send(halls: Halls, body: str = "Your code is 123456", secret: str = "123456") -> None:
    actions.send_message(
        organisation_id=halls.mall.site.region.organisation_id, kind="sms", address="138 1234 5678",
        title="code", body=body, secret=secret, by=SYSTEM,
    )  # fmt: skip


def test_a_manager_reads_it_and_that_is_recorded(halls: Halls) -> None:
    send(halls)
    client = halls.as_("manager")
    assert client.get("/ops/mailbox")["Location"] == "/ops/mall/mailbox"
    page = client.get("/ops/mall/mailbox")
    assert "138 1234 5678" in page.content.decode()
    assert "Your code is ••••••" in page.content.decode()
    assert "123456" not in page.content.decode()
    assert "One-time codes are hidden" in page.content.decode()
    last = events.after(halls.mall.site.region.organisation_id, 0)[-1]
    told = {"shown": 1, "messages": [str(Message.objects.get().pk)]}
    assert (last.kind, last.data) == ("mailbox.opened", told)


def readings(halls: Halls) -> list[tuple[int, list[str]]]:
    """What the record says of who read what."""
    found = events.after(halls.mall.site.region.organisation_id, 0)
    return [(e.data["shown"], e.data["messages"]) for e in found if e.kind == "mailbox.opened"]


def test_a_page_loaded_again_is_recorded_once_an_hour_for_each_message_and_person(halls: Halls) -> None:
    manager, admin = halls.as_("manager"), halls.as_("admin")
    with clock.at(MORNING):
        manager.get("/ops/mall/mailbox")
        assert readings(halls) == [], "nothing was there to be read"
        send(halls)
        first = str(Message.objects.get().pk)
        for _ in range(3):
            assert "138 1234 5678" in manager.get("/ops/mall/mailbox").content.decode()
    with clock.at(minutes(10)):
        send(halls)
        second = str(Message.objects.exclude(pk=first).get().pk)
        manager.get("/ops/mall/mailbox")
        admin.get("/ops/mall/mailbox")
    with clock.at(minutes(61)):
        manager.get("/ops/mall/mailbox")
    assert readings(halls) == [(1, [first]), (2, [second]), (2, [second, first]), (2, [first])]
    assert Reading.objects.count() == 4
    actions.forget_messages(
        organisation_id=halls.mall.site.region.organisation_id, addresses=["138 1234 5678"]
    )
    assert not Reading.objects.exists(), "who read it goes with the message"


def test_codes_are_whole_in_a_demo_only_and_the_page_says_so(halls: Halls) -> None:
    send(halls)
    Staff.objects.filter(pk=halls.mall.people["agent"].pk).update(is_demo=True)
    page = halls.as_("manager").get("/ops/mall/mailbox").content.decode()
    assert "Your code is 123456" in page
    assert "This is a demo" in page
    Staff.objects.update(is_active=False)
    Staff.objects.filter(pk=halls.mall.people["manager"].pk).update(is_active=True)
    assert "123456" not in halls.as_("manager").get("/ops/mall/mailbox").content.decode()


def test_what_a_provider_did_is_counted_without_what_it_was(halls: Halls, settings: Any) -> None:
    settings.SMS_PROVIDER = "twilio"
    send(halls)
    Message.objects.update(state="failed", detail="twilio-21211")
    page = halls.as_("manager").get("/ops/mall/mailbox").content.decode()
    assert "twilio-21211" in page
    assert "138 1234 5678" not in page


def test_nobody_else_sees_it(halls: Halls) -> None:
    send(halls)
    assert halls.as_("supervisor").get("/ops/mall/mailbox").status_code == 403
    assert halls.as_("supervisor").get("/ops/mailbox").status_code == 403
    assert halls.as_("manager", halls.bank).get("/ops/mall/mailbox").status_code == 404
    assert "138" not in halls.as_("manager", halls.bank).get("/ops/bank/mailbox").content.decode()


def test_it_makes_as_many_queries_with_many_messages(
    halls: Halls, django_assert_max_num_queries: Any, settings: Any
) -> None:
    settings.SMS_TO_ONE_A_DAY = 12
    for n in range(12):
        send(halls, f"message {n}")
    client = halls.as_("manager")
    with django_assert_max_num_queries(28):
        assert client.get("/ops/mall/mailbox").content.decode().count("<td>message ") == 12
