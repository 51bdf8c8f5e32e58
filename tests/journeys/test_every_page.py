"""Every page of the product in both languages: nothing sticks out sideways, nobody complains; in one, axe finds nothing.

What axe looks at is the same in both languages and costs more than all else here: pages take turns.

The table (pages.py) names the view behind each page; a view that answers with a page and is not in it fails a test.
The back office's pages are found by walking through its own index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import violations
from tests.journeys.cast import BOARD, DESK, PASSWORD, Program
from tests.journeys.pages import ADMIN, AGENTS, MANAGER, NO_PAGES, PAGES, SUPERVISOR
from tests.journeys.rows import Row
from tests.processes.running import Hall

pytestmark = [pytest.mark.one_database, pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]

LANGUAGES = ("zh-Hans", "en")
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def names_of_views() -> set[str]:
    """The names of all views outside the API and the back office."""
    from django.urls import URLPattern, get_resolver

    found: set[str] = set()

    def walk(patterns: list[Any], space: str) -> None:
        for one in patterns:
            if isinstance(one, URLPattern):
                found.add(f"{space}{one.name}")
            elif str(one.pattern) not in {"api/", "admin/"}:
                walk(one.url_patterns, f"{one.namespace}:" if one.namespace else space)

    walk(get_resolver().url_patterns, "")
    return found


def test_no_page_is_missing_in_the_table() -> None:
    assert names_of_views() == {row.view for row in PAGES} | NO_PAGES


@dataclass
class Walk:
    """Somebody who walks through the pages: browsers by person and language, signed in once.

    Each goes from page to page in one tab, as people do: a new tab for each page is a new process of Chromium
    for each, which is half the work.
    """

    hall: Hall
    chromium: Browser
    things: dict[str, str]
    tabs: dict[tuple[str, str], Page] = field(default_factory=dict)
    thrown: list[str] = field(default_factory=list)

    def find_tablets(self) -> None:
        """The addresses of the rating tablets, from the page that tells them."""
        page = self.tab(MANAGER, "en")
        page.goto(f"{self.hall.url}/ops/mall")
        links = page.locator("a.ops-tablet").evaluate_all(
            "links => links.map((link) => [link.innerText.split(' ').at(-1), link.pathname])"
        )
        self.things |= {f"tablet_{label}": path for label, path in links}

    def tab(self, user: str, language: str) -> Page:
        if (user, language) in self.tabs:
            return self.tabs[user, language]
        context = self.chromium.new_context(locale=language, reduced_motion="reduce")
        context.add_cookies(
            [{"name": "servicehall_language", "value": language.lower(), "url": self.hall.url}]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: self.thrown.append(str(error)))
        if user:
            page.goto(f"{self.hall.url}/sign-in")
            page.fill("[name=username]", user)
            page.fill("[name=password]", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(re.compile("/(desk|ops)"))
        self.tabs[user, language] = page
        return page

    def faults(self, row: Row, language: str, *, axe: bool) -> list[Any]:
        """Go to the page, do what is done there, and tell what is wrong with it."""
        found: list[Any] = []
        page = self.tab(row.user, language)
        self.thrown.clear()
        page.set_viewport_size({"width": row.size[0], "height": row.size[1]})
        answer = page.goto(self.hall.url + row.path.format(**self.things))
        assert answer is not None
        if answer.status >= 500:
            found.append(f"answered {answer.status}")
        if row.steps:
            row.steps(page)
        if axe:
            found += violations(page)
        spoken = page.get_attribute("html", "lang") or ""
        if row.size != BOARD and not spoken.lower().startswith(language[:2]):  # a board speaks to everybody
            found.append(f"speaks {spoken}")
        if (wider := page.evaluate(WIDER)) > 0:
            found.append(f"{wider} px too wide")
        page.evaluate("[localStorage, sessionStorage].forEach((kept) => kept.clear())")
        return found + self.thrown


def bring_about(program: Program) -> dict[str, str]:
    """Tickets in every state, counters in every state; what stands in the addresses of the table."""
    counters = {c["label"]: c["id"] for c in program.get("/sites/mall/counters")["items"]}
    staff = {"1": AGENTS[0], "3": AGENTS[1], "7": AGENTS[2], "4": SUPERVISOR}
    for label, who in staff.items():
        program.post(f"/counters/{counters[label]}/sign-in", staff=who)
    for label in ("2", "6"):
        program.post(f"/counters/{counters[label]}/sign-in")

    def called_to(label: str, service: str) -> dict[str, Any]:
        ticket: dict[str, Any] = program.issue(service)
        program.post(f"/tickets/{ticket['id']}/call", counter=label)
        return ticket

    def acted(label: str, service: str, *acts: str) -> dict[str, Any]:
        ticket = called_to(label, service)
        for act in acts:
            program.post(f"/tickets/{ticket['id']}/{act}")
        return ticket

    found = {
        "no_show": acted("2", "parking", "no-show"),
        "held": acted("2", "membership", "start", "hold"),
        "rated": acted("6", "complaints", "start", "finish"),
        "done": acted("6", "membership", "start", "finish"),
        "serving": acted("3", "returns", "start"),
        "called": called_to("1", "enquiries"),
        "cancelled": program.issue("gift-cards"),
        "near": program.issue("gift-cards", priority="elderly"),
    }
    program.post(f"/tickets/{found['rated']['id']}/rate", score=2, reasons=["long-wait"], comment="…")
    program.post(f"/tickets/{found['cancelled']['id']}/cancel")
    program.post(f"/counters/{counters['7']}/pause", reason="break")
    for _ in range(12):
        program.issue("membership")
    found["waiting"], found["merged"] = program.issue("membership"), program.issue("membership")
    program.post(f"/tickets/{found['merged']['id']}/merge", into=found["waiting"]["id"])
    program.post("/sites/mall/services/lost-and-found/close")
    return (
        {name: ticket["code"] for name, ticket in found.items()}
        | {f"id_{name}": ticket["id"] for name, ticket in found.items()}
        | {f"counter_{label}": id_ for label, id_ in counters.items()}
    )


@pytest.fixture(scope="module")
def walk(demo: Hall, chromium: Browser, program: Program) -> Iterator[Walk]:
    walk = Walk(demo, chromium, bring_about(program))
    walk.find_tablets()
    yield walk
    for tab in walk.tabs.values():
        tab.context.close()
    program.post("/sites/mall/services/lost-and-found/reopen")
    program.clear_the_hall()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.id)
def test_a_page_is_free_of_faults(walk: Walk, row: Row, language: str) -> None:
    mine = LANGUAGES[PAGES.index(row) % 2] == language
    assert walk.faults(row, language, axe=mine) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_back_office_is_free_of_faults(walk: Walk, language: str) -> None:
    """The index, each list, each form for a new record and the first record of each list."""
    page = walk.tab(ADMIN, language)
    page.goto(f"{walk.hall.url}/admin/")
    lists = page.locator("a[href^='/admin/']").evaluate_all(
        "links => [...new Set(links.map((link) => new URL(link.href).pathname))]"
    )
    lists = [path for path in lists if re.fullmatch(r"/admin/\w+/\w+/", path)]
    assert len(lists) >= 12
    paths = ["/admin/", *lists]
    for path in lists:
        page.goto(walk.hall.url + path)
        links = page.locator("a[href*='/change/'], a[href$='/add/']").evaluate_all(
            "links => links.map((link) => new URL(link.href).pathname)"
        )
        for last in ("/add/", "/change/"):
            paths += [link for link in links if link.startswith(path) and link.endswith(last)][:1]
    faults = {}
    for n, path in enumerate(dict.fromkeys(paths)):
        mine = LANGUAGES[n % 2] == language
        if found := walk.faults(Row("", path, DESK, ADMIN), language, axe=mine):
            faults[path] = found
    assert faults == {}
