"""Browser windows of staff for the desk's stories. No fixtures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from servicehall.rooms.people.models import Staff
from tests import tabs
from tests.channels.desk.house import House

DESK, TABLET = (1440, 900), (1024, 768)
STORES = ("localStorage", "sessionStorage")


@dataclass
class Windows:
    """Opens pages in Chromium as somebody; notes what the browser complains of."""

    house: House
    address: str
    browser: Browser
    pages: list[Page] = field(default_factory=list)
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
        """A page of a window of its own; ``look`` sets theme, contrast and size of type."""
        # A tablet's pages keep them for the session only.
        kept = [f"{store}.setItem('look.prefs', JSON.stringify({look}))" for store in STORES] if look else []
        page = tabs.lend(
            self.browser,
            self._hear,
            size=size,
            media={"reduced_motion": "reduce"},
            script=";".join(kept),
            locale=language,
        )
        self.pages.append(page)
        host = {"domain": urlsplit(self.address).hostname or "", "path": "/"}
        cookies: list[Any] = [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language.lower(), **host}]
        if username:
            client = Client()
            client.force_login(Staff.objects.get(username=username))
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookies.append({"name": settings.SESSION_COOKIE_NAME, "value": value, **host})
        page.context.add_cookies(cookies)
        page.goto(self.address + path)
        return page

    def _hear(self, kind: str, words: str) -> None:
        if kind == "thrown":
            self.complaints.append(words)

    def at_counter(self, username: str = "anna", label: str = "1", **more: Any) -> Page:
        """Somebody's screen at a counter."""
        self.house.sit(username, label)
        return self.open(username, f"/desk/{self.house.counters[label]}", **more)

    def close(self) -> None:
        while self.pages:
            tabs.give_back(self.pages.pop())


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
