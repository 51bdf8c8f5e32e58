"""Taking a ticket over the API, and everything that can stand in the way."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from tests.channels.api.speaking import Place, World


def test_a_ticket_is_answered_whole(mall: Place) -> None:
    answer = mall.api("kiosk").post(
        "/sites/mall/tickets", {"service": "consult", "priority": "elderly", "language": "zh-Hans"}
    )
    ticket = answer.json
    assert answer.status == 201
    assert answer.headers["Location"] == f"/api/v1/tickets/{ticket['id']}"
    assert list(ticket)[:6] == ["id", "code", "number", "state", "site", "service"]
    assert (ticket["number"], ticket["state"], ticket["people_ahead"]) == ("A001", "waiting", 0)
    assert ticket["site"]["slug"] == "mall"
    assert ticket["service"]["names"] == {"en": "Consult", "zh-Hans": "咨询"}
    assert (ticket["stage_position"], ticket["stage_count"]) == (1, 1)
    assert ticket["channel"] == "api"
    assert ticket["joined_at"].endswith("+00:00")
    assert mall.api("kiosk").get(answer.headers["Location"]).json["id"] == ticket["id"]


def test_people_ahead_and_the_wait_are_told_at_once(mall: Place) -> None:
    mall.open()
    for _ in range(3):
        mall.take()
    ticket = mall.take()
    assert ticket["people_ahead"] == 3
    low, high = ticket["wait_minutes"]
    assert 0 <= low < high
    ahead_of_all = mall.take(priority="vip")
    assert ahead_of_all["people_ahead"] == 4  # an ordinary head start: behind those who came before
    assert mall.take(priority="elderly")["people_ahead"] == 0  # ten points on arrival


def test_a_service_is_named_by_short_name_or_id(mall: Place) -> None:
    by_id = mall.take(str(mall.hall.services["refund"].pk))
    assert by_id["service"]["slug"] == "refund"
    assert (by_id["number"], by_id["stage_count"]) == ("B001", 2)


def _close_hall(mall: Place) -> None:
    from servicehall.rooms.hall.actions import touch
    from servicehall.rooms.hall.models import OpeningHours

    OpeningHours.objects.filter(site=mall.hall.site).delete()
    touch(mall.hall.id)


def _fill(mall: Place, **limits: int) -> None:
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.hall.actions import save_setup

    service = mall.hall.services["consult"]
    for name, value in limits.items():
        setattr(service, name, value)
    save_setup(service, by=SYSTEM)


def test_a_closed_hall_says_when_it_opens(mall: Place) -> None:
    _close_hall(mall)
    refused = mall.api("kiosk").post("/sites/mall/tickets", {"service": "consult"})
    assert (refused.status, refused.kind, refused.json["opens_at"]) == (409, "hall-closed", None)
    assert mall.take(role="integration")["state"] == "waiting"  # supervisors may let somebody in


def test_a_service_closed_for_today_takes_nobody_until_reopened(mall: Place) -> None:
    manager = mall.api("manager")
    assert manager.post("/sites/mall/services/consult/close").json["state"] == "closed"
    assert mall.api("desk").post("/sites/mall/tickets", {"service": "consult"}).kind == "service-closed"
    assert manager.post("/sites/mall/services/consult/close").status == 200  # twice changes nothing more
    assert manager.post("/sites/mall/services/consult/reopen").json["state"] == "open"
    mall.take()


def test_limits_of_waiting_and_of_the_day(mall: Place) -> None:
    _fill(mall, max_waiting=1)
    mall.take()
    full = mall.api("desk").post("/sites/mall/tickets", {"service": "consult"})
    assert (full.kind, full.json["limit"], full.json["most"]) == ("service-full", "waiting", 1)
    assert mall.api().get("/sites/mall/services").json["items"][0]["state"] == "full"
    _fill(mall, max_waiting=50, daily_limit=1)
    day = mall.api("desk").post("/sites/mall/tickets", {"service": "consult"})
    assert (day.kind, day.json["limit"]) == ("service-full", "day")


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"service": "nothing"}, "UnknownService"),
        ({"service": "consult", "priority": "king"}, "PriorityNotOffered"),
        ({}, "BadInput"),
    ],
)
@pytest.mark.parametrize(("asked", "used"), [("", "en"), ("zh-CN,zh;q=0.9", "zh-Hans"), ("fr", "en")])
def test_refusals_say_why_and_what_next_in_the_readers_language(
    mall: Place, body: dict[str, Any], name: str, asked: str, used: str
) -> None:
    from servicehall.kernel import errors
    from servicehall.rooms.queueing import actions

    refusal = getattr(actions, name, None) or getattr(errors, name)
    refused = mall.api("desk", asked).post("/sites/mall/tickets", body)
    assert (refused.status, refused.kind) == (refusal.status, refusal.kind)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Content-Language"] == used
    assert refused.json["instance"] == "/api/v1/sites/mall/tickets"
    with translation.override(used.lower()):
        assert (refused.json["title"], refused.json["advice"]) == (str(refusal.title), str(refusal.advice))
    assert mall.api("integration").get("/sites/mall/tickets").json["items"] == []


def test_customers_may_not_choose_a_class_that_staff_give(mall: Place) -> None:
    refused = mall.api("kiosk").post("/sites/mall/tickets", {"service": "consult", "priority": "vip"})
    assert (refused.kind, refused.json["offered"]) == ("priority-not-offered", ["elderly"])
    assert mall.take(priority="vip", role="desk")["priority"] == "vip"


def test_a_day_on_which_the_clock_is_moved_loses_no_ticket(world: World) -> None:
    trial = world.trial
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.hall.actions import save_setup

    trial.hall.site.timezone = "Europe/Berlin"
    save_setup(trial.hall.site, by=SYSTEM)
    api = trial.api("integration")
    # 2026-10-25: 03:00 CEST becomes 02:00 CET; the hour from two to three exists twice.
    numbers = []
    for moment in ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T23:30:00+01:00"):
        answer = api.post("/sites/trial/tickets", {"service": "consult"}, Servicehall_Time=moment)
        assert answer.status == 201, answer.json
        assert answer.json["day"] == "2026-10-25"
        numbers.append(answer.json["number"])
    assert numbers == ["A001", "A002", "A003"]
