"""The load watch on the supervisor's page: a line, and one press."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.diversion import actions
from servicehall.rooms.diversion.models import Episode
from tests.channels.desk.house import Desk, House, both

Seat = Callable[..., Desk]


@pytest.fixture
def episode(house: House) -> Episode:
    """A rule that asks a supervisor for a counter has fired."""
    actions.add_rule(
        site_id=house.site_id,
        fields=actions.RuleFields(
            names=both("Many wait", "等候人多"),
            measure="waiting",
            threshold=2,
            over_at=0,
            hold_minutes=0,
            action="open-counter",
            counter=house.counters["3"],
        ),
        by=SYSTEM,
    )
    for _ in range(2):
        house.issue()
    actions.watch_site(house.site_id)
    return Episode.objects.get()


def act(desk: Desk, name: str, episode: Episode, key: str = "") -> Any:
    return desk.client.post(
        f"/desk/mall/queue/do/{name}",
        {"idempotency_key": key or str(uuid4()), "episode": str(episode.pk)},
        headers={"hx-request": "true"},
    )


def page(desk: Desk) -> str:
    return str(desk.client.get("/desk/mall/queue").content.decode())


def test_a_proposal_is_accepted_and_undone(house: House, seat: Seat, episode: Episode) -> None:
    sue = seat("sue", "3", sit=False)
    assert "load-accept" in page(sue)
    answer = act(sue, "load-accept", episode)
    assert answer.status_code == 200
    assert "load-undo" in answer.content.decode()
    episode.refresh_from_db()
    assert episode.state == "running"
    act(sue, "load-undo", episode)
    episode.refresh_from_db()
    assert episode.state == "undone"
    assert "load-undo" not in page(sue)


def test_a_second_press_acts_once_and_a_late_one_is_told(house: House, seat: Seat, episode: Episode) -> None:
    sue = seat("sue", "3", sit=False)
    key = str(uuid4())
    assert [act(sue, "load-dismiss", episode, key).status_code for _ in range(2)] == [200, 200]
    assert act(sue, "load-accept", episode).status_code == 409
    episode.refresh_from_db()
    assert episode.state == "dismissed"


def test_the_line_goes_when_the_load_is_over(house: House, seat: Seat, episode: Episode) -> None:
    sue = seat("sue", "3", sit=False)
    rule = episode.rule_id
    actions.switch_rule(
        rule, site_id=house.site_id, is_active=False, by=SYSTEM, at=clock.now() + timedelta(minutes=1)
    )
    assert "load-accept" not in page(sue)


def test_who_is_asked_by_name_reads_it_where_a_counter_is_chosen(
    house: House, seat: Seat, episode: Episode
) -> None:
    anna, sue = seat("anna", "1", sit=False), seat("sue", "3", sit=False)
    episode.rule.staff_id = house.actor("anna").id
    episode.rule.save()
    words = "You are asked to open"
    assert words not in anna.client.get("/desk/mall/counters").content.decode()
    act(sue, "load-accept", episode)
    assert words in anna.client.get("/desk/mall/counters").content.decode()
    assert words not in sue.client.get("/desk/mall/counters").content.decode()


def test_extra_staff_of_a_plan_stand_where_counters_are_chosen_and_on_the_supervisors_page(
    house: House, seat: Seat
) -> None:
    anna, sue = seat("anna", "1", sit=False), seat("sue", "3", sit=False)
    today = clock.local(clock.now(), house.site().timezone).date()
    nearly_a_day: dict[str, Any] = {"from_time": time(0, 31), "to_time": time(0, 30)}
    fields = actions.PlanFields(
        both("Holiday", "节假日"),
        today,
        today,
        shifts=[
            actions.ShiftWanted(staff=house.actor("anna").id, label="2", **nearly_a_day),
            actions.ShiftWanted(label="3", **nearly_a_day),
        ],
    )
    plan = actions.add_plan(site_id=house.site_id, fields=fields, by=SYSTEM)
    actions.schedule_plan(plan.pk, site_id=house.site_id, by=SYSTEM)
    actions.apply_plan(plan.pk, site_id=house.site_id)

    def choice(desk: Desk) -> str:
        return str(desk.client.get("/desk/mall/counters").content.decode())

    assert "You are planned at counter 2" in choice(anna)
    assert "One more is wanted at counter 3" in choice(anna)
    assert "counter 2" not in choice(sue)
    assert "Anna Meyer · counter 2" in page(sue)
    assert "One more is wanted at counter 3" in page(sue)
    actions.take_back_plan(plan.pk, site_id=house.site_id)
    assert "Holiday" not in choice(anna)
    assert "Holiday" not in page(sue)
