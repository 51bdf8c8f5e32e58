"""Who and what takes part in a story: kiosk, phone, board, desk and operations page, each in a browser of its own.

They do what people do (touch, type, read) and know the pages by what people see, and by the few ids that
scripts on the pages rely on too.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
import segno
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.processes.running import COMMAND, Hall, environment

KIOSK, PHONE, DESK, BOARD = (1080, 1920), (390, 844), (1440, 900), (1920, 1080)
PASSWORD = "servicehall-demo"
SETTLE_MS = 500  # the desk takes no key in the first 450 ms of a new screen
ONLINE = "html[data-live-state=online]"
# Notes every sound that ended, in order, on window.heard; speech is played fast, so that stories end soon.
EARS = """
window.heard = [];
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  if (!this.dataset.noted) {
    this.dataset.noted = "yes";
    this.addEventListener("ended", () => window.heard.push(new URL(this.src).pathname));
  }
  this.playbackRate = 4;
  return play.call(this);
};
"""


class Cast:
    """Opens the pages of one story; at its end no page may have complained in its console."""

    def __init__(self, hall: Hall, browser: Browser, program: Program) -> None:
        self.hall, self.browser, self.program = hall, browser, program
        self.complaints: list[str] = []
        self.allowed: re.Pattern[str] | None = None
        self._contexts: list[BrowserContext] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for context in self._contexts:
            context.close()
        if kind is None:
            assert not self.complaints, "\n".join(self.complaints)

    def open(self, path: str, *, size: tuple[int, int], language: str = "zh-CN", script: str = "") -> Page:
        """A page in a browser of its own, as somebody with that language opens it."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale=language, reduced_motion="reduce"
        )
        self._contexts.append(context)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", self._hear)
        page.goto(path if path.startswith("http") else self.hall.url + path)
        return page

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not (self.allowed and self.allowed.search(said.text)):
            self.complaints.append(f"{said.page.url if said.page else ''}: {said.text}")

    def kiosk(self, language: str = "zh-CN") -> Kiosk:
        return Kiosk(self.open("/kiosk/mall-door", size=KIOSK, language=language))

    def phone(self, path: str, language: str = "zh-CN") -> Phone:
        return Phone(self.open(path, size=PHONE, language=language))

    def board(self, path: str = "/board/mall") -> Board:
        page = self.open(path, size=BOARD, script=EARS)
        page.wait_for_selector(ONLINE, state="attached")
        return Board(page)

    def signed_in(self, username: str, path: str) -> Page:
        """A page of the staff, by way of the sign-in page."""
        page = self.open(path, size=DESK)
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(re.escape(path)))
        return page

    def agent(self, username: str, counter: str) -> Desk:
        """A member of staff who signs in and sits down at a counter."""
        page = self.signed_in(username, "/desk")
        label = page.locator(".seat-label", has_text=re.compile(f"^{counter}$"))
        page.locator("button.seat-tile", has=label).click()
        page.wait_for_selector(ONLINE, state="attached")
        return Desk(page)

    def operations(self, username: str = "mall-manager") -> Operations:
        page = self.signed_in(username, "/ops/mall")
        page.wait_for_selector(ONLINE, state="attached")
        return Operations(page)


class Screen:
    """A page that stands somewhere and is looked at."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.evaluate("window.unbroken = true")

    def shows(self, selector: str, text: str | re.Pattern[str]) -> None:
        """Wait until the first such part has that text."""
        expect(self.page.locator(selector).first).to_have_text(text)

    def see(self, text: str) -> Locator:
        """Wait until that text can be read."""
        found = self.page.get_by_text(text).first
        expect(found).to_be_visible()
        return found

    @property
    def is_unbroken(self) -> bool:
        """Whether the page is still the one that was opened first: never loaded again."""
        return bool(self.page.evaluate("window.unbroken === true"))

    def state(self) -> str:
        """What else a failure should tell."""
        return ""

    def wait(self, fact: Callable[[], object], *, seconds: float = 20, what: str = "") -> None:
        """Wait with the page alive (a plain sleep would stop its events)."""
        end = time.monotonic() + seconds
        while not fact():
            assert time.monotonic() < end, f"not within {seconds} s: {what}{self.state()}"
            self.page.wait_for_timeout(40)


class Kiosk(Screen):
    """The touch screen at the door."""

    def tickets(self) -> None:
        """Only what tickets are taken for; the first page may be full of what one does by oneself."""
        self.page.locator("[data-group-show=tickets]").click()

    def choose(self, service: str) -> None:
        self.tickets()
        self.page.locator(f"a[data-service={service}]").click()
        expect(self.page.locator("#main[data-screen=service]")).to_be_visible()

    def belongs_to(self, priority: str) -> None:
        self.page.locator(f"label.choice:has(input[value={priority}])").click()

    def take(self) -> None:
        self.page.locator("button[form=take]").click()

    def number(self) -> str:
        return self.page.locator("#main[data-screen=ticket] .ticket-number").inner_text().strip()

    def code_leads_to(self, address: str) -> bool:
        """Whether the QR code on the screen is the one of that address."""
        drawn = segno.make(address, error="m", micro=False).svg_inline(
            border=2, omitsize=True, dark="#000", light="#fff"
        )
        paths = self.page.locator(".ticket-qr path").evaluate_all(
            "found => found.map((one) => one.getAttribute('d'))"
        )
        return bool(paths) and re.findall(r'\bd="([^"]+)"', drawn) == paths


class Phone(Screen):
    """A customer's phone."""

    def press(self, words: str) -> None:
        self.page.get_by_role("button", name=words).or_(
            self.page.get_by_role("link", name=words)
        ).first.click()

    def number(self) -> str:
        return self.page.locator(".ticket-number").inner_text().split()[-1]

    def is_called_to(self, counter: str, number: str) -> None:
        self.shows(".turn-counter", counter)
        self.shows(".turn-number", number)


