"""One Chromium for all tests of a process: Playwright cannot be started twice in a thread. No fixtures."""

from __future__ import annotations

import atexit
import os
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
)
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"


@cache
def _play() -> Playwright:
    # Playwright keeps an event loop in this thread, and Django would refuse its database beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    play = sync_playwright().start()
    atexit.register(play.stop)
    return play


@cache
def chromium(*more: str) -> Browser:
    """A browser with these further flags, started when first asked for."""
    return _play().chromium.launch(executable_path="/usr/bin/chromium", args=[*FLAGS, *more])


def violations(page: Page) -> list[Any]:
    """What axe finds on the page: rule, places, why."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        (r["id"], [n["html"][:160] for n in r["nodes"][:4]], r["nodes"][0]["failureSummary"]) for r in found
    ]
