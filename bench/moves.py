"""A request moves from a kiosk to a phone and back, in two real browsers: until each shows the step.

    python -m bench moves [sqlite|postgresql]

One customer of a service goes to and fro. Kiosk to phone counts from the moment at which the phone begins to open what it
scanned to the moment at which it shows the step, and to the one at which the kiosk shows that it has gone. Phone to
kiosk counts from the touch of the number on the phone to the step at the kiosk. Scripts in the pages note when the
browser draws it; both browsers and this process have the machine's clock.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright
from rich.table import Table

from bench.live import spread
from bench.running_hall import COMMAND, ROOT, RunningHall, hall
from tests.chromium import launch

MOVES = 50
P99_MS = 1000.0
WITHIN = 30_000
STEP, GONE = "How much?", "Your phone has it now"
FLOW = """
flow: bench-moves
name: {en: Move, zh-Hans: 转移}
category: help
channels: [kiosk, phone]
steps:
  - inform: hello
    title: {en: Hello, zh-Hans: 您好}
    text: {en: Hello, zh-Hans: 您好}
  - form: much
    title: {en: "How much?", zh-Hans: 多少？}
    fields:
      - {id: pieces, type: whole, label: {en: Pieces, zh-Hans: 件数}}
  - end: done
    title: {en: Done, zh-Hans: 完成}
"""
NOTES = """(() => {
  // When a headline was last drawn anew: what it says and the moment, in milliseconds since 1970.
  let last = null;
  const look = () => {
    const head = document.querySelector("h1");
    if (!head || head === last) return;
    last = head;
    const words = head.textContent.trim();
    requestAnimationFrame(() => setTimeout(() => {
      document.documentElement.dataset.drawn = `${Date.now()} ${words}`;
    }));
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", look);
})()"""


@dataclass(frozen=True)
class Figure:
    """Milliseconds: median, 99th percentile, most."""

    database: str
    moves: int
    to_phone: tuple[float, float, float]
    kiosk_cleared: tuple[float, float, float]
    to_kiosk: tuple[float, float, float]

    @property
    def is_right(self) -> bool:
        """Whether the goal is reached both ways."""
        return max(self.to_phone[1], self.kiosk_cleared[1], self.to_kiosk[1]) <= P99_MS


@dataclass
class Ends:
    """A kiosk and a phone."""

    kiosk: Page
    phone: Page

    def to_phone(self) -> tuple[float, float]:
        """One move; seconds until the phone shows the step, and until the kiosk is cleared."""
        self.kiosk.click("button[form=move]")
        expect(self.kiosk.locator(".move-code")).to_be_visible(timeout=WITHIN)
        address = str(self.kiosk.get_attribute(".move-code", "data-address"))
        begun = time.time()
        self.phone.goto(address, wait_until="commit")
        return drawn(self.phone, STEP) - begun, drawn(self.kiosk, GONE) - begun

    def to_kiosk(self) -> float:
        """One move back; seconds from the number's touch until the kiosk shows the step."""
        self.kiosk.click("[data-reset]")
        self.phone.locator("form[action$=pickup]").evaluate("form => form.requestSubmit()")
        code = re.sub(r"\D", "", self.phone.locator(".pickup-code").inner_text(timeout=WITHIN))
        self.kiosk.click("[data-pickup]")
        self.kiosk.fill("#pickup-code", code)
        self.kiosk.click("button[form=pickup]")
        number = self.kiosk.locator(".move-digits").inner_text(timeout=WITHIN)
        button = self.phone.get_by_role("button", name=number, exact=True)
        button.wait_for(timeout=WITHIN)
        begun = time.time()
        button.click(no_wait_after=True)
        return drawn(self.kiosk, STEP) - begun


def drawn(page: Page, words: str) -> float:
    """The moment at which the page drew that headline, in seconds since 1970."""
    page.wait_for_selector(f'html[data-drawn$="{words}"]', state="attached", timeout=WITHIN)
    return int(str(page.get_attribute("html", "data-drawn")).split(" ", 1)[0]) / 1000


@contextmanager
def ends(running: RunningHall, browsers: tuple[Browser, Browser]) -> Iterator[Ends]:
    """A kiosk at the second step of the service, and a phone, each in a browser of its own."""
    sizes = ((1080, 1920), (390, 844))
    pages = []
    for browser, (width, height) in zip(browsers, sizes, strict=True):
        page = browser.new_page(viewport={"width": width, "height": height}, locale="en-GB")
        page.add_init_script(NOTES)
        pages.append(page)
    kiosk, phone = pages
    kiosk.goto(f"{running.url}/kiosk/bench-door?language=en")
    kiosk.click("button[form=begin]")
    kiosk.click("button[form=flow]")
    expect(kiosk.locator("h1")).to_have_text(STEP, timeout=WITHIN)
    yield Ends(kiosk, phone)


def publish(running: RunningHall) -> None:
    """The service that is moved."""
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "moves.yaml"
        text.write_text(FLOW, encoding="utf-8")
        words = [COMMAND, "flows", "publish", "--organisation", "bench-group", str(text)]
        subprocess.run(words, cwd=ROOT, env=running.environment, check=True, stdout=subprocess.PIPE)


def measure(database: str, moves: int = MOVES) -> Figure:
    """One run on ``sqlite`` or ``postgresql``."""
    with hall(database, counters=1) as running, sync_playwright() as play:
        publish(running)
        browsers = (launch(play), launch(play))
        there, cleared, back = [], [], []
        with ends(running, browsers) as both:
            for turn in range(moves + 1):
                shown, gone = both.to_phone()
                came = both.to_kiosk()
                if turn:  # the first one also fetches scripts and styles
                    there.append(shown)
                    cleared.append(gone)
                    back.append(came)
        for browser in browsers:
            browser.close()
    return Figure(database, moves, spread(there), spread(cleared), spread(back))


def table(one: Figure) -> Table:
    """The figures for people."""
    made = Table(
        title=f"{one.database}: {one.moves} moves each way, two browsers (goal: p99 ≤ 1 s)",
        title_justify="left",
    )
    for name in ("", "p50 ms", "p99 ms", "most ms"):
        made.add_column(name, justify="right" if name else "left")
    for what, taken in (
        ("kiosk → phone, until the phone shows the step", one.to_phone),
        ("kiosk → phone, until the kiosk is cleared", one.kiosk_cleared),
        ("phone → kiosk, until the kiosk shows the step", one.to_kiosk),
    ):
        made.add_row(what, *(f"{value:.0f}" for value in taken))
    made.caption = "reached" if one.is_right else "NOT REACHED"
    return made
