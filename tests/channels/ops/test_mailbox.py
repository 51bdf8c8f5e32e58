"""The mailbox page: for those with the right, of their own organisation, and recorded."""

from __future__ import annotations

from typing import Any

import pytest

from servicehall.kernel import events
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.messages import actions
from tests.channels.ops.watching import Halls
from tests.hall import make_hall


@pytest.fixture
def halls(db: None) -> Halls:
    """Two halls of two organisations; nothing happened in them yet."""
    return Halls(make_hall("mall"), make_hall("bank"), None, {})


def send(halls: Halls, body: str = "Your code is 123456") -> None:
    actions.send_message(
        organisation_id=halls.mall.site.region.organisation_id, kind="sms", address="138 1234 5678",
        title="code", body=body, by=SYSTEM,
    )  # fmt: skip


def test_a_manager_reads_it_and_that_is_recorded(halls: Halls) -> None:
    send(halls)
    client = halls.as_("manager")
    assert client.get("/ops/mailbox")["Location"] == "/ops/mall/mailbox"
    page = client.get("/ops/mall/mailbox")
    assert "138 1234 5678" in page.content.decode()
    assert "Your code is 123456" in page.content.decode()
    last = events.after(halls.mall.site.region.organisation_id, 0)[-1]
    assert (last.kind, last.data) == ("mailbox.opened", {"shown": 1})


def test_nobody_else_sees_it(halls: Halls) -> None:
    send(halls)
    assert halls.as_("supervisor").get("/ops/mall/mailbox").status_code == 403
    assert halls.as_("supervisor").get("/ops/mailbox").status_code == 403
    assert halls.as_("manager", halls.bank).get("/ops/mall/mailbox").status_code == 404
    assert "138" not in halls.as_("manager", halls.bank).get("/ops/bank/mailbox").content.decode()


def test_it_makes_as_many_queries_with_many_messages(
    halls: Halls, django_assert_max_num_queries: Any
) -> None:
    for n in range(12):
        send(halls, f"message {n}")
    client = halls.as_("manager")
    with django_assert_max_num_queries(24):
        assert client.get("/ops/mall/mailbox").content.decode().count("<td>message ") == 12
