"""A phone in a pocket: opening the hall's pages on it, and noting how it draws attention."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests import tabs
from tests.hall import Hall

# Notes vibrations and notices; a test has no motor and nobody to allow notices.
NERVES = """
window.felt = [];
window.told = [];
navigator.vibrate = (pattern) => { window.felt.push(pattern); return true; };
"""


@dataclass
class Phone:
    """One phone in a browser."""

    page: Page
    context: BrowserContext

    @property
    def state(self) -> str:
        return str(self.page.get_attribute("#now", "data-state"))

    def sees(self, words: str, *, within: float = 12) -> None:
        """Until these words can be read."""
        self.page.get_by_text(words).filter(visible=True).first.wait_for(timeout=within * 1000)

    def until(self, condition: str, argument: Any = None, *, within: float = 12) -> None:
        """Until the condition holds. Asked again and again, because the page's policy refuses ``eval``."""
        until = time.monotonic() + within
        while not self.page.evaluate(condition, argument):
            assert time.monotonic() < until, f"not within {within} s: {condition}"
            self.page.wait_for_timeout(40)


@dataclass
class Pocket:
    """A hall, and phones in people's pockets."""

    url: str
    hall: Hall
    browser: Browser
    faults: list[str] = field(default_factory=list)
    _pages: list[Page] = field(default_factory=list)

    def open(
        self, path: str, *, language: str = "en", scripts: bool = True, size: tuple[int, int] = (390, 844)
    ) -> Phone:
        """Open a page on a phone of its own."""
        page = tabs.lend(
            self.browser,
            self._hear,
            size=size,
            script=NERVES,
            locale="zh-CN" if language == "zh-Hans" else "en-GB",
            has_touch=True,
            java_script_enabled=scripts,
        )
        self._pages.append(page)
        page.goto(self.url + path)
        return Phone(page, page.context)

    def follow(self, ticket: Any, **options: Any) -> Phone:
        """Open a ticket's page and wait until it hears the hall."""
        phone = self.open(f"/t/{ticket.code}", **options)
        phone.until("document.documentElement.dataset.liveState === 'online'")
        return phone

    def _hear(self, kind: str, words: str) -> None:
        if kind == "thrown":
            self.faults.append(words)

    def clear(self) -> None:
        for page in self._pages:
            tabs.give_back(page)
