"""Plans for special days that cannot be scheduled say in the reader's language why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time

import pytest

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.diversion.models import Plan
from tests.channels.ops.watching import Halls
from tests.hall import minutes, text

LOAD = "/ops/mall/load"


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with clock.at(minutes(16)):
        yield


def test_days_that_clash_are_told_in_chinese_with_its_own_stops(halls: Halls) -> None:
    client = halls.as_("manager", language="zh-Hans")
    given = {
        "name_en": "Days",
        "first": "2026-10-01",
        "last": "2026-10-02",
        "opens": "10:00",
        "closes": "20:00",
    }
    told = ""
    for _plan in "12":
        client.post(f"{LOAD}/plans/add", given)
        draft = Plan.objects.get(state="draft")
        told = client.post(f"{LOAD}/plans/{draft.pk}/schedule", follow=True).content.decode()
    assert "2026-10-01、2026-10-02。" in told


def test_customers_who_are_booked_outside_of_a_plans_hours_are_told(halls: Halls) -> None:
    hall, client = halls.mall, halls.as_("manager")
    room = booking.add_resource(site_id=hall.id, slug="room", names=text("Room"), by=SYSTEM)
    booking.add_offer(site_id=hall.id, slug="visit", names=text("Visit"), needs=[[room]], by=SYSTEM)
    nine = clock.moment_of(date(2026, 3, 9), time(9), hall.site.timezone)
    held = booking.hold_time(site_id=hall.id, offer="visit", starts_at=nine, by=SYSTEM)
    booking.book(code=held.code, details=booking.Details("Li"), by=SYSTEM)
    days = {"first": "2026-03-09", "last": "2026-03-10", "opens": "10:00", "closes": "20:00"}
    client.post(f"{LOAD}/plans/add", {"name_en": "Fair", **days})
    path = f"{LOAD}/plans/{Plan.objects.get().pk}/schedule"
    told = client.post(path, follow=True).content.decode()
    assert "1 booking, on 2026-03-09 09:00" in told
    assert Plan.objects.get().state == "draft"
