"""Operations in Chromium: live without a reload, quiet for axe in both languages and themes, on paper."""

from __future__ import annotations

from datetime import timedelta

import pytest

from servicehall.kernel import clock
from servicehall.rooms.queueing import actions
from tests.channels.ops.watching import Screens
from tests.chromium import dress, violations
from tests.hall import catch_up

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


def test_figures_change_by_themselves_at_most_once_a_second(screens: Screens) -> None:
    halls = screens.set_up()
    page = screens.open("/ops/mall")
    page.locator("html[data-live-state=online]").wait_for(state="attached")
    page.evaluate("window.same = true")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "x-parts" in r.headers else None)
    for n in range(20):
        halls.mall.issue(at=clock.now() - timedelta(seconds=20 - n))
    catch_up()
    page.wait_for_function(
        "() => [...document.querySelectorAll('#part-tiles .stat-value')].some((e) => e.textContent === '22')"
    )
    page.wait_for_timeout(2500)
    # One page all the time, and twenty events were a few requests.
    assert page.evaluate("window.same") is True
    assert 1 <= len(asked) <= 5
    assert screens.complaints == []


def test_a_refresh_leaves_focus_and_open_tables_alone(screens: Screens) -> None:
    halls = screens.set_up()
    page = screens.open("/ops/mall")
    page.locator("html[data-live-state=online]").wait_for(state="attached")
    page.locator("#part-hours summary").click()
    link = page.locator("#part-services tbody a").first
    link.focus()
    before = page.locator("#part-services").get_attribute("data-version")
    ticket = halls.mall.next(at=clock.now())
    actions.start(ticket_id=ticket.pk, by=halls.mall.actors["agent"])
    catch_up()
    page.wait_for_function(
        "(before) => document.getElementById('part-services').dataset.version !== before",
        arg=before,
        timeout=10_000,
    )
    assert page.evaluate("document.activeElement.getAttribute('href')") == link.get_attribute("href")
    halls.mall.issue(at=clock.now())
    catch_up()
    page.wait_for_timeout(2500)
    assert page.locator("#part-hours details").evaluate("d => d.open") is True
    assert page.locator("#part-hours .chart-plot svg").count() == 2
    # Numbers beside a small chart do not touch.
    crowded = """() => [...document.querySelectorAll("#part-hours .chart-plot svg")].flatMap((drawing) => {
      const boxes = [...drawing.querySelectorAll("text[text-anchor=end]")].map((t) => t.getBoundingClientRect());
      boxes.sort((a, b) => b.y - a.y);
      return boxes.slice(1).filter((box, i) => boxes[i].y - box.y < 1.25 * 0.78 * 16);
    }).length"""
    assert page.evaluate(crowded) == 0
    assert screens.complaints == []


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_axe_finds_nothing(screens: Screens, language: str) -> None:
    halls = screens.set_up()
    for path, who, size in (
        ("/ops", "chief", (1440, 900)),
        ("/ops/mall", "manager", (1440, 900)),
        ("/ops/mall", "manager", (390, 844)),
        ("/ops/bank", "chief", (1024, 768)),
        ("/ops/mall/tickets", "supervisor", (1440, 900)),
        (f"/ops/mall/tickets/{halls.tickets['served'].pk}", "supervisor", (1440, 900)),
        ("/ops/evidence", "chief", (1440, 900)),
        ("/ops/evidence", "manager", (390, 844)),
    ):
        page = screens.open(path, who=who, language=language, size=size)
        page.wait_for_timeout(600)
        assert violations(page) == [], (path, size)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, size)
        dress(page, theme="dark")
        page.wait_for_timeout(200)  # charts take the new colours
        assert violations(page, colours_only=True) == [], (path, size, "dark")
        screens.close()
    assert screens.complaints == []


def test_the_export_dialog_takes_two_days_and_a_choice(screens: Screens) -> None:
    screens.set_up()
    page = screens.open("/ops/mall")
    page.locator("[data-dialog-open=ops-export]").click()
    assert violations(page) == []
    page.get_by_role("button", name="Tickets").click()
    page.locator("[name=step_up_password]").fill("a long enough password")
    assert violations(page) == []
    with page.expect_download() as file:
        page.keyboard.press("Enter")
    assert file.value.suggested_filename.startswith("mall-tickets-")


def test_on_paper_everything_is_light_and_whole(screens: Screens) -> None:
    screens.set_up()
    page = screens.open("/ops/mall", theme="dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".staff-bar").is_hidden()
    assert page.locator("#part-hours details").evaluate("d => d.open") is True
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
