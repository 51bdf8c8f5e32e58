"""The keyboard on the screen, on its specimen page in Chromium: what is pressed is written, as if it were typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.channels.look.conftest import Screen
from tests.channels.look.kiosk_keys import KIOSK, Keys, Stand

pytestmark = [pytest.mark.one_database, pytest.mark.browser]


def test_a_name_is_written_in_chinese(stand: Stand) -> None:
    keys = stand().into("name").compose("zhangsan")
    assert keys.composing == "zhangsan"
    assert keys.choices[:3] == ["张三", "张", "章"]
    keys.choose("章")
    expect(keys.field("name")).to_have_value("章")
    assert keys.composing == "san"
    keys.press("1")
    assert keys.field("name").input_value().startswith("章")
    assert len(keys.field("name").input_value()) == 2
    assert keys.composing == ""


def test_candidates_have_pages_and_a_page_over_all_keys(stand: Stand) -> None:
    keys = stand().into("name").compose("yan")
    first = keys.choices
    keys.act("next")
    second = keys.choices
    assert set(first) & set(second) == set()
    keys.act("previous")
    assert keys.choices == first
    keys.act("all")
    assert keys.choices[: len(first)] == first
    assert len(keys.choices) >= 40
    expect(keys.panel.locator("[data-keyboard-keys]")).to_be_hidden()
    keys.act("next")
    keys.choose(keys.choices[5])
    expect(keys.panel.locator("[data-keyboard-keys]")).to_be_visible()
    assert len(keys.field("name").input_value()) == 1


def test_a_seldom_character_of_a_name_is_reached(stand: Stand) -> None:
    keys = stand().into("name").compose("wang").choose("王").compose("yan")
    for _ in range(5):
        if "䶮" in keys.choices:
            break
        keys.act("next")
    keys.choose("䶮")
    expect(keys.field("name")).to_have_value("王䶮")
    keys.act("back", "back")
    expect(keys.field("name")).to_have_value("")


def test_delete_takes_a_letter_while_composing_and_then_what_is_written(stand: Stand) -> None:
    keys = stand().into("address").compose("nihaoa").act("back")
    assert keys.composing == "nihao"
    keys.act("space")
    expect(keys.field("address")).to_have_value("你好")
    keys.act("back")
    expect(keys.field("address")).to_have_value("你")


def test_back_to_latin_letters_and_to_chinese_again(stand: Stand) -> None:
    keys = stand().into("address").compose("wo").act("latin")
    expect(keys.field("address")).to_have_value("wo")
    keys.press("k").act("shift").press("A", "b").act("chinese").compose("men").press("，")
    expect(keys.field("address")).to_have_value("wokAb们，")


def test_letters_that_mean_nothing_are_answered(stand: Stand) -> None:
    keys = stand(language="zh-CN").into("address").compose("v")
    expect(keys.panel.locator("[data-keyboard-note]")).to_have_text("没有匹配的汉字，请您检查拼音。")
    keys.act("back")
    expect(keys.panel.locator("[data-keyboard-note]")).to_have_text("")


HEARD = """(id) => { const field = document.getElementById(id); window.heard = [];
  for (const kind of ["input", "change"]) field.addEventListener(kind, (e) =>
    window.heard.push([kind, e.inputType ?? "", e.data ?? "", e.isTrusted])); }"""


def test_a_field_gets_the_events_of_typing(stand: Stand) -> None:
    keys = stand().into("phone")
    keys.page.evaluate(HEARD, "kb-phone")
    keys.press("1", "3").act("back")
    keys.into("id")
    assert keys.page.evaluate("heard") == [
        ["input", "insertText", "1", True],
        ["input", "insertText", "3", True],
        ["input", "deleteContentBackward", "", True],
        ["change", "", "", True],
    ]


def test_caret_selection_and_length_are_kept(stand: Stand) -> None:
    keys = stand().into("id").press(*"11X")
    expect(keys.field("id")).to_have_value("11X")
    keys.page.evaluate("document.getElementById('kb-id').setSelectionRange(1, 1)")
    keys.press("0", "5")
    expect(keys.field("id")).to_have_value("1051X")
    keys.page.evaluate("document.getElementById('kb-id').setSelectionRange(0, 4)")
    keys.press("9")
    expect(keys.field("id")).to_have_value("9X")
    keys.page.evaluate("document.getElementById('kb-id').maxLength = 3")
    keys.press("7", "8")
    assert len(keys.field("id").input_value()) == 3
    keys.act("clear")
    expect(keys.field("id")).to_have_value("")


def test_an_e_mail_address_is_written_at_the_caret(stand: Stand) -> None:
    keys = stand().into("mail").press(*"li", "@", *"mail", ".com")
    expect(keys.field("mail")).to_have_value("li@mail.com")
    keys.page.keyboard.press("Home")
    keys.press("o")
    expect(keys.field("mail")).to_have_value("oli@mail.com")


def test_accents_by_key_and_by_holding(stand: Stand) -> None:
    keys = stand().into("latin").act("accents").press("u").choose("ü")
    keys.press("r").act("shift").press("O")
    expect(keys.field("latin")).to_have_value("ürO")
    box = keys.panel.locator("[data-text=e]").bounding_box()
    assert box
    keys.page.mouse.move(box["x"] + 20, box["y"] + 20)
    keys.page.mouse.down()
    expect(keys.panel.locator("[data-choice]").first).to_be_visible()
    keys.page.mouse.up()
    expect(keys.field("latin")).to_have_value("ürO")
    keys.choose("é")
    expect(keys.field("latin")).to_have_value("ürOé")


def test_delete_goes_on_while_it_is_held(stand: Stand) -> None:
    keys = stand().into("phone").press(*"13800138000")
    keys.panel.locator("[data-act=back]").hover()
    keys.page.mouse.down()
    expect(keys.field("phone")).to_have_value("")
    keys.page.mouse.up()


def test_real_keys_write_once_compose_and_choose(stand: Stand) -> None:
    keys = stand().into("latin")
    keys.page.keyboard.type("Ada 7")
    expect(keys.field("latin")).to_have_value("Ada 7")
    keys.into("name").ready()
    keys.page.keyboard.type("lisi")
    assert keys.composing == "lisi"
    keys.page.keyboard.type("2")
    expect(keys.field("name")).to_have_value("李")
    keys.page.keyboard.press("Backspace")
    keys.page.keyboard.press("Enter")
    expect(keys.field("name")).to_have_value("李s")
    keys.page.keyboard.type("na")
    keys.page.keyboard.press("Escape")
    assert keys.composing == ""
    expect(keys.field("name")).to_have_value("李s")


def test_a_key_with_the_focus_is_pressed_by_enter_once(stand: Stand) -> None:
    keys = stand().into("phone")
    keys.panel.locator("[data-text='4']").focus()
    keys.page.keyboard.press("Enter")
    expect(keys.field("phone")).to_have_value("4")
    expect(keys.panel.locator("[data-text='4']")).to_be_focused()
    keys.panel.locator("[data-text='4']").click()
    expect(keys.field("phone")).to_have_value("44")


def test_the_devices_own_keyboard_stays_down(stand: Stand) -> None:
    keys = stand()
    expect(keys.field("pin")).to_have_attribute("inputmode", "none")
    modes = keys.page.eval_on_selector_all(
        "[data-keyboard]", "(all) => all.map((e) => [e.inputMode, e.autocomplete])"
    )
    assert len(modes) == 9
    assert set(map(tuple, modes)) == {("none", "off")}


def test_a_masked_field_shows_and_says_nothing(stand: Stand) -> None:
    keys = stand().into("pin")
    key = keys.panel.locator("[data-text='5']")
    resting = key.evaluate("(e) => getComputedStyle(e).backgroundColor")
    key.hover()
    keys.page.mouse.down()
    assert key.evaluate("(e) => getComputedStyle(e).backgroundColor") == resting
    keys.page.mouse.up()
    expect(keys.field("pin")).to_have_value("5")
    assert keys.panel.locator("[role=status]").all_text_contents() == ["", ""]
    # Chinese would have to show what it composes.
    keys.page.evaluate("document.getElementById('kb-pin').dataset.keyboard = 'pinyin name'")
    keys.into("id").into("pin").press("a")
    assert keys.composing == ""
    expect(keys.panel.locator("[data-keyboard-strip]")).to_be_hidden()
    expect(keys.field("pin")).to_have_value("5a")


def test_the_order_of_digits_is_shuffled_only_where_it_is_asked_for(stand: Stand) -> None:
    keys = stand()

    def order() -> str:
        return "".join(keys.panel.locator(".keyboard-pad [data-text]").all_inner_texts())

    keys.into("pin")
    assert order() == "1234567890"
    assert keys.panel.locator(".keyboard-five").inner_text() == "5"
    seen = set()
    for _ in range(3):
        keys.into("pin").into("shuffled")
        seen.add(order())
        assert sorted(order()) == sorted("1234567890")
        assert keys.panel.locator(".keyboard-five").count() == 0
    assert len(seen) > 1
    keys.press("7", "3")
    expect(keys.field("shuffled")).to_have_value("73")


def test_the_keyboard_goes_after_the_touch_that_leaves_it(stand: Stand) -> None:
    keys = stand().into("phone")
    keys.page.evaluate(
        "document.querySelector('.kiosk-actions button').addEventListener('click', () => { window.left = true; })"
    )
    keys.page.locator(".kiosk-actions button").click()
    assert keys.page.evaluate("window.left") is True
    expect(keys.panel).to_be_hidden()
    keys.into("phone").act("done")
    expect(keys.panel).to_be_hidden()
    expect(keys.field("phone")).to_be_focused()
    keys.into("phone")


def test_chinese_that_cannot_be_fetched_is_said_and_tried_again(screen: Screen) -> None:
    page = screen.open("/gallery/kiosk-keyboard", size=KIOSK, language="zh-CN", has_touch=True)

    def cut(route: Route) -> None:
        route.abort()

    page.route("**/lexicon*.txt", cut)
    keys = Keys(page).into("name")
    expect(keys.panel.locator("[data-keyboard-note]")).to_have_text("拼音输入暂时不可用，您可以先输入字母。")
    keys.press("l", "i")
    expect(keys.field("name")).to_have_value("li")
    page.unroute("**/lexicon*.txt", cut)
    keys.act("back", "back", "chinese").compose("li")
    assert keys.choices[0] == "李"
    screen.complaints.clear()  # The browser reports what was cut.


def test_once_fetched_it_works_without_a_line(stand: Stand) -> None:
    keys = stand().into("name")
    keys.ready()
    keys.page.context.set_offline(True)
    keys.act("done").into("address").compose("beijing").choose("北京")
    expect(keys.field("address")).to_have_value("北京")


TOOK = """(letters) => letters.map((letter) => {
  const key = document.querySelector(`[data-text="${letter}"]`);
  const begun = performance.now();
  key.click();
  document.querySelector("[data-choice]")?.getBoundingClientRect();
  return performance.now() - begun;
})"""


def test_candidates_are_there_within_50_ms(stand: Stand) -> None:
    keys = stand().into("address")
    keys.ready()
    took = sorted(keys.page.evaluate(TOOK, list("zhongguoshanghai")))
    assert took[len(took) // 2] < 50, took
