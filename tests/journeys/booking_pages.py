"""The rows of booking in the table of pages: by phone, at the kiosk, the sheet for the door."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.cast import KIOSK, PHONE
from tests.journeys.rows import Row, click


def hold_a_time(page: Page) -> None:
    page.locator("button.time").last.click()
    page.locator("#details, .banner-bad:not([hidden])").first.wait_for()


def book_a_time(page: Page) -> None:
    hold_a_time(page)
    page.fill("#name", "王小明")
    page.fill("#email", "guest@example.com")
    page.click("button[form=details]")
    page.locator("#now").wait_for()


def with_booking(link: str, shows: str) -> Callable[[Page], object]:
    """Book, and go on from the booking's page."""

    def steps(page: Page) -> None:
        book_a_time(page)
        page.locator(link).click()
        page.locator(shows).wait_for()

    return steps


# A browser may have two open bookings of an offer, so acts on a booking take offers in turn.
BOOKING: list[Row] = [
    Row("portal:book-sites", "/book", PHONE),
    Row("portal:book", "/s/mall/book", PHONE),
    Row("portal:book-times", "/s/mall/book/talk", PHONE),
    Row("portal:book-times", "/s/mall/book/workshop?people=9", PHONE, what="too many"),
    Row("portal:booking-details", "/s/mall/book/talk", PHONE, "", hold_a_time),
    Row("portal:booking", "/s/mall/book/talk", PHONE, "", book_a_time),
    Row("portal:booking", "/b/AAAAAAAAAAAAAAAAAAAAAA", PHONE, what="unknown"),
    Row(
        "portal:booking-move", "/s/mall/book/charging", PHONE, "", with_booking("a[href$='/move']", ".month")
    ),
    Row(
        "portal:booking-cancel",
        "/s/mall/book/returns",
        PHONE,
        "",
        with_booking("a[href$='/cancel']", "button[form=cancel]"),
    ),
    Row("portal:arrive", "/s/mall/arrive", PHONE),
    Row("ops:door-code", "/ops/mall/door-code", (794, 1123), "mall-manager"),
    Row("kiosk:appointment", "/kiosk/mall-door", KIOSK, "", click("[data-appointment]", "#booking-number")),
]
