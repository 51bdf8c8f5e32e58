"""What if in Chromium: a plan is changed by hand, tried out while one looks on, and compared; quiet for axe."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from servicehall.rooms.simulation.actions import planning
from servicehall.rooms.simulation.models import DayPlan
from tests.channels.ops.watching import Screens
from tests.chromium import violations
from tests.rooms.simulation.plans import document

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


def test_a_plan_is_changed_tried_out_and_compared(screens: Screens) -> None:
    halls = screens.set_up()
    manager = halls.mall.actors["manager"]
    names = {"names": {"en": "Consult", "zh-Hans": "咨询"}}
    made = document(opening=[{"from": "09:00", "to": "13:00"}])
    made["services"]["consult"] |= names
    plan = planning.add_plan(site_id=halls.mall.id, name="One counter", document=made, by=manager)
    planning.ask_plan(plan.pk, site_id=halls.mall.id, days=3, seed=1, by=manager)
    assert planning.try_next()
    page = screens.open("/ops/mall/what-if")
    page.get_by_role("link", name="One counter").click()
    page.locator(".chart-plot svg").first.wait_for()
    look(page, "plan")
    page.get_by_role("button", name="Copy").click()
    page.locator(".empty-title").wait_for()
    page.get_by_label("Name", exact=True).fill("Longer")
    page.get_by_label("Counter 1, 12 o’clock").focus()
    page.keyboard.press("Space")
    page.get_by_label("Days").fill("3")
    page.get_by_role("button", name="Save and try out").click()
    page.locator("#what-if-progress").wait_for()
    look(page, "trying")
    assert planning.try_next()
    page.locator(".chart-plot svg").first.wait_for()
    for language in ("en", "zh-Hans"):
        page = screens.open("/ops/mall/what-if", language=language)
        look(page, f"list-{language}")
        for box in page.locator("[name=plan]").all():
            box.check()
        page.locator("form[action$=compare] [type=submit]").click()
        page.locator(".chart-plot svg").first.wait_for()
        look(page, f"compare-{language}")
        page.locator("thead a").first.click()
        page.locator(".what-if-sheet").wait_for()
        look(page, f"plan-{language}")
    longer = DayPlan.objects.get(name="Longer")
    assert longer.document["roster"] == [{"counter": "1", "from": "09:00", "to": "13:00"}]
    page = screens.open("/ops/mall/what-if")
    page.locator(".ops-more summary").click()
    page.locator("#what-if-file").set_input_files(
        {"name": "plan.json", "mimeType": "application/json", "buffer": json.dumps(longer.document).encode()}
    )
    page.wait_for_function("document.querySelector('#text').value.includes('Longer')")
    look(page, "file")
    page.locator("form.ops-form [type=submit]").click()
    page.locator(".what-if-sheet").wait_for()
    assert DayPlan.objects.filter(name="Longer").count() == 2
    assert screens.complaints == []


def look(page: Page, name: str) -> None:
    """Nothing for axe to say; with SERVICEHALL_PICTURES, a picture to look at."""
    if folder := os.environ.get("SERVICEHALL_PICTURES"):
        page.screenshot(path=Path(folder) / f"what-if-{name}.png", full_page=True)
    assert violations(page) == [], name
