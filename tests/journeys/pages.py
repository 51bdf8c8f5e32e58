"""The table of the product's pages: the view behind each, its address, its size, who looks, and what is done there first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from playwright.sync_api import Page

from tests.journeys.booking_pages import BOOKING
from tests.journeys.cast import BOARD, DESK, KIOSK, PHONE
from tests.journeys.planning_pages import PLANNING
from tests.journeys.rows import Row, click


def key(name: str, shows: str = "dialog#ask[open] #ask-body > *") -> Callable[[Page], object]:
    """Press a key of the desk, which opens the dialog."""

    def steps(page: Page) -> None:
        page.wait_for_selector("html[data-live-state=online]", state="attached")
        page.keyboard.press(name)
        page.locator(shows).first.wait_for()

    return steps


def service_tab(name: str, shows: str) -> Callable[[Page], object]:
    """Open the first service of the list, and one of its tabs."""

    def steps(page: Page) -> None:
        page.locator("tbody th a").first.click()
        page.locator(f".tabs a[href$='/{name}']").click()
        page.locator(shows).first.wait_for(state="attached")

    return steps


def wrong_password(page: Page) -> None:
    page.fill("[name=username]", "nobody")
    page.fill("[name=password]", "wrong")
    page.keyboard.press("Enter")
    page.locator(".error-summary").wait_for()


BEGIN = "button[form=begin]"
GO_ON = "button[form=flow]"


def go_through(*moves: Callable[[Page], object]) -> Callable[[Page], object]:
    """Begin a flow and do the moves, waiting for the next step after each."""

    def steps(page: Page) -> None:
        page.click(BEGIN)
        page.wait_for_url("**/r/**")
        for move in moves:
            move(page)
            page.locator("#flow").wait_for()

    return steps


def a_wallet_was_lost(page: Page) -> None:
    page.click("label:has(input[value=wallet])")
    page.click(GO_ON)
    page.fill("[type=tel]", "138 0013 8000")
    page.click(GO_ON)
    page.locator(".flow-answers").wait_for()


def take_at_kiosk(page: Page) -> None:
    page.wait_for_selector("html[data-live-state=online]", state="attached")
    page.click("[data-group-show=tickets]")
    page.locator("a.tile:visible").first.click()
    page.click("button[form=take]")
    page.locator(".ticket-number").wait_for()


def begin_at_kiosk(page: Page) -> None:
    page.wait_for_selector("html[data-live-state=online]", state="attached")
    page.locator("[data-service='do.report-loss']").click()
    page.locator("main[data-step=thing]").wait_for()


def wrong_at_kiosk(page: Page) -> None:
    begin_at_kiosk(page)
    page.click(f"{GO_ON}.kiosk-main-action")
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
SERVICES = "/ops/mall/services"
BOOKING_SETUP = "/ops/mall/booking"
PAGES: list[Row] = [
    Row("portal:home", "/", PHONE),
    Row("portal:site", "/s/mall", PHONE),
    Row("portal:take", "/s/mall/take/membership", PHONE),
    Row("portal:take", "/s/mall/take/lost-and-found", PHONE, what="closed for today"),
    Row("portal:take", "/s/mall/take/nothing", PHONE, what="unknown"),
    Row("portal:poster", "/s/mall/poster", (794, 1123)),
    Row("portal:begin", "/s/mall/do/report-loss", PHONE),
    Row("portal:begin", "/s/mall/do/nothing", PHONE, what="unknown"),
    Row("portal:request", "/s/mall/do/report-loss", PHONE, "", go_through(), "form"),
    Row("portal:request", "/s/mall/do/report-loss", PHONE, "", go_through(click(GO_ON)), "wrong"),
    Row("portal:request", "/s/mall/do/report-loss", PHONE, "", go_through(a_wallet_was_lost), "confirm"),
    Row(
        "portal:request",
        "/s/mall/do/report-loss",
        PHONE,
        "",
        go_through(a_wallet_was_lost, click(GO_ON), lambda page: page.locator(".flow-sign").wait_for()),
        "end",
    ),
    *BOOKING,
    *PLANNING,
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
    Row("kiosk:take", "/kiosk/mall-door", KIOSK, "", take_at_kiosk),
    Row("kiosk:request-begin", "/kiosk/mall-door", KIOSK, "", begin_at_kiosk, "form"),
    Row("kiosk:request-answer", "/kiosk/mall-door", KIOSK, "", wrong_at_kiosk, "wrong"),
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
    Row("ops:waits", "/ops/mall/waits", DESK, MANAGER),
    Row("ops:waits", "/ops/mall/waits?from=2020-01-02&to=2020-01-03", PHONE, MANAGER, what="nothing found"),
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
    Row("ops:payments", "/ops/mall/payments", DESK, MANAGER),
    Row("ops:payments", "/ops/mall/payments", PHONE, AGENTS[0], what="an agent by phone"),
    Row("ops:payments", "/ops/mall/payments?state=failed", DESK, MANAGER, what="nothing found"),
    Row(
        "ops:payments",
        "/ops/mall/payments",
        DESK,
        MANAGER,
        click("[data-dialog-open=payments-export]"),
        "export",
    ),
    Row("ops:payment-add", "/ops/mall/payments/add", DESK, AGENTS[0]),
    Row("ops:payment", "/ops/mall/payments", DESK, MANAGER, click("tbody th a")),
    Row("ops:payment", "/ops/mall/payments", PHONE, AGENTS[0], click("tbody th a"), "by phone"),
    Row(
        "ops:payment-refund",
        "/ops/mall/payments?state=paid",
        DESK,
        MANAGER,
        click("tbody th a", "a[href$=refund]"),
    ),
    Row("ops:reconciliation", "/ops/mall/reconciliation", DESK, MANAGER),
    Row("desk:calendar", "/desk/mall/calendar", DESK, AGENTS[0]),
    Row("desk:calendar", "/desk/mall/calendar?view=week", DESK, MANAGER, what="week"),
    Row("desk:calendar", "/desk/mall/calendar?view=resource", DESK, AGENTS[0], what="one resource"),
    Row("desk:calendar-feed", "/desk/mall/calendar/feed", DESK, AGENTS[0]),
    Row("desk:calendar-print", "/desk/mall/calendar/2026-11-27/print", DESK, AGENTS[0]),
    Row("ops:booking", BOOKING_SETUP, DESK, MANAGER),
    Row("ops:booking-capacity", f"{BOOKING_SETUP}/capacity", DESK, MANAGER),
    Row("ops:booking-offer-add", f"{BOOKING_SETUP}/offers/add", DESK, MANAGER),
    Row("ops:booking-resource-add", f"{BOOKING_SETUP}/resources/add", DESK, MANAGER),
    Row("ops:booking-hall", f"{BOOKING_SETUP}/hall", DESK, MANAGER),
    Row("ops:booking-dates", f"{BOOKING_SETUP}/dates", DESK, MANAGER),
    Row("ops:connectors", "/ops/mall/connectors", DESK, MANAGER),
    Row("ops:connectors", "/ops/mall/connectors", PHONE, ADMIN, what="by phone"),
    Row("ops:calendars", "/ops/mall/calendars", DESK, MANAGER),
    Row("ops:calendar-rules", "/ops/mall/calendars/rules", DESK, MANAGER),
    Row("ops:webhooks", "/ops/mall/webhooks", DESK, ADMIN),
    Row("ops:webhook-add", "/ops/mall/webhooks/add", DESK, ADMIN),
    Row("ops:webhook-add", "/ops/mall/webhooks/add", PHONE, ADMIN, what="by phone"),
    Row("ops:evidence", "/ops/evidence", DESK, MANAGER),
    Row(
        "ops:evidence", "/ops/evidence", DESK, ADMIN, click("[data-dialog-open=evidence-how]"), "how to check"
    ),
    Row("ops:evidence", "/ops/evidence?number=Z999", DESK, MANAGER, what="nothing found"),
    Row("ops:services", SERVICES, DESK, ADMIN),
    Row("ops:services", f"{SERVICES}?q=nothing", PHONE, MANAGER, what="nothing found"),
    Row("ops:service-add", f"{SERVICES}/add", DESK, ADMIN),
    Row("ops:service", SERVICES, DESK, ADMIN, click("tbody th a", ".tabs")),
    Row("ops:service-text", SERVICES, DESK, ADMIN, service_tab("text", "#findings[data-checked]")),
    Row("ops:service-text", SERVICES, PHONE, MANAGER, service_tab("text", "#text"), "by phone, read only"),
    Row("ops:service-compare", SERVICES, DESK, ADMIN, service_tab("compare", ".panel")),
    Row("ops:service-publish", SERVICES, DESK, ADMIN, click("tbody th a", "a[href$='/publish']", "h2")),
    Row("ops:service-forms", SERVICES, DESK, ADMIN, service_tab("forms", ".wording-group")),
    Row("ops:service-forms", SERVICES, PHONE, MANAGER, service_tab("forms", ".wording-group"), "read only"),
    Row("ops:service-preview", SERVICES, DESK, ADMIN, service_tab("preview", ".preview-frame")),
    Row("ops:service-diagram", SERVICES, DESK, ADMIN, service_tab("diagram", "svg.diagram")),
    Row("ops:service-try", SERVICES, DESK, ADMIN, service_tab("try", ".trial-given")),
    Row("ops:service-upgrade", SERVICES, DESK, ADMIN, service_tab("upgrade", ".panel")),
    Row("desk:queue", QUEUE, DESK, AGENTS[0], what="not allowed"),
    Row("ops:site", "/ops/nowhere", DESK, MANAGER, what="unknown"),
    Row("desk:requests", "/desk/mall/requests", DESK, AGENTS[0]),
    Row(
        "desk:request",
        "/desk/mall/requests",
        DESK,
        AGENTS[0],
        click(".requests-services button", "#flow .flow-head"),
    ),
    Row("desk:tasks", "/desk/mall/tasks", DESK, MANAGER),
    Row("desk:tasks", "/desk/mall/tasks?kind=fault", DESK, AGENTS[0], what="nothing found"),
    Row("portal:scanned", "/m/AAAAAAAAAAAAAAAAAAAAAA", PHONE, what="unknown"),
    Row("kiosk:pickup", "/kiosk/mall-door", KIOSK, "", click("[data-pickup]", "#pickup-code")),
]
# Answers that are no page of their own: parts, acts that lead elsewhere, files, data.
NO_PAGES = {
    *("ops:what-if-first", "ops:what-if-csv", "ops:what-if-json"),
    # looked at in tests/channels/portal and ops, with something to book
    *("portal:wait", "portal:waiting", "portal:booking-messages", "ops:calendar-add"),
    *("portal:waiting-take", "portal:waiting-leave", "portal:waiting-again"),
    *("portal:booking-calendar", "portal:calendar-feed", "ops:calendar-act"),
    *(
        "portal:booking-wechat",
        "portal:wechat-back",
    ),  # to WeChat and back: tests/channels/portal/test_in_wechat.py
    *("portal:booking-now", "portal:booking-release", "portal:booking-confirm", "portal:booking-late"),
    *("portal:now", "portal:back", "portal:rate", "portal:alerts-worker"),
    *("portal:request-now", "portal:request-leave", "portal:request-pay", "portal:request-unpay"),
    *("portal:request-file", "portal:request-slip"),  # looked at in tests/channels/portal
    *("board:chime", "board:sound-on", "board:medium", "board:speech", "board:state", "board:zone-state"),
    *("mfa_authenticate", "passkey-sign-in", "passkey-challenge"),  # looked at in tests/channels/entry
    *("openid_connect_login", "openid_connect_callback"),
    *("account-language", "account-password", "account-remove-factor", "account-codes", "account-new-codes"),
    *("account-end-session", "account-end-others", "account-link", "account-unlink"),
    *("desk:sign-out", "desk:in", "desk:now", "desk:lists", "desk:act", "desk:queue-lists"),
    *("desk:queue-act", "desk:rate-now", "desk:rate-send"),
    *("desk:calendar-part", "desk:calendar-ask", "desk:calendar-act", "ops:appointments-csv"),
    *("ops:booking-offer", "ops:booking-resource", "ops:booking-week", "ops:booking-dates-remove"),
    "ops:booking-confirm",
    *("ops:evidence-csv", "ops:evidence-receipt"),
    *("evidence:checkpoint", "evidence:old-checkpoint", "evidence:tile", "evidence:verifier"),
    *("ops:waits-csv", "ops:waits-choose"),
    *("ops:figures-csv", "ops:unlock", "ops:admin-sign-in", "ops:admin-sign-out", "ops:admin-account"),
    *("ops:payments-first", "ops:payment-act", "ops:payments-csv", "payments:notify"),
    *("ops:alerts-first", "ops:alert-acknowledge", "ops:webhooks-first", "ops:webhook-act"),
    *("ops:connectors-first", "ops:connector", "ops:connector-try"),  # looked at in tests/channels/ops
    *("ops:webhook", "ops:webhook-change", "ops:webhook-repeat"),  # looked at in tests/channels/ops
    *("kiosk:forget", "kiosk:say", "security-txt"),
    *(
        "kiosk:request",
        "kiosk:request-pay",
        "kiosk:request-unpay",
        "kiosk:request-now",
        "kiosk:request-leave",
    ),
    *("ops:services-first", "ops:service-schema", "ops:service-check", "ops:service-file"),
    *("ops:service-put-in", "ops:service-act"),
    *("ops:service-preview-now", "ops:service-screen"),
    *("live", "set_language"),
    # acts on the load watch; what customers are offered is looked at in tests/channels/kiosk and portal
    *("ops:load-accept", "ops:load-dismiss", "ops:load-undo", "ops:load-rule-switch"),
    *(
        "ops:load-plan-try",
        "ops:load-plan-schedule",
        "ops:load-plan-cancel",
        "ops:load-plan-end",
        "portal:offer",
        "kiosk:offer",
    ),
    # looked at in the tests of these channels, with a customer to show
    *("desk:customer", "ops:joining", "portal:me-edit", "portal:me-contact", "portal:me-privacy"),
    *("desk:customer-consent", "desk:customer-correct", "desk:customer-erasure", "desk:customer-identity"),
    *("desk:customer-unmask", "ops:erasure", "ops:join", "ops:part", "ops:mailbox-first", "portal:me-code"),
    *("portal:me-consent", "portal:me-enter", "portal:me-erasure", "portal:me-export"),
    *("portal:me-export-json", "portal:me-receipt", "portal:me-restrict", "portal:me-sign-out"),
    *("portal:me-passkeys", "portal:me-passkey-use", "portal:me-passkey-challenge"),
    *("portal:me-passkey-remove", "receipts:twilio", "receipts:aliyun"),
    *("portal:me-proof", "portal:proof", "ops:correction", "portal:me-register", "portal:me-correction"),
    *("desk:customer-card", "desk:customer-face", "desk:customer-restrict"),
    *("ops:restriction", "ops:duplicates-first", "ops:erasures-first"),
    # looked at in tests/channels/desk and portal, with requests to show
    *("desk:task", "desk:task-act", "desk:request-act", "desk:request-now", "desk:request-pick-up"),
    *("portal:me-request", "portal:me-request-now", "portal:me-request-leave"),
    *("portal:me-request-file", "portal:me-request-slip", "kiosk:request-photo", "kiosk:request-file"),
    "desk:request-file",
    *("portal:me-request-pay", "portal:me-request-unpay", "ops:tasks-csv"),
    # looked at in tests/channels/kiosk, with a kiosk and a phone
    *("portal:request-move", "portal:request-move-now", "portal:request-move-stop", "portal:request-pickup"),
    *("kiosk:request-move", "kiosk:request-moving", "kiosk:request-moving-now", "kiosk:request-move-stop"),
    *("kiosk:request-person", "kiosk:ticket"),
    *("look:gallery", "look:specimen"),  # looked at in tests/channels/look
}
