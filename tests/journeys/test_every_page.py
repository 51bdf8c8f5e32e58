"""Every page of the product in both languages: axe finds nothing, nothing sticks out sideways, nobody complains.

The table names the view behind each page; a view that answers with a page and is not in it fails a test.
The back office's pages are found by walking through its own index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.chromium import violations
from tests.journeys.cast import BOARD, DESK, KIOSK, PASSWORD, PHONE, Program
from tests.processes.running import Hall

pytestmark = [pytest.mark.one_database, pytest.mark.browser, pytest.mark.processes, pytest.mark.timeout(240)]

LANGUAGES = ("zh-Hans", "en")
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass(frozen=True)
class Row:
    """A page: the view behind it, its address with names of things in it, and what is done there first."""

    view: str
    path: str
    size: tuple[int, int]
    user: str = ""
    steps: Callable[[Page], object] | None = None
    what: str = ""

    @property
    def id(self) -> str:
        return f"{self.view}{f' ({self.what})' if self.what else ''}"


def click(*selectors: str) -> Callable[[Page], object]:
    """Touch one thing after another."""

    def steps(page: Page) -> None:
        for selector in selectors:
            page.locator(selector).first.click()

    return steps


def key(name: str, shows: str = "dialog#ask[open] #ask-body > *") -> Callable[[Page], object]:
    """Press a key of the desk, which opens the dialog."""

    def steps(page: Page) -> None:
        page.wait_for_selector("html[data-live-state=online]", state="attached")
        page.keyboard.press(name)
        page.locator(shows).first.wait_for()

    return steps


def wrong_password(page: Page) -> None:
    page.fill("[name=username]", "nobody")
    page.fill("[name=password]", "wrong")
    page.keyboard.press("Enter")
    page.locator(".error-summary").wait_for()


def tickets() -> Iterator[Row]:
    """The ticket's page in all its states."""
    for state in (
        "waiting",
        "near",
        "called",
        "serving",
        "held",
        "done",
        "rated",
        "no_show",
        "cancelled",
        "merged",
    ):
        yield Row("portal:ticket", f"/t/{{{state}}}", PHONE, what=state)


def desk(what: str, label: str, user: str, *keys: str) -> Iterator[Row]:
    """A counter's screen, and what its keys open."""
    path = f"/desk/{{counter_{label}}}"
    yield Row("desk:screen", path, DESK, user, what=what)
    for one in keys:
        yield Row("desk:ask", path, DESK, user, key(one), f"{what}, {one}")


