"""Tabs of Chromium that are lent to one test after another.

A new window for every page is a new process of Chromium, a new compilation of every script and forty files to fetch
again: more than half of what such a test costs. A tab that comes back has lost cookies, storage, routes and permissions.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Route

Hears = Callable[[str, str], object]
"""Is told what the browser complains of: "thrown" or "error", and its words."""

# What the pages keep. The alarm of a phone is a program of the browser's own, so that one is taken out too.
FORGETS = """async () => {
  localStorage.clear();
  sessionStorage.clear();
  for (const one of await navigator.serviceWorker?.getRegistrations() ?? []) await one.unregister();
}"""


@dataclass
class _Tab:
    page: Page
    settings: Hashable
    alone: bool
    hears: Hears | None = None

    def is_told(self, kind: str, words: str) -> None:
        if self.hears:
            self.hears(kind, words)

    def is_told_by_console(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.is_told("error", said.text)


@dataclass
class _Shelf:
    """The tabs of one browser that nobody has, and those that somebody has."""

    free: list[_Tab] = field(default_factory=list)
    lent: dict[Page, _Tab] = field(default_factory=dict)


_shelves: dict[Browser, _Shelf] = {}


def lend(
    browser: Browser,
    hears: Hears,
    *,
    size: tuple[int, int],
    media: dict[str, Any] | None = None,
    script: str = "",
    alone: bool = False,
    **settings: Any,
) -> Page:
    """A tab of that size, with these settings of its window and that script before each page's own.

    With ``alone`` nobody had it before and nobody gets it later: for what cannot be undone, such as a held clock.
    """
    shelf = _shelves.setdefault(browser, _Shelf())
    wanted = (script, tuple(sorted(settings.items())))
    tab = next((one for one in shelf.free if one.settings == wanted and not alone), None)
    if tab:
        shelf.free.remove(tab)
    else:
        context = browser.new_context(**settings)
        if script:
            context.add_init_script(script)
        tab = _Tab(context.new_page(), wanted, alone)
        tab.page.on("pageerror", lambda error: tab.is_told("thrown", str(error)))
        tab.page.on("console", tab.is_told_by_console)
    tab.hears = hears
    shelf.lent[tab.page] = tab
    tab.page.set_viewport_size({"width": size[0], "height": size[1]})
    tab.page.emulate_media(
        **{"media": "screen", "color_scheme": "light", "contrast": "no-preference",
           "reduced_motion": "no-preference"} | (media or {})
    )  # fmt: skip
    return tab.page


def give_back(page: Page) -> None:
    """The tab forgets what it was used for."""
    shelf = _shelves.get(page.context.browser) if page.context.browser else None
    tab = shelf.lent.pop(page, None) if shelf else None
    if shelf is None or tab is None or page.is_closed():
        return
    tab.hears = None
    if not tab.alone and len(page.context.pages) == 1:
        with contextlib.suppress(Error):  # a page of the browser's own, say, after a cut line
            _empty(page)
            shelf.free.append(tab)
            return
    page.context.close()


def _empty(page: Page) -> None:
    """Leave the page for an empty one of the same place, for which Chromium keeps the process."""
    context = page.context
    page.unroute_all()
    context.set_offline(offline=False)
    context.clear_permissions()
    page.evaluate(FORGETS)
    here = urlsplit(page.url)
    page.route("**/empty", _answer_nothing)
    page.goto(f"{here.scheme}://{here.netloc}/empty")
    page.unroute_all()
    page.evaluate(FORGETS)
    context.clear_cookies()


def _answer_nothing(route: Route) -> None:
    headers = {"Cross-Origin-Opener-Policy": "same-origin", "Content-Type": "text/html"}
    route.fulfill(headers=headers, body="<!doctype html><title>-</title>")