class Board(Screen):
    """The display of a zone, with its voice."""

    def calls(self, number: str) -> None:
        self.shows(".hero-number", number)

    def has_spoken(self, times: int) -> None:
        """Wait until so many calls were announced, each of them to its end."""
        self.wait(lambda: self.counts["announced"] >= times, seconds=40, what=f"{times} announced")

    @property
    def counts(self) -> dict[str, int]:
        """What came of the calls so far, as the board itself acknowledges it."""
        return dict(json.loads(self.page.get_attribute("#board", "data-acknowledged") or "{}"))

    def state(self) -> str:
        return f" {self.counts} {self.heard()}"

    def heard(self) -> list[str]:
        return list(self.page.evaluate("window.heard"))


class Desk(Screen):
    """A counter's screen, worked by the keyboard."""

    def press(self, key: str, *, then: str) -> None:
        """Press a key; ``then`` is how the screen stands after it: free, called, serving."""
        self.page.wait_for_timeout(SETTLE_MS)
        self.page.keyboard.press(key)
        expect(self.page.locator(f"#now.now-{then}")).to_be_visible()

    def ask(self, key: str) -> Locator:
        """Press a key that opens the dialog."""
        self.page.wait_for_timeout(SETTLE_MS)
        self.page.keyboard.press(key)
        dialog = self.page.locator("dialog#ask")
        expect(dialog).to_be_visible()
        return dialog

    def has(self, number: str) -> None:
        self.shows(".customer-number", re.compile(rf"{number}$"))

    def next_is(self, number: str) -> None:
        self.shows(".next-up-number", number)

    def serve(self, number: str) -> None:
        """Call the next customer, who must be that one, and begin."""
        self.next_is(number)
        self.press("Enter", then="called")
        self.has(number)
        self.press("Enter", then="serving")


class Operations(Screen):
    """The manager's page."""

    def figure(self, label: str) -> Locator:
        tile = self.page.locator(
            ".stat", has=self.page.locator(".stat-label", has_text=re.compile(f"^{label}$"))
        )
        return tile.locator(".stat-value")


class Program:
    """Another program of the house, over the API: other customers, and what is written down."""

    def __init__(self, hall: Hall, *, role: str = "integration", **settings: str) -> None:
        command = [COMMAND, "token", "--role", role, "--site", "mall", "--data", str(hall.data)]
        made = subprocess.run(
            command, env=environment(hall.data, **settings), capture_output=True, text=True, check=True
        )
        self.client = httpx.Client(
            base_url=f"{hall.url}/api/v1",
            headers={"Authorization": f"Bearer {made.stdout.strip()}"},
            timeout=30,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        answer.raise_for_status()
        return answer.json()

    def post(self, path: str, **body: Any) -> Any:
        answer = self.client.post(path, json=body, headers={"Idempotency-Key": str(uuid4())})
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def issue(self, service: str, **more: Any) -> Any:
        """Another customer takes a ticket."""
        return self.post("/sites/mall/tickets", service=service, **more)

    def ticket(self, number: str) -> Any:
        """The ticket of today with that number."""
        return next(t for t in self.tickets() if t["number"] == number)

    def tickets(self) -> list[Any]:
        return list(self.get("/sites/mall/tickets", limit=500)["items"])

    def events(self, kind: str, *, after: int) -> list[Any]:
        """What of that kind happened at the site since."""
        found = self.get("/sites/mall/events", after=after, limit=1000)["items"]
        return [event for event in found if event["kind"] == kind]

    def clear_the_hall(self) -> None:
        """Nobody waits and nobody serves any more."""
        queue = self.get("/sites/mall/queue", limit=500)
        for ticket in queue["at_counters"]:
            self.post(f"/tickets/{ticket['id']}/finish")
        for ticket in [*queue["waiting"], *queue["directed"], *queue["held"]]:
            self.post(f"/tickets/{ticket['id']}/cancel")
        for counter in self.get("/sites/mall/counters")["items"]:
            self.post(f"/counters/{counter['id']}/sign-out")
