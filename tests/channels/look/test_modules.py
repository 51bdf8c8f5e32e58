"""What the browser modules promise, tried in Chromium on the gallery."""

from __future__ import annotations

import re
from base64 import b64encode
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.channels.look.conftest import Screen

pytestmark = [pytest.mark.one_database, pytest.mark.browser]

UUID = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
FORM = """(action) => {
  document.getElementById('main').insertAdjacentHTML('afterbegin',
    `<form id="tried" method="post" action="${action}"><input type="hidden" name="idempotency_key">
     <button name="act" value="finish">Go</button></form>`);
}"""


def theme(page: Page) -> dict[str, str]:
    return dict(page.evaluate("({...document.documentElement.dataset})"))


def test_a_dialog_opens_closes_and_gives_the_focus_back(screen: Screen) -> None:
    page = screen.open("/gallery")
    opener = page.get_by_role("button", name="Leave the queue").last
    opener.click()
    dialog = page.get_by_role("dialog", name="Leave the queue?")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_key_clicks_its_button_but_not_while_typing(screen: Screen) -> None:
    page = screen.open("/gallery")
    page.locator("#pad-number").focus()
    page.keyboard.press("p")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.locator("#main").focus()
    page.keyboard.press("p")
    expect(page.get_by_role("dialog", name="Let others go first")).to_be_visible()


def test_the_question_mark_lists_the_keys(screen: Screen) -> None:
    page = screen.open("/gallery")
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keyboard")
    expect(help_).to_contain_text("Call next")
    expect(help_.locator("kbd").first).to_have_text("n")


def test_a_failure_stays_until_it_is_closed_a_success_leaves(screen: Screen) -> None:
    page = screen.open("/gallery")
    page.clock.install()
    page.locator("#dialogs").get_by_role("button", name="Finish").click()
    page.locator("#dialogs").get_by_role("button", name="No-show").click()
    page.mouse.move(0, 0)
    expect(page.locator(".toast")).to_have_count(2)
    page.clock.fast_forward(20_000)
    expect(page.locator(".toast")).to_have_text([re.compile("paused")])
    page.locator(".toast").get_by_role("button", name="Close").click()
    expect(page.locator(".toast")).to_have_count(0)
    page.context.close()  # nobody else is to have its clock


