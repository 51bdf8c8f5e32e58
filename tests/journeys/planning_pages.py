"""Rows of the table of pages: the load watch, plans for special days and what-if in operations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page

from tests.journeys.cast import DESK, PHONE
from tests.journeys.rows import Row, click

SUPERVISOR, MANAGER = "mall-supervisor", "mall-manager"
LOAD = "/ops/mall/load"


def plan_a_day(page: Page) -> None:
    page.fill("#name", "Usual")
    page.click(".ops-form [type=submit]")
    page.locator(".what-if-sheet").wait_for()


def use_on_dates(page: Page) -> None:
    plan_a_day(page)
    page.locator("a[href$='/use']").click()
    page.locator("#use-left").wait_for()


def plan_longer_hours(page: Page) -> None:
    coming = (datetime.now(tz=UTC).date() + timedelta(days=30)).isoformat()
    for name, value in (("name_zh", "国庆"), ("first", coming), ("last", coming)):
        page.fill(f"[name={name}]", value)
    page.fill("[name=opens]", "08:00")
    page.fill("[name=closes]", "21:00")
    page.click(".load-form [type=submit]")
    page.locator("#plan-tries").wait_for()


PLANNING: list[Row] = [
    Row("ops:what-if", "/ops/mall/what-if", DESK, SUPERVISOR),
    Row("ops:what-if", "/ops/mall/what-if", PHONE, MANAGER, what="by phone"),
    Row("ops:what-if-plan", "/ops/mall/what-if", DESK, MANAGER, plan_a_day),
    Row("ops:what-if-use", "/ops/mall/what-if", DESK, MANAGER, use_on_dates),
    Row("ops:what-if-compare", "/ops/mall/what-if/compare", DESK, MANAGER, what="nothing chosen"),
    Row("ops:load", LOAD, DESK, MANAGER),
    Row("ops:load", LOAD, PHONE, SUPERVISOR, what="by phone"),
    Row("ops:load-rule-add", f"{LOAD}/rules/add", DESK, MANAGER),
    Row("ops:load-rule", LOAD, DESK, MANAGER, click("tbody th a", "h2")),
    Row("ops:load-rule-try", LOAD, DESK, MANAGER, click("a[href$='/try']", ".filters")),
    Row("ops:load-plan-add", f"{LOAD}/plans/add", DESK, MANAGER),
    Row("ops:load-plan", f"{LOAD}/plans/add", DESK, MANAGER, plan_longer_hours),
]
