"""What the counter's screen shows: the customer, the lists, the dialogs; and how many queries it takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicehall.kernel import clock
from servicehall.rooms.queueing import actions
from servicehall.rooms.queueing.models import Ticket
from tests.channels.desk.house import Desk, House, mode, said

Seat = Callable[..., Desk]


def numbers(text: str) -> list[str]:
    """The ticket numbers of the open list, in order."""
    return re.findall(r'row-number number">([^<]+)<', text)


def queries_of(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        act()
    return len(found)


def test_the_customer_is_shown_with_all_that_matters(house: House, desk: Desk) -> None:
    house.issue("returns", ago=780, priority="elderly", language="zh-Hans", note="Heavy parcel")
    desk.act("next")
    text = desk.page()
    for words in (
        "D001",
        "Returns",
        "Senior 65+",
        "简体中文",
        "Heavy parcel",
        "13 min",
        "Stage 1 of 2",
        "Kiosk",
    ):
        assert words in text, words
    assert re.search(r'data-since="[^"]+"', text)


def test_the_next_customer_is_announced_before_the_call(house: House, desk: Desk) -> None:
    assert "Nobody is waiting" in desk.page()
    house.issue(ago=240)
    text = desk.page()
    assert re.search(r'next-up-number number">A001<', text)
    assert re.search(r"<time data-since[^>]*>4:0\d<", text)


def test_the_list_is_in_the_order_of_calling(house: House, desk: Desk) -> None:
    house.issue(ago=300)
    house.issue(ago=200, priority="elderly")
    house.issue("complaints", ago=900)  # nothing for Anna
    text = desk.get("queue", tab="next").content.decode()
    assert numbers(text) == ["A002", "A001"]
    assert [said(desk.act("next"))] == ["Calling A002"]


def test_waits_over_the_target_are_marked(house: House, desk: Desk) -> None:
    house.issue(ago=660)
    house.issue(ago=60)
    rows = desk.get("queue", tab="next").content.decode().split('<li class="row"')[1:]
    assert ["data-over" in row for row in rows] == [True, False]
    services = desk.get("queue", tab="services").content.decode()
    assert "Over the target:" in services
    assert "11 min" in services


def test_lists_of_the_held_are_mine_or_everybodys(house: House, desk: Desk, seat: Seat) -> None:
    for label, who in (("1", desk), ("2", seat("ben", "2"))):
        house.issue()
        who.act("next")
        who.act("hold", who.current())
        assert label
    mine = desk.get("queue", tab="held", whose="mine").content.decode()
    assert numbers(mine) == ["A001"]
    assert numbers(desk.get("queue", tab="held", whose="all").content.decode()) == ["A001", "A002"]
    # The choice is kept.
    assert numbers(desk.client.get(f"/desk/{desk.counter}").content.decode()) == ["A001", "A002"]


def test_who_was_sent_to_me_is_listed_and_called(house: House, desk: Desk) -> None:
    ticket, other = house.issue(), house.issue()
    sue = house.actor("sue")
    actions.transfer(ticket_id=ticket.pk, by=sue, counter_id=house.counters["1"])
    actions.transfer(ticket_id=other.pk, by=sue, counter_id=house.counters["2"])
    text = desk.get("queue", tab="mine").content.decode()
    assert numbers(text) == ["A001"]
    assert f'id="call-{ticket.pk}"' in text
    assert said(desk.act("call", ticket)) == "Calling A001"


def test_an_agent_may_not_pick_whom_to_call(house: House, desk: Desk) -> None:
    ticket = house.issue()
    assert 'id="call-' not in desk.get("queue", tab="next").content.decode()
    sheet = desk.get("ask/ticket", ticket=str(ticket.pk)).content.decode()
    assert "Call here" not in sheet
    assert "For supervisors" not in sheet
    refused = desk.act("call", ticket)
    assert refused.status_code == 403
    assert "You may not do this" in said(refused)
    assert house.state(ticket) == "waiting"


@pytest.mark.parametrize("typed", ["A001", "a1", " a-001 ", "1"])
def test_a_ticket_is_found_by_its_number(house: House, desk: Desk, typed: str) -> None:
    house.issue()
    text = desk.get("ask/find", number=typed).content.decode()
    assert "What happened" in text
    assert "A001" in text


def test_a_number_in_several_series_offers_a_choice(house: House, desk: Desk) -> None:
    house.issue()
    house.issue("returns")
    text = desk.get("ask/find", number="1").content.decode()
    assert "A001" in text
    assert "D001" in text


@pytest.mark.parametrize("typed", ["A999", "", "%%", "x" * 50])
def test_a_number_that_does_not_exist_is_told_in_words(house: House, desk: Desk, typed: str) -> None:
    answer = desk.get("ask/find", number=typed)
    assert answer.status_code == 200
    assert "Type a number as on the ticket" in answer.content.decode()


def test_the_tickets_sheet_tells_what_happened_and_by_whom(house: House, desk: Desk) -> None:
    ticket = house.issue()
    desk.act("next")
    desk.act("undo")
    desk.act("next")
    desk.act("start", ticket)
    desk.act("hold", ticket, reason="Meal")
    text = desk.get("ask/ticket", ticket=str(ticket.pk)).content.decode()
    told = re.findall(r'timeline-title">([^<]+)<', text)
    assert told == [
        "Ticket taken",
        "Called to counter 1",
        "Undone: Called to counter 1",
        "Called to counter 1",
        "Service began at counter 1",
        "Put on hold at counter 1",
    ]
    assert "Anna Meyer" in text
    assert "Customer · Kiosk" in text


def test_times_of_the_sheet_are_the_halls(house: House, desk: Desk) -> None:
    ticket = house.issue(ago=0)
    text = desk.get("ask/ticket", ticket=str(ticket.pk)).content.decode()
    assert clock.local(ticket.joined_at, "Asia/Shanghai").strftime("%H:%M:%S") in text


def test_why_this_one_is_explained_before_the_call(house: House, desk: Desk) -> None:
    house.issue(ago=600)
    house.issue(ago=300, priority="elderly")
    house.issue("complaints")
    text = desk.get("ask/why").content.decode()
    rows = re.findall(r'ticket-cell number">([A-Z]\d+).*?<strong>([\d.]+)</strong>', text, re.DOTALL)
    assert rows == [("A002", "17.5"), ("A001", "10.0")]
    assert "Points that grow with the wait" in text
    assert "you lack a skill that they need:" in text
    assert "Complaints" in text


def test_why_this_one_is_explained_after_the_call_too(house: House, desk: Desk) -> None:
    house.issue(ago=600)
    house.issue(ago=300, priority="elderly")
    desk.act("next")
    later = house.issue(ago=-1)  # came after the call
    with clock.at(clock.now() + timedelta(minutes=20)):
        text = desk.get("ask/why").content.decode()
    assert "A002 was first at the moment of the call." in text
    rows = re.findall(r'ticket-cell number">([A-Z]\d+).*?<strong>([\d.]+)</strong>', text, re.DOTALL)
    assert rows == [("A002", "17.5"), ("A001", "10.0")]
    assert later.number not in text


@pytest.mark.parametrize("discipline", ["strict", "fifo"])
def test_other_disciplines_are_explained_in_their_own_words(
    house: House, desk: Desk, discipline: str
) -> None:
    actions.set_rules(site_id=house.site_id, by=house.actor("mira"), discipline=discipline)
    house.issue()
    text = desk.get("ask/why").content.decode()
    assert {"strict": "Strict order of classes", "fifo": "First come, first served"}[discipline] in text
    assert "Head start" not in text


@pytest.mark.parametrize(
    "what", ["hold", "cancel", "requeue", "transfer", "ticket", "pause", "leave", "issue", "why"]
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_dialog_opens_in_both_languages(house: House, desk: Desk, what: str, language: str) -> None:
    desk.client.cookies["servicehall_language"] = language
    ticket = house.issue(priority="elderly", note="灯")
    desk.act("next")
    answer = desk.get(f"ask/{what}", ticket=str(ticket.pk))
    assert answer.status_code == 200
    assert 'id="ask-title"' in answer.content.decode()


def test_a_part_that_is_fresh_is_not_sent_again(house: House, desk: Desk) -> None:
    house.issue()
    text = desk.page()
    seen = re.findall(r'hx-get="(/desk/[^"]+seen=[^"]+)"', text)
    for address in seen:
        assert (
            desk.client.get(address.replace("&amp;", "&"), headers={"hx-request": "true"}).status_code == 204
        )
    assert len(seen) == 2
    house.issue()
    now, queue = (
        desk.client.get(a.replace("&amp;", "&"), headers={"hx-request": "true"}).status_code for a in seen
    )
    assert (now, queue) == (204, 200)  # another waits, but the counter's own part is the same


def test_the_lists_bring_the_next_customer_along(house: House, desk: Desk) -> None:
    house.issue()
    text = desk.get("queue", seen="0").content.decode()
    assert 'id="next-up" hx-swap-oob="true"' in text


def test_a_counter_that_somebody_closed_says_so(house: House, desk: Desk) -> None:
    actions.sign_out(site_id=house.site_id, counter_id=desk.counter, by=house.actor("sue"))
    text = desk.page()
    assert mode(text) == "closed"
    assert "Sign in to this counter" in text


def test_the_screen_takes_as_many_queries_for_300_waiting_as_for_one(house: House, desk: Desk) -> None:
    house.issue()
    desk.page()
    asked: dict[str, Callable[[], object]] = {
        "page": desk.page,
        "now": lambda: desk.get("now"),
        **{
            tab: partial(desk.get, "queue", tab=tab) for tab in ("next", "services", "mine", "held", "missed")
        },
        "why": lambda: desk.get("ask/why"),
        "issue": lambda: desk.get("ask/issue"),
        "find": lambda: desk.get("ask/find", number="A999"),
        "counters": lambda: desk.client.get("/desk/mall/counters"),
    }
    few = {name: queries_of(ask) for name, ask in asked.items()}
    for n in range(300):
        house.issue(("enquiries", "returns")[n % 2], ago=n, priority=("walk-in", "elderly")[n % 3 == 0])
    assert {name: queries_of(ask) for name, ask in asked.items()} == few
    assert few["page"] <= 26
    Ticket.objects.update(state="cancelled")
    assert queries_of(desk.page) <= few["page"]


def test_the_screen_takes_as_many_queries_with_many_held_and_missed(house: House, desk: Desk) -> None:
    def aside(count: int, state: str) -> None:
        for _n in range(count):
            house.issue()
        ids = list(Ticket.objects.filter(state="waiting").values_list("pk", flat=True)[:count])
        Ticket.objects.filter(pk__in=ids).update(
            state=state, counter=desk.counter, staff=house.actor("anna").id, ended_at=clock.now()
        )

    for state in ("held", "no_show"):
        aside(1, state)
    tabs = ("held", "missed")
    desk.page()
    few = {tab: queries_of(partial(desk.get, "queue", tab=tab)) for tab in tabs}
    for state in ("held", "no_show"):
        aside(80, state)
    assert {tab: queries_of(partial(desk.get, "queue", tab=tab)) for tab in tabs} == few
