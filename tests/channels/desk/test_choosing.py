"""Choosing a hall and a counter."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

from servicehall.rooms.queueing import actions
from tests.channels.desk.house import Desk, House

Seat = Callable[..., Desk]


def tiles(text: str) -> dict[str, str]:
    """Label → kind of each tile (free, taken, paused, mine)."""
    return {
        label: kind
        for kind, label in re.findall(r'seat-tile seat-(\w+)".*?seat-label">([^<]+)<', text, re.DOTALL)
    }


def test_the_counters_of_ones_hall_are_shown_with_who_is_there(house: House, seat: Seat) -> None:
    ben = house.sit("ben", "2")
    house.sit("sue", "3")
    actions.pause(site_id=house.site_id, counter_id=house.counters["3"], by=house.actor("sue"))
    text = seat("anna", sit=False).client.get("/desk").content.decode()
    assert tiles(text) == {"1": "free", "2": "taken", "3": "paused"}
    assert ben.name in text
    assert "Counter 9" not in text


def test_counters_are_filtered_by_zone(house: House, seat: Seat) -> None:
    client = seat("anna", sit=False).client
    assert tiles(client.get("/desk/mall/counters?zone=private").content.decode()) == {"3": "free"}
    assert set(tiles(client.get("/desk/mall/counters?zone=nowhere").content.decode())) == {"1", "2", "3"}


def test_one_sits_down_and_comes_back_to_the_same_counter(house: House, seat: Seat) -> None:
    anna = seat("anna", "2", sit=False)
    response = anna.client.post(f"/desk/{anna.counter}/in")
    assert response["Location"] == f"/desk/{anna.counter}"
    assert house.seat("2") == "open"
    assert anna.client.get("/desk")["Location"] == f"/desk/{anna.counter}"
    anna.act("leave")
    text = anna.client.get("/desk").content.decode()
    assert list(tiles(text)) == ["2", "1", "3"]
    assert "This computer&#x27;s counter" in text or "This computer's counter" in text


def test_two_members_of_staff_cannot_have_the_same_counter(house: House, seat: Seat) -> None:
    house.sit("ben", "1")
    anna = seat("anna", sit=False)
    response = anna.client.post(f"/desk/{anna.counter}/in", follow=True)
    assert response.redirect_chain == [("/desk/mall/counters", 302)]
    assert "Somebody else is signed in to this counter" in response.content.decode()


def test_a_counter_of_another_hall_is_not_there(house: House, seat: Seat) -> None:
    anna = seat("anna", "9", sit=False)
    assert anna.client.post(f"/desk/{anna.counter}/in").status_code == 404
    assert anna.client.get(f"/desk/{anna.counter}").status_code == 404
    assert anna.get("now").status_code == 404
    assert anna.get("queue").status_code == 404
    assert anna.get("ask/issue").status_code == 404
    assert anna.act("next").status_code == 404
    assert anna.client.get("/desk/bank/counters").status_code == 404
    assert anna.client.get("/desk/bank/queue").status_code == 404
    assert anna.client.get(f"/desk/{uuid4()}").status_code == 404


def test_who_works_in_several_halls_chooses_one_and_it_is_kept(house: House, seat: Seat) -> None:
    mira = seat("mira", sit=False)
    text = mira.client.get("/desk").content.decode()
    assert "Which hall do you work in today?" in text
    assert "/desk/mall/counters" in text
    assert "/desk/bank/counters" in text
    mira.client.get("/desk/bank/counters")
    assert set(tiles(mira.client.get("/desk").content.decode())) == {"9"}
    assert "/desk/halls" in mira.client.get("/desk").content.decode()
    assert "Mall Service Hall" in mira.client.get("/desk/halls").content.decode()


def test_who_has_no_role_is_told_so(house: House, seat: Seat) -> None:
    response = seat("nora", sit=False).client.get("/desk")
    assert response.status_code == 403
    assert "You do not work in any hall yet" in response.content.decode()


def test_the_choice_is_in_both_languages(house: House, seat: Seat) -> None:
    ben = seat("ben", sit=False)
    ben.client.cookies["servicehall_language"] = "zh-hans"
    text = ben.client.get("/desk").content.decode()
    assert "您在哪个窗口？" in text
    assert "1 号窗口" in text


def test_leaving_frees_the_counter_unless_a_customer_is_there(house: House, desk: Desk) -> None:
    house.issue()
    desk.act("next")
    refused = desk.act("leave")
    assert refused.status_code == 409
    assert house.seat("1") == "open"
    desk.act("no-show", desk.current())
    left = desk.act("leave")
    assert left["HX-Redirect"] == "/desk/mall/counters"
    assert house.seat("1") == "closed"
