"""A customer's passkey in Chromium with a virtual authenticator: made on one's own page, it signs in alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from servicehall.kernel.models import Event
from tests.chromium import violations
from tests.hall import make_hall
from tests.rooms.customers.counter import NUMBER, code_for

pytestmark = [pytest.mark.browser, pytest.mark.one_database, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("SERVICEHALL_PICTURES", "")
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_passkey_is_made_and_signs_in_without_a_code(chromium: Browser, live_server: LiveServer) -> None:
    hall = make_hall()
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", base_url=live_server.url
    )
    page = context.new_page()
    faults: list[Any] = []
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    def look(name: str) -> None:
        faults.extend((name, fault) for fault in violations(page))
        if PICTURES:
            page.screenshot(path=Path(PICTURES) / f"{name}.zh-Hans.png", full_page=True)

    page.goto("/me?hall=mall")
    look("me-sign-in-passkey")
    page.locator("#address").fill(NUMBER)
    page.locator("main form button[type=submit]").first.click()
    page.locator("#code").fill(code_for(hall))
    page.locator("main form button[type=submit]").first.click()
    page.locator("a[href='/me/passkeys']").click()
    look("me-passkeys-none")
    page.locator("[data-passkey-add]").click()
    page.locator(".me-key").wait_for()
    look("me-passkeys")
    page.goto("/me")
    page.locator("form[action='/me/sign-out'] button").click()
    page.wait_for_url(lambda url: not url.endswith("/me"))

    def enter() -> None:
        page.goto("/me?hall=mall")
        page.locator("[data-passkey-use-from]").click()

    enter()
    page.locator("form[action='/me/sign-out']").wait_for()
    assert Event.objects.filter(kind="customer.signed-in", data__by="passkey").count() == 1

    # A finger that is not the owner's: nothing is sent, and it is said.
    page.locator("form[action='/me/sign-out'] button").click()
    page.wait_for_url(lambda url: not url.endswith("/me"))
    unknown: dict[str, Any] = {"authenticatorId": made["authenticatorId"], "isUserVerified": False}
    device.send("WebAuthn.setUserVerified", unknown)
    enter()
    page.locator("[data-passkey-problem]:not([hidden])").wait_for()
    look("me-sign-in-passkey-problem")
    context.close()
    assert faults == []
