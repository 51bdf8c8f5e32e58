"""The load watch in Chromium: a proposal comes by itself, is accepted by keyboard, and axe finds nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from servicehall.kernel import clock
from servicehall.rooms.diversion import actions
from tests.channels.ops.watching import Screens
from tests.chromium import violations
from tests.hall import catch_up
from tests.rooms.diversion.loaded import fill, lends, served_by

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


def test_a_proposal_comes_by_itself_and_is_accepted_by_keyboard(screens: Screens) -> None:
    halls = screens.set_up()
    lends(halls.mall, mode="proposed", hold_minutes=0)
    page = screens.open("/ops/mall/load", who="supervisor")
    page.locator("html[data-live-state=online]").wait_for(state="attached")
    fill(halls.mall, 3, at=clock.now() - timedelta(minutes=1))
    actions.watch_site(halls.mall.id)
    catch_up()
    accept = page.locator("[id^=accept-]")
    expect(accept).to_be_visible(timeout=20_000)
    assert violations(page) == []
    accept.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[id^=undo-]")).to_be_visible(timeout=20_000)
    assert "loan" in served_by(halls.mall)
    # The form shows what the chosen action needs, and nothing else.
    form = screens.open("/ops/mall/load/rules/add", language="zh-Hans")
    form.locator("[name=action]").select_option("counter-services")
    expect(form.locator("#id_stages")).to_be_visible()
    expect(form.locator("[name=notice_zh]")).to_be_hidden()
    assert violations(form) == []
    assert screens.complaints == []