AGENTS = ("mall-agent1", "mall-agent2", "mall-agent3")
SUPERVISOR, MANAGER, ADMIN = "mall-supervisor", "mall-manager", "admin"
QUEUE = "/desk/mall/queue"
PAGES: list[Row] = [
    Row("portal:home", "/", PHONE),
    Row("portal:site", "/s/mall", PHONE),
    Row("portal:take", "/s/mall/take/membership", PHONE),
    Row("portal:take", "/s/mall/take/lost-and-found", PHONE, what="closed for today"),
    Row("portal:take", "/s/mall/take/nothing", PHONE, what="unknown"),
    Row("portal:poster", "/s/mall/poster", (794, 1123)),
    *tickets(),
    Row("portal:ticket", "/t/AAAAAAAAAAAAAAAAAAAAAA", PHONE, what="unknown"),
    Row("portal:ticket", "/t/{waiting}", PHONE, "", click("[data-dialog-open=leave]"), "leaving"),
    Row("portal:leave", "/t/{waiting}/leave", PHONE),
    Row("portal:later", "/t/{waiting}/later", PHONE),
    Row("kiosk:home", "/kiosk/mall-door", KIOSK),
    Row(
        "kiosk:home",
        "/kiosk/mall-door",
        KIOSK,
        "",
        click("[data-pref=size]", "[data-pref=contrast]"),
        "large",
    ),
    Row("kiosk:home", "/kiosk/nowhere-door", KIOSK, what="unknown"),
    Row("kiosk:service", "/kiosk/mall-door/s/returns", KIOSK),
    Row("kiosk:service", "/kiosk/mall-door/s/lost-and-found", KIOSK, what="refused"),
    Row(
        "kiosk:take",
        "/kiosk/mall-door",
        KIOSK,
        "",
        click("[data-service=gift-cards]", "button[form=take]", ".ticket-number"),
    ),
    Row("kiosk:setup", "/kiosk/mall-door/setup", KIOSK),
    Row("board:board", "/board/mall", BOARD),
    Row("board:zone-board", "/board/mall/service-desk", BOARD),
    Row("board:zone-board", "/board/mall/self-service", BOARD, what="empty"),
    Row("account_login", "/sign-in", DESK),
    Row("account_login", "/sign-in", PHONE, what="by phone"),
    Row("account_login", "/sign-in", DESK, "", wrong_password, "refused"),
    Row("socialaccount_login_cancelled", "/sign-in/with/cancelled", DESK),
    Row("desk:start", "/desk", DESK, ADMIN),
    Row("desk:halls", "/desk/halls", DESK, ADMIN),
    Row("desk:counters", "/desk/mall/counters", DESK, MANAGER),
    *desk("called", "1", AGENTS[0], "h", "t", "b", "d", "w"),
    Row("desk:screen", "/desk/{counter_1}", DESK, AGENTS[0], key("?", "dialog#keys-help[open] dd"), "keys"),
    *desk("serving", "3", AGENTS[1], "d"),
    *desk("paused", "7", AGENTS[2]),
    *desk("free", "4", SUPERVISOR, "i", "p", "q", "w"),
    Row("desk:screen", "/desk/{counter_1}", DESK, SUPERVISOR, what="taken"),
    *(
        Row("desk:screen", f"/desk/{{counter_4}}?tab={tab}", DESK, SUPERVISOR, what=tab)
        for tab in ("services", "held", "missed")
    ),
    Row("desk:queue", QUEUE, DESK, SUPERVISOR),
    Row("desk:queue", f"{QUEUE}?tab=services", DESK, MANAGER, what="services"),
    Row(
        "desk:queue-ask",
        QUEUE,
        DESK,
        SUPERVISOR,
        click(".row-open", "dialog#ask[open] .dialog-body"),
        "a ticket",
    ),
    Row(
        "desk:queue-ask",
        QUEUE,
        DESK,
        SUPERVISOR,
        click("[id^=close-]", "dialog#ask[open] .dialog-body"),
        "closing a counter",
    ),
    Row("account", "/account", DESK, AGENTS[0]),
    Row("account", "/account", PHONE, AGENTS[0], what="by phone"),
    Row("account-app", "/account/app", DESK, AGENTS[0]),
    Row("account-app", "/account/app", PHONE, AGENTS[0], what="by phone"),
    Row("account-passkey", "/account/passkey", DESK, AGENTS[0]),
    Row("desk:rate", "{tablet_7}", (1024, 768), what="nobody"),
    Row("desk:rate", "{tablet_6}", (1024, 768), what="question"),
    Row("desk:rate", "{tablet_6}?ticket={id_done}&score=2", (1024, 768), what="reasons"),
    Row("ops:overview", "/ops", DESK, ADMIN),
    Row("ops:site", "/ops/mall", DESK, MANAGER),
    Row("ops:site", "/ops/mall", PHONE, MANAGER, what="by phone"),
    Row("ops:site", "/ops/mall?day=2020-01-02", DESK, MANAGER, what="a day without visits"),
    Row("ops:tickets", "/ops/mall/tickets", DESK, MANAGER),
    Row("ops:tickets-csv", "/ops/mall/tickets.csv", DESK, MANAGER, what="to be confirmed"),
    Row("ops:tickets-csv", "/ops/mall/tickets.csv", PHONE, MANAGER, what="to be confirmed by phone"),
    Row("ops:locked", "/ops/mall/locked", DESK, SUPERVISOR),
    Row("ops:ticket", "/ops/mall/tickets/{id_done}", DESK, MANAGER),
    Row("portal:me", "/me", PHONE),
    Row("desk:customers", "/desk/mall/customers", DESK, AGENTS[0]),
    Row("desk:customer-new", "/desk/mall/customers/new", DESK, AGENTS[0]),
    Row("ops:duplicates", "/ops/mall/duplicates", DESK, MANAGER),
    Row("ops:erasures", "/ops/mall/erasures", DESK, MANAGER),
    Row("ops:corrections", "/ops/mall/corrections", DESK, MANAGER),
    Row("ops:forms", "/ops/mall/forms", DESK, MANAGER),
    Row("ops:form", "/ops/mall/forms/desk-new", DESK, MANAGER),
    Row("ops:mailbox", "/ops/mall/mailbox", DESK, MANAGER),
    Row("ops:alerts", "/ops/mall/alerts", DESK, MANAGER),
    Row("ops:alerts", "/ops/mall/alerts?state=past", PHONE, MANAGER, what="by phone"),
    Row("ops:webhooks", "/ops/mall/webhooks", DESK, ADMIN),
    Row("ops:webhook-add", "/ops/mall/webhooks/add", DESK, ADMIN),
    Row("ops:webhook-add", "/ops/mall/webhooks/add", PHONE, ADMIN, what="by phone"),
    Row("ops:evidence", "/ops/evidence", DESK, MANAGER),
    Row(
        "ops:evidence", "/ops/evidence", DESK, ADMIN, click("[data-dialog-open=evidence-how]"), "how to check"
    ),
    Row("ops:evidence", "/ops/evidence?number=Z999", DESK, MANAGER, what="nothing found"),
    Row("desk:queue", QUEUE, DESK, AGENTS[0], what="not allowed"),
    Row("ops:site", "/ops/nowhere", DESK, MANAGER, what="unknown"),
    Row("look:gallery", "/gallery", DESK),
]
# Answers that are no page of their own: parts, acts that lead elsewhere, files, data.
NO_PAGES = {
    *("portal:now", "portal:back", "portal:rate", "portal:alerts-worker"),
    *("board:chime", "board:sound-on", "board:medium", "board:speech", "board:state", "board:zone-state"),
    *("mfa_authenticate", "passkey-sign-in", "passkey-challenge"),  # looked at in tests/channels/entry
    *("openid_connect_login", "openid_connect_callback"),
    *("account-language", "account-password", "account-remove-factor", "account-codes", "account-new-codes"),
    *("account-end-session", "account-end-others", "account-link", "account-unlink"),
    *("desk:sign-out", "desk:in", "desk:now", "desk:lists", "desk:act", "desk:queue-lists"),
    *("desk:queue-act", "desk:rate-now", "desk:rate-send", "ops:evidence-csv", "ops:evidence-receipt"),
    *("evidence:checkpoint", "evidence:old-checkpoint", "evidence:tile", "evidence:verifier"),
    *("ops:figures-csv", "ops:unlock", "ops:admin-sign-in", "ops:admin-sign-out", "ops:admin-account"),
    *("ops:alerts-first", "ops:alert-acknowledge", "ops:webhooks-first", "ops:webhook-act"),
    *("ops:webhook", "ops:webhook-change", "ops:webhook-repeat"),  # looked at in tests/channels/ops
    *("live", "set_language"),
    # looked at in the tests of these channels, with a customer to show
    *("desk:customer", "ops:joining", "ops:correction", "portal:me-edit", "portal:me-contact"),
    *("portal:me-privacy", "portal:me-register", "portal:me-correction"),
    *("desk:customer-consent", "desk:customer-correct", "desk:customer-erasure", "desk:customer-identity"),
    *("desk:customer-card", "desk:customer-face", "desk:customer-restrict"),
    *("desk:customer-unmask", "ops:erasure", "ops:join", "ops:part", "ops:mailbox-first", "portal:me-code"),
    *("portal:me-consent", "portal:me-enter", "portal:me-erasure", "portal:me-export"),
    *("portal:me-export-json", "portal:me-receipt", "portal:me-restrict", "portal:me-sign-out"),
    "look:specimen",  # looked at in tests/channels/look
}


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
    """Somebody who walks through the pages: browsers by person and language, signed in once."""

    hall: Hall
    chromium: Browser
    things: dict[str, str]
    contexts: dict[tuple[str, str], BrowserContext] = field(default_factory=dict)

    def find_tablets(self) -> None:
        """The addresses of the rating tablets, from the page that tells them."""
        page = self.context(MANAGER, "en").new_page()
        page.goto(f"{self.hall.url}/ops/mall")
        links = page.locator("a.ops-tablet").evaluate_all(
            "links => links.map((link) => [link.innerText.split(' ').at(-1), link.pathname])"
        )
        self.things |= {f"tablet_{label}": path for label, path in links}
        page.close()

    def context(self, user: str, language: str) -> BrowserContext:
        if (user, language) in self.contexts:
            return self.contexts[user, language]
        context = self.chromium.new_context(locale=language, reduced_motion="reduce")
        context.add_cookies(
            [{"name": "servicehall_language", "value": language.lower(), "url": self.hall.url}]
        )
        if user:
            page = context.new_page()
            page.goto(f"{self.hall.url}/sign-in")
            page.fill("[name=username]", user)
            page.fill("[name=password]", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(re.compile("/(desk|ops)"))
            page.close()
        self.contexts[user, language] = context
        return context

    def faults(self, row: Row, language: str) -> list[Any]:
        """Go to the page, do what is done there, and tell what is wrong with it."""
        found: list[Any] = []
        page = self.context(row.user, language).new_page()
        page.on("pageerror", lambda error: found.append(str(error)))
        page.set_viewport_size({"width": row.size[0], "height": row.size[1]})
        answer = page.goto(self.hall.url + row.path.format(**self.things))
        assert answer is not None
        if answer.status >= 500:
            found.append(f"answered {answer.status}")
        if row.steps:
            row.steps(page)
        found += violations(page)
        spoken = page.get_attribute("html", "lang") or ""
        if row.size != BOARD and not spoken.lower().startswith(language[:2]):  # a board speaks to everybody
            found.append(f"speaks {spoken}")
        if (wider := page.evaluate(WIDER)) > 0:
            found.append(f"{wider} px too wide")
        page.close()
        return found


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
    for context in walk.contexts.values():
        context.close()
    program.post("/sites/mall/services/lost-and-found/reopen")
    program.clear_the_hall()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.id)
def test_a_page_is_free_of_faults(walk: Walk, row: Row, language: str) -> None:
    assert walk.faults(row, language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_back_office_is_free_of_faults(walk: Walk, language: str) -> None:
    """The index, each list, each form for a new record and the first record of each list."""
    page = walk.context(ADMIN, language).new_page()
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
    page.close()
    faults = {
        p: found for p in dict.fromkeys(paths) if (found := walk.faults(Row("", p, DESK, ADMIN), language))
    }
    assert faults == {}
