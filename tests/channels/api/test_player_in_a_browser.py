"""The reference player, a file of its own: it plays a service from the list to its number, in both languages."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

PLAYER = Path(__file__).parents[3] / "docs" / "player.html"


@pytest.mark.one_database
def test_its_own_policy_lets_in_its_script_and_style_and_nothing_else() -> None:
    text = PLAYER.read_text(encoding="utf-8")
    for tag in ("script", "style"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in text, f"{tag}-src 'sha256-{digest}'"
    assert "default-src 'none'" in text
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|eval\(|\sstyle=|\son\w+=\"", text)


@pytest.fixture
def page(live_server: LiveServer, chromium: Browser, settings: Any) -> Iterator[Page]:
    """The file, opened as one, at a hall where losses are reported."""
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.customers import actions as customers
    from servicehall.rooms.queueing import configuration
    from servicehall.rooms.services import actions, queries
    from tests.channels.api.conftest import place
    from tests.hall import text

    settings.API_ORIGINS = ["null"]
    mall = place("mall")
    organisation = mall.hall.site.region.organisation_id
    customers.add_purpose(
        organisation_id=organisation, slug="service", titles=text("Service", "服务"), texts=text("Why.", "用途。"),
        uses=["name", "phone", "email", "words"], basis="service", by=SYSTEM,
    )  # fmt: skip
    actions.publish_text(organisation_id=organisation, text=queries.samples()["report-loss"], by=SYSTEM)
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    tab = context.new_page()
    faults: list[str] = []
    tab.on("pageerror", lambda fault: faults.append(str(fault)))
    hall = live_server.url.replace("localhost", "127.0.0.1")
    tab.goto(f"{PLAYER.as_uri()}#hall={hall}&site=mall&token={mall.tokens['kiosk']}&language=en")
    yield tab
    context.close()
    configuration.forget()
    assert faults == []


@pytest.mark.browser
def test_a_loss_is_reported_with_it(page: Page) -> None:
    from playwright.sync_api import expect

    from servicehall.rooms.services.models import Instance, Task
    from tests.chromium import violations

    heading = page.locator("h1")
    page.get_by_role("button", name="Report a loss").click()
    expect(heading).to_have_text("What did you lose?")
    expect(page.get_by_text("Step 1 of 3")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("false")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Please look at this again")).to_be_visible()
    expect(page.locator("fieldset.wrong .error")).to_have_text("Please fill this in.")
    page.get_by_label("Keys", exact=True).check()
    page.get_by_label("Colour, brand").fill("A red ribbon")
    assert violations(page) == []
    page.get_by_role("button", name="Continue").click()
    expect(heading).to_have_text("How do we reach you?")
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("Keys", exact=True)).to_be_checked()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Phone number").fill("12")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".error")).to_contain_text("This is no phone number.")
    expect(page.get_by_label("Phone number")).to_have_value("12")
    page.get_by_label("Phone number").fill("138 0013 8000")
    page.get_by_role("button", name="Continue").click()
    expect(heading).to_have_text("Is this right?")
    expect(page.locator("dl")).to_contain_text("A red ribbon")
    page.get_by_role("button", name="中文").click()
    expect(heading).to_have_text("请核对")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    assert violations(page) == []
    page.get_by_role("button", name="提交").click()
    expect(heading).to_have_text("已登记，我们会尽快查找")
    expect(page.get_by_text(Task.objects.get().number)).to_be_visible()
    assert Instance.objects.get().state == "ended"
    page.get_by_role("button", name="返回业务列表").click()
    expect(page.get_by_role("button", name="遗失登记")).to_be_visible()
    expect(page.locator(".note")).to_have_count(0)


@pytest.mark.browser
def test_an_old_screen_goes_on_where_it_is_and_a_person_takes_over(page: Page) -> None:
    from playwright.sync_api import expect

    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.services import actions
    from servicehall.rooms.services.models import Instance

    page.get_by_role("button", name="Report a loss").click()
    expect(page.locator("h1")).to_have_text("What did you lose?")
    found = Instance.objects.get()
    actions.submit(
        instance_id=found.pk,
        step="thing",
        revision=0,
        answer={"kind": "keys", "day": "2026-11-25"},
        by=SYSTEM,
    )
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("h1")).to_have_text("How do we reach you?")
    expect(page.get_by_text("This has gone on meanwhile")).to_be_visible()
    page.get_by_role("button", name="A person, please").click()
    expect(page.get_by_text("Our staff take care of it now.")).to_be_visible()


@pytest.mark.browser
def test_files_a_signature_and_a_time_are_brought_with_it(page: Page) -> None:
    from playwright.sync_api import FilePayload, expect

    from servicehall.rooms.hall.models import Organisation
    from servicehall.rooms.services.models import Instance
    from tests.chromium import violations
    from tests.pictures import picture
    from tests.rooms.services.repair import work, workshop

    with workshop(Organisation.objects.get().pk):
        page.reload()
        page.get_by_role("button", name="Have something repaired").click()
        page.get_by_label("Number of the machine").fill("M-1")
        photos = page.get_by_role("group", name="Photos")
        chooser = photos.get_by_label("Choose a file or take a photo")
        chooser.set_input_files(FilePayload(name="a.png", mimeType="image/png", buffer=b"no picture"))
        expect(photos.get_by_role("alert")).to_contain_text("a.png")
        chooser.set_input_files(FilePayload(name="a.png", mimeType="image/png", buffer=picture()))
        expect(photos.get_by_label("File 1")).to_be_checked()
        page.get_by_label("Your name").fill("Wang Fang")
        page.get_by_role("button", name="Continue").click()
        expect(page.locator(".error", has_text="Say yes")).to_be_visible()
        expect(page.get_by_label("File 1")).to_be_checked()
        page.get_by_label("My typed name").check()
        assert violations(page) == []
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("One moment, please")).to_be_visible()
        work()
        days = page.get_by_role("group", name="Day").get_by_role("button")
        expect(days.first).to_have_attribute("aria-current", "date")
        days.nth(1).click()
        expect(page.get_by_text("One moment, please")).to_be_visible()
        work()
        expect(days.nth(1)).to_have_attribute("aria-current", "date")
        assert violations(page) == []
        page.get_by_role("group", name="Time").get_by_role("button").first.click()
        expect(page.get_by_text("One moment, please")).to_be_visible()
        work()
        expect(page.locator("h1")).to_have_text("Right?")
        expect(page.locator("dl")).to_contain_text("1 photo")
        page.get_by_role("button", name="Yes, go on").click()
        expect(page.locator("h1")).to_contain_text("We come")
        assert Instance.objects.get().state == "ended"
