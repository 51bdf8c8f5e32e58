"""A mall's morning with known figures, and those who look at it. No fixtures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM, customer
from servicehall.rooms.feedback import actions as feedback
from servicehall.rooms.people import actions as people
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries
from tests import tabs
from tests.confirming import Confirming
from tests.hall import MORNING, Hall, catch_up, make_hall, text
from tests.remembered import built


@dataclass
class Halls:
    """The mall, the bank, a chief of both; and the tickets of the morning by what became of them."""

    mall: Hall
    bank: Hall
    chief: Any
    tickets: dict[str, Any]

    def as_(self, who: str, hall: Hall | None = None, language: str = "en") -> Client:
        """A browser in which somebody of a hall (the mall, if not said) is signed in, or the chief."""
        person = self.chief if who == "chief" else (hall or self.mall).people[who]
        client = Confirming(headers={"Accept-Language": language})
        client.force_login(person)
        return client


def make_halls(begin: datetime = MORNING) -> Halls:
    """Since the morning began (minutes): at 0 six tickets; see :func:`live_a_morning`."""
    now = clock.now() if clock.is_virtual() else None
    mall, bank, chief = built(("halls", now), _make_halls, empty="hall_site")
    return Halls(mall, bank, chief, live_a_morning(mall, begin))


def _make_halls() -> tuple[Hall, Hall, Any]:
    mall, bank = make_hall("mall"), make_hall("bank")
    chief = people.add_staff(
        username="chief",
        names=text("Chief", "总管"),
        password="a long enough password",
        by=SYSTEM,
        roles=[
            people.RoleAt("manager", organisation=hall.site.region.organisation_id) for hall in (mall, bank)
        ],
        language="en",
        check_password=False,
    )
    return mall, bank, chief


def live_a_morning(mall: Hall, begin: datetime) -> dict[str, Any]:
    """Six tickets: one served and rated, one late and served, a no-show, one who left, two who wait.

    Counter 1 calls after 2, 12 and 13 minutes (the target is 10); "waiting" has waited since 0 for the
    consultation, "fresh" since 14 for a refund.
    """

    def at(minutes: float) -> datetime:
        return begin + timedelta(minutes=minutes)

    agent, phone = mall.actors["agent"], customer("phone")
    mall.open(at=at(0))
    names = ("served", "late", "missed", "left", "waiting")
    tickets = {name: mall.issue(at=at(n / 100)) for n, name in enumerate(names)}
    for name, called in (("served", 2), ("late", 12), ("missed", 13)):
        ticket = mall.next(at=at(called))
        assert ticket.pk == tickets[name].pk
        if name == "missed":
            queue.no_show(ticket_id=ticket.pk, by=agent, at=at(14))
            continue
        queue.start(ticket_id=ticket.pk, by=agent, at=at(called + 0.25))
        queue.finish(ticket_id=ticket.pk, by=agent, at=at(called + 0.75))
    feedback.rate_visit(
        served=queries.served_visit(tickets["served"].pk),
        score=4,
        reasons=["friendly"],
        comment="=HYPERLINK(1) Thanks",
        by=phone,
        at=at(5),
    )
    queue.cancel(ticket_id=tickets["left"].pk, by=phone, at=at(10))
    tickets["fresh"] = mall.issue("refund", at=at(14))
    catch_up()
    return tickets


@dataclass
class Screens:
    """Opens operations pages in Chromium; notes what the browser complains of."""

    address: str
    browser: Browser
    pages: list[Page] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    halls: Halls | None = None

    def set_up(self) -> Halls:
        """The halls, with the morning a quarter of an hour ago."""
        self.halls = make_halls(clock.now() - timedelta(minutes=15))
        return self.halls

    def open(
        self,
        path: str,
        *,
        who: str = "manager",
        language: str = "en",
        theme: str = "light",
        size: tuple[int, int] = (1440, 900),
    ) -> Page:
        """A page in a window of its own."""
        assert self.halls is not None
        page = tabs.lend(
            self.browser,
            lambda _kind, words: self.complaints.append(words),
            size=size,
            media={"color_scheme": "dark" if theme == "dark" else "light", "reduced_motion": "reduce"},
            locale=language,
        )
        self.pages.append(page)
        host = {"domain": urlsplit(self.address).hostname or "", "path": "/"}
        client = self.halls.as_(who)
        cookies: list[Any] = [
            {"name": settings.LANGUAGE_COOKIE_NAME, "value": language.lower(), **host},
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                **host,
            },
        ]
        page.context.add_cookies(cookies)
        page.goto(self.address + path)
        return page

    def close(self) -> None:
        while self.pages:
            tabs.give_back(self.pages.pop())
