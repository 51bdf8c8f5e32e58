"""A draft's texts changed in a form while its preview is open beside, and all views of trying out, in Chromium."""

from __future__ import annotations

import pytest

from servicehall.rooms.services import queries
from tests.channels.ops.test_trying_services import TEXT, flow_of
from tests.channels.ops.watching import Screens
from tests.chromium import dress, violations
from tests.rooms.services.test_rehearsing import TIMES

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


def test_a_text_changes_in_a_form_and_the_preview_beside_follows(screens: Screens) -> None:
    halls = screens.set_up()
    flow = flow_of(halls, TEXT, "trial")
    base = f"/ops/mall/services/{flow.pk}"
    preview = screens.open(f"{base}/preview?step=order&language=en", who="chief")
    phone = preview.frame_locator(".preview-phone iframe")
    phone.get_by_role("heading", name="How many?").wait_for()
    assert violations(preview) == []
    page = screens.open(f"{base}/forms", who="chief")
    page.get_by_label("Title, English").nth(1).fill("How many do you need?")
    page.get_by_role("button", name="Save the draft").click()
    page.get_by_text("The draft was saved.").wait_for()
    phone.get_by_role("heading", name="How many do you need?").wait_for()
    kiosk = preview.frame_locator(".preview-kiosk iframe")
    kiosk.get_by_role("heading", name="How many do you need?").wait_for()
    assert violations(page) == []
    page.goto(f"{screens.address}{base}/diagram")
    for theme in ("light", "dark"):
        dress(page, theme=theme)
        assert violations(page) == []
    page.goto(f"{screens.address}{base}/try")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Small").click()
    page.get_by_label("Pieces").fill("3")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Go on", exact=True).wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Made up to the end").click()
    page.get_by_label("Keep this run as").fill("Three small ones")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.locator(".trial-runs strong", has_text="Three small ones").wait_for()
    flow.refresh_from_db()
    (kept,) = queries.outcomes_of_runs(flow, flow.draft)
    assert (kept.holds, kept.run.ends) == (True, "done")
    assert screens.complaints == []


def test_a_time_is_taken_in_a_test_run_and_seen_in_the_preview(screens: Screens) -> None:
    halls = screens.set_up()
    flow = flow_of(halls, TIMES, "times")
    base = f"/ops/mall/services/{flow.pk}"
    preview = screens.open(f"{base}/preview?step=slot&language=en", who="chief")
    preview.frame_locator(".preview-phone iframe").get_by_role("button", name="10:00").wait_for()
    assert violations(preview) == []
    page = screens.open(f"{base}/try", who="chief")
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("“hall” is asked for “times”").first.wait_for()
    page.get_by_role("button", name="Go on", exact=True).click()
    page.get_by_role("button", name="10:00").wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="10:00").click()
    page.locator("[name='q.code']").wait_for()
    page.get_by_role("button", name="Made up to the end").click()
    page.get_by_text("It ends at “done”").wait_for()
    assert violations(page) == []
    assert screens.complaints == []
