"""Browser windows of staff for the desk's stories. No fixtures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from servicehall.rooms.people.models import Staff
from tests.channels.desk.house import House

DESK, TABLET = (1440, 900), (1024, 768)


@dataclass
class Windows:
    """Opens pages in Chromium as somebody; notes what the browser complains of."""

    house: House
    address: str
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(
        self,
        username: str = "",
        path: str = "/desk",
        *,
        size: tuple[int, int] = DESK,
        language: str = "en",
        look: dict[str, str] | None = None,
    ) -> Page:
        """A page of a new browser window; ``look`` sets theme, contrast and size of type."""
        width, height = size
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, locale=language, reduced_motion="reduce"
        )
        self.contexts.append(context)
        host = {"domain": urlsplit(self.address).hostname or "", "path": "/"}
        cookies: list[Any] = [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language.lower(), **host}]
        if username:
            client = Client()
            client.force_login(Staff.objects.get(username=username))
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookies.append({"name": settings.SESSION_COOKIE_NAME, "value": value, **host})
        context.add_cookies(cookies)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if look:
            # A tablet's pages keep them for the session only.
            for store in ("localStorage", "sessionStorage"):
                page.add_init_script(f"{store}.setItem('look.prefs', JSON.stringify({look}))")
        page.goto(self.address + path)
        return page

    def at_counter(self, username: str = "anna", label: str = "1", **more: Any) -> Page:
        """Somebody's screen at a counter."""
        self.house.sit(username, label)
        return self.open(username, f"/desk/{self.house.counters[label]}", **more)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def mode(page: Page) -> str:
    """In which state the customer's part is."""
    names = (page.locator("#now").get_attribute("class") or "").split()
    return next(n.removeprefix("now-") for n in names if n.startswith("now-"))


def wait_for_mode(page: Page, wanted: str) -> None:
    page.locator(f"#now.now-{wanted}").wait_for()
    # A press so soon after an act is taken for the second of two and ignored.
    page.wait_for_timeout(500)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
