"""A kiosk that stands in a hall: opening it in a browser, touching it, leaving it alone."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

from servicehall.kernel import clock
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing.models import Ticket
from tests import tabs
from tests.hall import Hall

UPRIGHT = (1080, 1920)


@dataclass
class Kiosk:
    """One kiosk in a browser."""

    page: Page
    context: BrowserContext
    clocked: bool = False

    @property
    def screen(self) -> str:
        return str(self.page.get_attribute("#main", "data-screen"))

    def touch(self, selector: str) -> None:
        self.page.locator(selector).filter(visible=True).first.tap()

    def wait(self, screen: str, *, within: float = 10) -> None:
        """Until the screen of that name is shown and nothing is on its way."""
        until = time.monotonic() + within
        while self.screen != screen:
            assert time.monotonic() < until, f"still {self.screen}, not {screen}"
            self._pass(30)
        self.page.wait_for_timeout(60)

    def take(self, service: str = "consult") -> str:
        """Take a ticket; returns its number."""
        self.touch(f"[data-service={service}]")
        self.wait("service")
        self.touch("button[form=take]")
        self.wait("ticket")
        return self.page.locator(".your-ticket .ticket-number").inner_text().strip()

    def until(self, condition: str, argument: Any = None, *, within: float = 10) -> None:
        """Until the condition holds. Asked again and again, because the page's policy refuses ``eval``."""
        until = time.monotonic() + within
        while not self._is_so(condition, argument):
            assert time.monotonic() < until, f"not within {within} s: {condition}"
            self._pass(40)

    def _pass(self, milliseconds: int) -> None:
        """Wait; a clock that stands goes on by as much, so that what failed for a moment is tried again."""
        self.page.wait_for_timeout(milliseconds)
        if self.clocked:
            with suppress(Error):
                self.page.clock.run_for(milliseconds)

    def _is_so(self, condition: str, argument: Any) -> bool:
        with suppress(Error):  # the page is being loaded anew
            return bool(self.page.evaluate(condition, argument))
        return False


@dataclass
class Lobby:
    """A hall with kiosks."""

    url: str
    hall: Hall
    browser: Browser
    faults: list[str] = field(default_factory=list)
    _pages: list[Page] = field(default_factory=list)

    def issue(self, service: str = "consult") -> Any:
        return self.hall.issue(service, at=clock.now())

    def close(self, service: str) -> None:
        queue.close_service(site_id=self.hall.id, service=service, by=self.hall.actors["supervisor"])

    def many_services(self, count: int = 16) -> None:
        """So many services more, with names of a mall."""
        names = [
            "Lost property",
            "Wheelchairs",
            "Gift wrapping",
            "Parking",
            "Invoices",
            "Tax refund",
            "Tickets",
            "Photos",
        ]
        zh = ["失物招领", "轮椅租借", "礼品包装", "停车服务", "发票开具", "退税服务", "票务咨询", "证件照"]
        for n in range(count):
            queue.add_service(
                site_id=self.hall.id,
                slug=f"more-{n}",
                prefix="M",
                names={"en": f"{names[n % 8]} {n}", "zh-Hans": f"{zh[n % 8]} {n}"},
                hint={"en": "Bring what you have", "zh-Hans": "请携带相关材料"},
                by=self.hall.actors["admin"],
            )

    def stand(
        self,
        *,
        language: str = "en",
        size: tuple[int, int] = UPRIGHT,
        path: str = "/kiosk/mall-door",
        clocked: bool = False,
    ) -> Kiosk:
        """Open the kiosk; with ``clocked`` its time passes only when the test lets it."""
        page = tabs.lend(
            self.browser,
            self._hear,
            size=size,
            locale="zh-CN" if language == "zh-Hans" else "en-GB",
            has_touch=True,
            alone=clocked,
        )
        self._pages.append(page)
        if clocked:
            page.clock.install()
        page.goto(self.url + path)
        kiosk = Kiosk(page, page.context)
        if kiosk.screen not in {"setup", "unknown"}:
            kiosk.until("document.documentElement.dataset.liveState === 'online'")
        if clocked:
            page.clock.pause_at(time.time() + 2)
            kiosk.clocked = True
        return kiosk

    def _hear(self, kind: str, words: str) -> None:
        if kind == "thrown":
            self.faults.append(words)

    def clear(self) -> None:
        for page in self._pages:
            tabs.give_back(page)

    @staticmethod
    def tickets() -> int:
        return Ticket.objects.count()
