"""A passkey's life in a real browser with a virtual authenticator; every page of the sign-in with axe, at its sizes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from servicehall.kernel.models import Event
from servicehall.rooms.people import actions as people
from servicehall.rooms.people.models import Staff
from tests.chromium import violations
from tests.hall import Hall
from tests.rooms.people.keys import add_app, code_of

pytestmark = pytest.mark.browser
PASSWORD = "a long enough password"
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PICTURES = os.environ.get("SERVICEHALL_LOOKS", "")


@pytest.fixture
def windows(chromium: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    opened, complaints = [], []

    def window(language: str = "en", size: tuple[int, int] = SIZES["desk"]) -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale=language,
            base_url=live_server.url,
            reduced_motion="reduce",
        )
        opened.append(context)
        context.add_cookies(
            [{"name": "servicehall_language", "value": language.lower(), "url": live_server.url}]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield window
    for context in opened:
        context.close()
    assert complaints == []


def authenticator(page: Page) -> Any:
    """A virtual device that the browser takes for the person's own."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def sign_in(page: Page, who: str = "mall-manager", to: str = "/account") -> None:
    page.goto(f"/sign-in?next={to}")
    page.fill("[name=username]", who)
    page.fill("[name=password]", PASSWORD)
    page.locator("form[action='/sign-in'] button[type=submit]").click()


def test_a_passkey_is_made_signs_in_and_confirms(hall: Hall, windows: Callable[..., Page]) -> None:
    page = windows()
    session, device = authenticator(page)
    sign_in(page)
    page.goto("/account/passkey")
    page.fill("[name=name]", "My computer")
    page.fill("[name=step_up_password]", PASSWORD)
    page.locator("[data-passkey-add]").click()
    page.wait_for_url("**/account")
    assert page.get_by_text("My computer").first.is_visible()

    # It confirms an act: a file of single tickets.
    page.goto("/ops/mall/tickets.csv")
    with page.expect_download() as download:
        page.locator("[data-passkey-use]").click()
    assert download.value.suggested_filename.startswith("mall-tickets")
    (confirmed,) = Event.objects.filter(kind="step-up.confirmed", data__act="export.release")
    assert confirmed.data["by"] == "webauthn"

    # It signs in alone.
    page.context.clear_cookies(name="servicehall_session")
    page.goto("/sign-in?next=/account")
    page.locator("[data-passkey-use-from]").click()
    page.wait_for_url(lambda url: urlsplit(url).path == "/account")
    signed_in = Event.objects.filter(kind="staff.signed-in").order_by("seq").last()
    assert signed_in is not None
    assert signed_in.data["by"] == "passkey"

    # A copy that signed less often is refused.
    credential = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"][0]
    session.send(
        "WebAuthn.removeCredential", {"authenticatorId": device, "credentialId": credential["credentialId"]}
    )
    session.send(
        "WebAuthn.addCredential", {"authenticatorId": device, "credential": {**credential, "signCount": 1}}
    )
    page.context.clear_cookies(name="servicehall_session")
    page.goto("/sign-in")
    page.locator("[data-passkey-use-from]").click()
    page.get_by_text("No account here knows this passkey.").wait_for()
    assert Event.objects.filter(kind="alert.raised", data__about="passkey-copied").exists()


def test_who_cancels_is_told_so(hall: Hall, windows: Callable[..., Page]) -> None:
    page = windows()
    session, device = authenticator(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.goto("/sign-in")
    page.locator("[data-passkey-use-from]").click()
    page.get_by_text("The passkey was not used.").wait_for()


def _look(page: Page, name: str) -> list[Any]:
    """What is wrong with the page as it stands."""
    found: list[Any] = violations(page)
    if (wider := page.evaluate(WIDER)) > 0:
        found.append(f"{wider} px too wide")
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
    return [(name, fault) for fault in found]


@pytest.mark.one_database
@pytest.mark.parametrize(("language", "size"), [("zh-Hans", "desk"), ("en", "phone")])
@pytest.mark.django_db(transaction=True)
def test_the_pages_of_the_sign_in_are_free_of_faults(
    hall: Hall, windows: Callable[..., Page], language: str, size: str
) -> None:
    page, faults = windows(language, SIZES[size]), []

    def look(name: str) -> None:
        faults.extend(_look(page, f"{name}-{language}-{size}"))

    page.goto("/sign-in")
    look("sign-in")
    authenticator(page)
    sign_in(page, "mall-supervisor")
    page.goto("/account")
    look("account")
    page.goto("/account/passkey")
    look("passkey")
    page.goto("/account/app")
    look("app")
    staff = Staff.objects.get(username="mall-supervisor")
    secret = add_app(staff)
    page.goto("/account")
    page.locator("form[action='/account/codes'] button").click()
    look("confirm")
    page.fill("[name=step_up_code]", "000000")
    page.locator("main form button[type=submit]").click()
    look("confirm-wrong")
    page.fill("[name=step_up_code]", code_of(secret, steps=1))
    page.locator("main form button[type=submit]").click()
    page.locator(".entry-codes").wait_for()
    look("codes")
    page.goto("/account")
    look("account-with-factors")
    for _ in range(10):
        with pytest.raises(people.WrongProof):
            people.prove_password("mall-agent", "wrong", address="198.51.100.7")
    page.goto("/ops/mall")
    look("ops-alert")
    page.goto("/ops/mall/locked")
    look("ops-locked")
    page.context.clear_cookies(name="servicehall_session")
    sign_in(page, "mall-agent")
    page.get_by_text(re.compile("Too many attempts|尝试次数过多")).first.wait_for()
    look("locked")
    sign_in(page, "mall-supervisor")
    page.wait_for_url("**/second-factor")
    look("second-factor")
    Authenticator.objects.all().delete()
    assert faults == []
