"""Opening boards in a browser and reading what they show and said."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page

from tests import tabs
from tests.chromium import violations

# Notes every sound that ended, in order, on window.heard.
EARS = """
window.heard = [];
const ready = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  if (!this.noted) {
    this.noted = true;
    this.addEventListener("ended", () => window.heard.push(new URL(this.src).pathname));
  }
  return ready.call(this);
};
"""
# Speech eight times as fast, so that tests end soon; order and endings are the browser's own.
HASTE = (
    "Object.defineProperty(HTMLMediaElement.prototype, 'noted', {writable: true, value: false});"
    + EARS.replace("return ready", "this.playbackRate = 8; return ready")
)


FILM = """async () => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 160, height: 90});
  const pen = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(20), {mimeType: "video/webm"});
  const pieces = [];
  recorder.ondataavailable = (event) => pieces.push(event.data);
  recorder.start();
  for (let i = 0; i < 20; i += 1) {
    pen.fillStyle = `hsl(${i * 18} 80% 50%)`;
    pen.fillRect(0, 0, 160, 90);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await new Promise((resolve) => { recorder.onstop = resolve; recorder.stop(); });
  const bytes = new Uint8Array(await new Blob(pieces).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}"""


@dataclass
class Board:
    """One board in a browser."""

    page: Page
    faults: list[str] = field(default_factory=list)

    def numbers(self) -> list[str]:
        """The numbers in the list of calls."""
        return self.page.locator(".call-number").all_inner_texts()

    @property
    def large(self) -> str:
        return self.page.locator(".hero-number").inner_text()

    @property
    def counts(self) -> dict[str, int]:
        return dict(json.loads(self.page.get_attribute("#board", "data-acknowledged") or "{}"))

    def heard(self) -> list[str]:
        """The paths of the sounds that ended."""
        return list(self.page.evaluate("window.heard"))

    def violations(self) -> list[Any]:
        """What axe finds, once nothing fades any more: rule, places, why."""
        return violations(self.page)

    def overflowing(self) -> list[str]:
        """Parts that stick out of the screen or of their box."""
        return list(
            self.page.evaluate(
                """() => [...document.querySelectorAll("#board *")].filter((e) => {
                     const r = e.getBoundingClientRect();
                     if (!r.width || !r.height || getComputedStyle(e).visibility === "hidden" || e.closest(".visually-hidden")) return false;
                     const b = (e.parentElement.closest("section, header, footer, #board")).getBoundingClientRect();
                     if (!e.closest(".slot-item") && (r.right > b.right + 1 || r.bottom > b.bottom + 1)) return true;
                     return r.right > innerWidth + 1 || r.bottom > innerHeight + 1 || r.left < -1 || r.top < -1;
                   }).map((e) => e.outerHTML.slice(0, 120))"""
            )
        )

    def overlapping(self) -> list[str]:
        """Parts of the same row that cover one another."""
        return list(
            self.page.evaluate(
                """() => [".call", ".service", ".hero-body", ".waiting", ".hall-head"].flatMap((row) =>
                     [...document.querySelectorAll(row)].flatMap((box) => {
                       const boxes = [...box.children].map((e) => [e, e.getBoundingClientRect()])
                         .filter(([, r]) => r.width && r.height);
                       return boxes.flatMap(([a, p], i) => boxes.slice(i + 1)
                         .filter(([, q]) => p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1)
                         .map(([b]) => a.outerHTML.slice(0, 80) + " | " + b.outerHTML.slice(0, 80)));
                     }))"""
            )
        )

    def wait(self, condition: str, argument: Any = None, *, within: float = 15) -> None:
        """Until the condition holds. Asked again and again, because the page's policy refuses `eval`."""
        until = time.monotonic() + within
        while not self.page.evaluate(condition, argument):
            assert time.monotonic() < until, (
                f"not within {within} s: {condition} {argument or ''} {self.counts} {self.faults}"
            )
            self.page.wait_for_timeout(40)


class Wall:
    """Where boards hang."""

    def __init__(self, url: str, browser: Browser) -> None:
        self.url = url
        self.browser = browser
        self._pages: list[Page] = []

    def hang(
        self,
        path: str = "/board/mall/main",
        *,
        size: tuple[int, int] = (1920, 1080),
        browser: Browser | None = None,
        calm: bool = False,
    ) -> Board:
        """Open a board and wait until it hears the hall."""
        board = Board(
            tabs.lend(
                browser or self.browser,
                lambda kind, words: board.faults.append(words) if kind == "thrown" else None,
                size=size,
                media={"reduced_motion": "reduce" if calm else "no-preference"},
                script=HASTE,
                alone=not calm,  # it keeps what was said, and another hall's calls have the same addresses
            )
        )
        self._pages.append(board.page)
        board.page.goto(self.url + path)
        board.wait("document.documentElement.dataset.liveState === 'online'")
        return board

    def film(self) -> bytes:
        """A second of moving picture, as the browser itself records it."""
        context = self.browser.new_context()
        page = context.new_page()
        page.goto("about:blank")
        text = page.evaluate(FILM)
        context.close()
        return base64.b64decode(text)

    def clear(self) -> None:
        for page in self._pages:
            tabs.give_back(page)
