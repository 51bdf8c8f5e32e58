"""The supervisor's page and acts; agents neither see them nor get through."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicehall.rooms.queueing import actions
from servicehall.rooms.queueing.models import Service, Ticket
from tests.channels.desk.house import Desk, House, said

Seat = Callable[..., Desk]


@pytest.fixture
def sue(seat: Seat) -> Desk:
    """A supervisor who sits at no counter."""
    return seat("sue", "3", sit=False)


def page(desk: Desk, **query: Any) -> str:
    answer = desk.client.get("/desk/mall/queue", query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def act(desk: Desk, name: str, ticket: Ticket | None = None, **fields: Any) -> Any:
    if ticket is not None:
        fields["ticket"] = str(ticket.pk)
    return desk.client.post(
        f"/desk/mall/queue/do/{name}",
        {"idempotency_key": str(uuid4()), **fields},
        headers={"hx-request": "true"},
    )


def order() -> list[str]:
    waiting = Ticket.objects.filter(state="waiting").order_by("order_key", "sequence")
    return [t.number for t in waiting]


def test_the_page_shows_every_counter_and_everybody_who_waits(house: House, sue: Desk) -> None:
    house.issue(ago=900)
    house.issue("complaints")
    called = house.call("ben", "2")
    text = page(sue)
    assert "Ben Zhou" in text
    assert called.number in text
    assert re.findall(r'row-number number">([^<]+)<', text) == ["E001"]
    assert "1 waiting" in text


def test_the_list_is_filtered_by_service(house: House, sue: Desk) -> None:
    house.issue()
    house.issue("returns")
    service = Service.objects.get(slug="returns")
    text = page(sue, service=str(service.pk))
    assert re.findall(r'row-number number">([^<]+)<', text) == ["D001"]
    # The page's own part keeps the choice.
    part = sue.client.get("/desk/mall/queue/lists", {"service": str(service.pk)})
    assert "A001" not in part.content.decode()
    assert "A001" not in page(sue)


def test_agents_do_not_get_the_page_nor_the_buttons(house: House, desk: Desk) -> None:
    house.issue()
    assert desk.client.get("/desk/mall/queue").status_code == 403
    assert "/desk/mall/queue" not in desk.page()
    assert desk.client.get("/desk/mall/queue/lists").status_code == 403
    assert desk.client.get("/desk/mall/queue/ask/issue").status_code == 403


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("front", {}),
        ("back", {"places": "3"}),
        ("reclass", {"priority": "elderly"}),
        ("merge", {"into": "A002"}),
        ("close-service", {}),
        ("reopen-service", {}),
        ("close-counter", {}),
        ("call", {}),
    ],
)
def test_agents_are_refused_what_supervisors_do(
    house: House, desk: Desk, seat: Seat, name: str, fields: dict[str, str]
) -> None:
    ticket, _other = house.issue(), house.issue()
    seat("ben", "2")
    service = str(Service.objects.get(slug="enquiries").pk)
    more = {**fields, "service": service, "counter": str(house.counters["2"])}
    before = Ticket.objects.values_list("state", "order_key", "priority")[0]
    assert desk.act(name, ticket, **more).status_code == 403
    assert act(desk, name, ticket, **more).status_code == 403
    assert Ticket.objects.values_list("state", "order_key", "priority")[0] == before
    assert Service.objects.get(slug="enquiries").closed_on is None
    assert house.seat("2") == "open"


def test_any_ticket_is_called_to_any_open_counter(house: House, sue: Desk) -> None:
    house.issue(ago=900)
    ticket = house.issue()
    house.sit("anna", "1")
    answer = act(sue, "call", ticket, counter=str(house.counters["1"]))
    assert said(answer) == "Calling A002"
    called = Ticket.objects.get(pk=ticket.pk)
    assert (called.state, called.counter_id, called.staff_id) == (
        "called",
        house.counters["1"],
        house.actor("anna").id,
    )


def test_calling_to_a_counter_that_cannot_take_the_ticket_is_refused(house: House, sue: Desk) -> None:
    ticket = house.issue()
    assert act(sue, "call", ticket, counter=str(house.counters["1"])).status_code == 409
    assert act(sue, "call", ticket, counter=str(house.counters["9"])).status_code == 404
    assert act(sue, "call", ticket, counter="nonsense").status_code == 422
    complaint = house.issue("complaints")
    house.sit("anna", "1")
    assert "Nobody there can serve this" in said(
        act(sue, "call", complaint, counter=str(house.counters["1"]))
    )
    assert house.state(complaint) == "waiting"


def test_a_ticket_is_moved_to_the_front_and_back(house: House, sue: Desk) -> None:
    _first, second, _third = (house.issue(ago=n) for n in (300, 200, 100))
    assert said(act(sue, "front", second)) == "A002 is now at the front"
    assert order() == ["A002", "A001", "A003"]
    assert said(act(sue, "back", second, places="2")) == "A002 was moved back by 2"
    assert order() == ["A001", "A003", "A002"]
    assert act(sue, "back", second, places="-1").status_code == 422
    assert "Enter a whole number from 1 to 500." in said(act(sue, "back", second, places="many"))


def test_a_tickets_class_is_changed(house: House, sue: Desk) -> None:
    ticket = house.issue()
    act(sue, "reclass", ticket, priority="elderly")
    assert Ticket.objects.get(pk=ticket.pk).priority.key == "elderly"
    assert act(sue, "reclass", ticket, priority="royal").status_code == 422


def test_two_tickets_of_one_customer_are_joined(house: House, sue: Desk) -> None:
    first, second = house.issue(ago=300), house.issue(ago=100)
    assert said(act(sue, "merge", second, into="a1")) == "Joined; A001 stays"
    assert (house.state(first), house.state(second)) == ("waiting", "merged")
    assert "Enter the number of one other ticket" in said(act(sue, "merge", first, into="A001"))
    assert act(sue, "merge", first, into="A077").status_code == 422


def test_a_service_is_closed_for_today_and_reopened(house: House, sue: Desk) -> None:
    service = Service.objects.get(slug="enquiries")
    assert "No more tickets are issued for" in (
        sue.client.get("/desk/mall/queue/ask/close-service", {"service": str(service.pk)}).content.decode()
    )
    act(sue, "close-service", service=str(service.pk))
    with pytest.raises(actions.ServiceNotOffered):
        house.issue()
    text = page(sue, tab="services")
    assert "Closed today" in text
    assert "reopen-service" in text
    act(sue, "reopen-service", service=str(service.pk))
    house.issue()


def test_a_counter_left_open_is_closed(house: House, sue: Desk) -> None:
    house.sit("anna", "1")
    asked = sue.client.get("/desk/mall/queue/ask/close-counter", {"counter": str(house.counters["1"])})
    assert "Anna Meyer is signed out of Counter 1." in asked.content.decode()
    answer = act(sue, "close-counter", counter=str(house.counters["1"]))
    assert said(answer) == "Counter 1 is closed"
    assert house.seat("1") == "closed"


def test_a_counter_with_a_customer_is_not_closed(house: House, sue: Desk) -> None:
    house.issue()
    ticket = house.call("anna", "1")
    refused = act(sue, "close-counter", counter=str(house.counters["1"]))
    assert refused.status_code == 409
    assert "This counter still has a customer" in said(refused)
    act(sue, "requeue", ticket, place="old")
    assert house.state(ticket) == "waiting"
    act(sue, "close-counter", counter=str(house.counters["1"]))
    assert house.seat("1") == "closed"


def test_a_supervisor_helps_at_the_desk_too(house: House, seat: Seat) -> None:
    sue = seat("sue", "3")
    house.issue(ago=300)
    ticket = house.issue()
    text = sue.get("queue", tab="next").content.decode()
    assert f'id="call-{ticket.pk}"' in text
    sheet = sue.get("ask/ticket", ticket=str(ticket.pk)).content.decode()
    for words in ("Call here", "For supervisors", "To the very front", "Same customer as ticket"):
        assert words in sheet
    assert said(sue.act("call", ticket)) == "Calling A002"


def test_a_part_that_is_fresh_is_not_sent_again(house: House, sue: Desk) -> None:
    text = page(sue)
    found = re.search(r'hx-get="([^"]+seen=\d+)"', text)
    assert found
    address = found[1].replace("&amp;", "&")
    assert sue.client.get(address).status_code == 204
    house.issue()
    assert sue.client.get(address).status_code == 200


def test_the_page_takes_as_many_queries_for_300_waiting_as_for_one(house: House, sue: Desk) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            page(sue)
        return len(found)

    house.issue()
    page(sue)
    few = count()
    for n in range(300):
        house.issue(("enquiries", "returns", "complaints")[n % 3], ago=n)
    assert count() == few
    assert few <= 32


def test_the_page_is_in_chinese_too(house: House, sue: Desk) -> None:
    sue.client.cookies["servicehall_language"] = "zh-hans"
    house.issue()
    text = page(sue)
    for words in ("队列", "待叫", "已过号", "代客取号", "1 人等候"):
        assert words in text