def test_a_second_press_does_not_send_a_form_twice(screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    sent: list[str] = []

    def swallow(route: Route) -> None:
        sent.append(route.request.post_data or "")
        route.fulfill(status=204)  # No new page: the form stays as it is, busy.

    page.route("**/taken", swallow)
    page.evaluate(FORM, "/taken")
    button = page.locator("#tried button")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    button.click()
    page.wait_for_timeout(200)
    assert len(sent) == 1
    fields = dict(part.split("=") for part in sent[0].split("&"))
    assert fields["act"] == "finish"
    assert UUID.match(fields["idempotency_key"])


def test_a_key_of_our_own_where_the_browser_has_no_random_uuid(screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    made = page.evaluate(
        """async () => { crypto.randomUUID = undefined;
        const forms = await import('/static/look/forms.js'); return [forms.uuid(), forms.uuid()]; }"""
    )
    assert all(UUID.match(key) for key in made)
    assert made[0] != made[1]


def test_choices_of_display_are_kept_for_the_next_page(screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    page.get_by_role("button", name="Large type").click()
    page.get_by_role("button", name="High contrast").click()
    page.goto(screen.pages + "/gallery/plain")
    kept = theme(page)
    assert (kept["size"], kept["contrast"]) == ("large", "more")
    expect(page.get_by_role("button", name="Large type")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Large type").click()
    assert "size" not in theme(page)


def test_a_kiosk_forgets_the_choices_of_one_customer(screen: Screen) -> None:
    page = screen.open("/gallery/kiosk", size=(1080, 1920))
    page.get_by_role("button", name="High contrast").click()
    assert theme(page)["contrast"] == "more"
    assert page.evaluate("localStorage.length") == 0
    page.evaluate("import('/static/look/prefs.js').then((prefs) => prefs.reset())")
    assert "contrast" not in theme(page)
    assert page.evaluate("sessionStorage.getItem('look.prefs')") is None


def test_a_dark_device_gets_dark_pages_a_kiosk_does_not(screen: Screen) -> None:
    assert theme(screen.open("/gallery/phone", color_scheme="dark"))["theme"] == "dark"
    assert theme(screen.open("/gallery/kiosk", color_scheme="dark"))["theme"] == "light"
    assert theme(screen.open("/gallery/board", color_scheme="light"))["theme"] == "dark"


def test_a_device_that_asks_for_more_contrast_gets_it(screen: Screen) -> None:
    assert theme(screen.open("/gallery/phone", contrast="more"))["contrast"] == "more"


def test_the_language_switch_comes_back_to_the_same_page(screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    page.get_by_role("button", name="中文").click()
    page.wait_for_url("**/gallery/phone")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_a_counter_of_time_runs(screen: Screen) -> None:
    page = screen.open("/gallery")
    page.evaluate(
        """() => { const e = document.createElement('span'); e.id = 'counting';
        e.dataset.since = new Date(Date.now() - 245_000).toISOString(); e.dataset.limit = '240';
        document.body.append(e); }"""
    )
    counting = page.locator("#counting")
    expect(counting).to_have_text(re.compile(r"^4:0[5-9]$"))
    expect(counting).to_have_attribute("data-over", "")


def test_the_keypad_writes_into_its_field(screen: Screen) -> None:
    page = screen.open("/gallery")
    keypad = page.locator(".keypad").first
    for key in ("1", "0", "7", "Delete the last figure"):
        keypad.get_by_role("button", name=key, exact=True).click()
    expect(page.locator("#pad-number")).to_have_value("10")


def test_a_number_stepper_stays_within_its_limits(screen: Screen) -> None:
    page = screen.open("/gallery")
    less = page.locator("[data-number-stepper]").first.get_by_role("button", name="Less")
    for _ in range(5):
        less.click()
    expect(page.locator("#places")).to_have_value("1")


def test_a_refused_part_of_a_page_becomes_a_toast(screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    page.route(
        "**/refused",
        lambda route: route.fulfill(
            status=409,
            content_type="text/html",
            body="<p data-refusal>Counter 3 is closed.\n Open it first.</p>",
        ),
    )
    page.evaluate("htmx.ajax('POST', '/refused', {target: '#main', swap: 'innerHTML'})")
    expect(page.locator(".toast")).to_have_text(re.compile("Counter 3 is closed. Open it first."))
    expect(page.locator(".ticket").first).to_be_visible()
    screen.complaints.clear()  # The browser reports the 409 itself.


def test_a_change_over_htmx_carries_the_csrf_token(screen: Screen) -> None:
    page = screen.open("/gallery/phone")
    page.route("**/act", lambda route: route.fulfill(status=204))
    with page.expect_request("**/act") as sent:
        page.evaluate("htmx.ajax('POST', '/act', {target: '#main'})")
    assert len(sent.value.headers["x-csrftoken"]) == 64


SHRINK = """async (sent) => {
  const { shrunk } = await import(document.querySelector('script[src*="/look/page"]').src.replace(/page[^/]*$/, "flow/shrink.js"));
  const found = [];
  for (const { name, type, data } of sent) {
    const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
    const made = await shrunk(new File([bytes], name, { type }));
    const size = type.startsWith("image/") && made.name !== "torn.jpg" ? await createImageBitmap(made) : {};
    found.push([made.name, made.type, size.width ?? 0, size.height ?? 0, made.size < bytes.length]);
  }
  return found;
}"""


def test_photos_are_made_smaller_before_they_are_sent_and_stay_upright(screen: Screen) -> None:
    def photo(size: tuple[int, int], kind: str, turned: int = 1) -> bytes:
        made, file = Image.effect_noise(size, 90).convert("RGB"), BytesIO()
        made.getexif()[0x0112] = turned
        made.save(file, kind, exif=made.getexif())
        return file.getvalue()

    sent = [
        ("turned.jpg", "image/jpeg", photo((2400, 1200), "JPEG", turned=6)),
        ("tall.png", "image/png", photo((900, 3200), "PNG")),
        ("small.jpg", "image/jpeg", photo((800, 600), "JPEG")),
        ("torn.jpg", "image/jpeg", b"no picture"),
        ("form.pdf", "application/pdf", b"%PDF"),
    ]
    page = screen.open("/gallery")
    files = [{"name": name, "type": kind, "data": b64encode(data).decode()} for name, kind, data in sent]
    assert page.evaluate(SHRINK, files) == [
        ["turned.jpg", "image/jpeg", 800, 1600, True],
        ["tall.jpg", "image/jpeg", 450, 1600, True],
        ["small.jpg", "image/jpeg", 800, 600, False],
        ["torn.jpg", "image/jpeg", 0, 0, False],
        ["form.pdf", "application/pdf", 0, 0, False],
    ]
