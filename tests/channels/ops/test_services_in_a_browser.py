"""A service is written in Chromium: findings and completion in the text, two who write at once, the keyboard, axe."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.people.models import Staff
from servicehall.rooms.services import actions
from servicehall.rooms.services.models import Flow
from tests.channels.ops.test_services import OTHER, TEXT
from tests.channels.ops.watching import Halls, Screens
from tests.chromium import dress, violations
from tests.hall import make_hall
from tests.rooms.connectors.test_setup import chief_of

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
LEAVES = "() => dispatchEvent(new Event('beforeunload', { cancelable: true }))"
"""Whether the page can be left without a question."""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def checked(page: Page) -> None:
    """Wait until the text as it stands has been looked through."""
    expect(page.locator("#definition")).to_have_attribute("data-ready", "", timeout=30_000)
    expect(page.locator("#findings[data-checked]")).to_be_attached()


def put_caret(page: Page, line: int) -> None:
    page.locator(".cm-line").nth(line - 1).click()
    page.keyboard.press("End")


def test_a_definition_is_written(live_server: LiveServer, transactional_db: None, chromium: Browser) -> None:
    mall = make_hall("mall")
    chief = Staff.objects.get(pk=chief_of(mall.site).id)
    screens = Screens(live_server.url, chromium, halls=Halls(mall, mall, chief, {}))
    organisation = mall.site.region.organisation_id
    flow = actions.create_flow(organisation_id=organisation, slug="lost", text=TEXT, by=SYSTEM)
    actions.publish(flow_id=flow.pk, by=SYSTEM)
    path = f"/ops/mall/services/{flow.pk}"

    def draft() -> str:
        return Flow.objects.get(pk=flow.pk).draft

    try:
        page = screens.open(f"{path}/text", who="chief")
        checked(page)
        expect(page.locator("#check-state")).to_contain_text("Nothing is wrong")
        # A condition is written by what is offered: the name of the key, then what it may speak of.
        put_caret(page, 6)
        page.keyboard.type("\nwhen: giv")
        offered = page.locator(".cm-tooltip-autocomplete [role=option]", has_text="given.channel")
        offered.click()
        expect(page.locator(".cm-line").nth(6)).to_have_text("    when: given.channel")
        # It is no truth: said in the list and under the word, with its line; a press leads there.
        finding = page.locator("#findings li")
        expect(finding).to_contain_text("line 7, column 11")
        expect(page.locator(".cm-lintRange-error")).to_have_text("given.channel")
        expect(page.locator("#saved")).to_have_text("Not saved yet")
        assert page.evaluate(LEAVES) is False
        finding.get_by_role("button").click()
        expect(page.locator(".cm-content")).to_be_focused()
        page.keyboard.press("End")
        page.keyboard.type(' == "phone"')
        expect(page.locator("#findings li")).to_have_count(0)
        page.keyboard.press("Control+s")
        expect(page.locator("#saved")).to_have_text("Saved.")
        assert page.evaluate(LEAVES) is True
        written = draft()
        assert '    when: given.channel == "phone"\n' in written
        assert violations(page) == []
        # Escape, then Tab leaves the text.
        page.locator(".cm-content").focus()
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        expect(page.locator(".cm-content")).not_to_be_focused()
        # Somebody else saves: the same page goes on with both texts, and nothing of either is lost.
        put_caret(page, 3)
        page.keyboard.type("-x")
        actions.save_draft(flow_id=flow.pk, text=OTHER, number=2, by=SYSTEM)
        page.keyboard.press("Control+s")
        expect(page.get_by_text("Somebody else saved this draft meanwhile")).to_be_visible()
        checked(page)
        assert draft() == OTHER
        expect(page.locator(".ops-diff ins").first).to_be_visible()
        expect(page.locator(".cm-content")).to_contain_text("category: found-x")
        assert violations(page) == []
        page.get_by_role("button", name="Save the draft").click()
        expect(page.locator("#saved")).to_have_text("Saved.")
        assert draft() == written.replace("category: found", "category: found-x")
        # The bundle cannot be had: the plain field stays and is checked all the same.
        page.route("**/vendor/editor/**", lambda route: route.abort())
        page.reload()
        checked(page)
        page.locator("#text").fill(TEXT.replace("end: done", "end done"))
        expect(page.locator("#findings li")).not_to_have_count(0)
        screens.complaints.clear()
        screens.close()
        # All of it in the other language, light and dark, on a desk and on a phone.
        for address, size in (
            ("/ops/mall/services", (1440, 900)), (path, (390, 844)), (f"{path}/text", (1440, 900)),
            (f"{path}/compare", (1440, 900)), (f"{path}/publish", (1440, 900)),
        ):  # fmt: skip
            page = screens.open(address, who="chief", language="zh-Hans", size=size)
            if address.endswith("/text"):
                checked(page)
            assert violations(page) == [], address
            assert page.evaluate(WIDER) <= 0, address
            dress(page, theme="dark")
            assert violations(page, colours_only=True) == [], address
            screens.close()
        assert screens.complaints == []
    finally:
        screens.close()
