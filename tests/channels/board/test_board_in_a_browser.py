"""Boards in Chromium, with real tickets, the real live program and real sound."""

from __future__ import annotations

import time
from typing import Any

import pytest
from playwright.sync_api import Browser

from servicehall.kernel import events
from servicehall.rooms.queueing import actions
from tests.channels.board.screen import Wall
from tests.channels.board.small_hall import Hall
from tests.channels.live.stage import Program

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


@pytest.fixture
def busy(hall: Hall) -> Hall:
    """The hall at this moment, three counters open, people waiting."""
    hall.open("1", "2", "3")
    for service in ("general", "payments", "general", "payments", "general", "general", "payments"):
        hall.issue(service)
    return hall


def call_path(hall: Hall, back: int, language: str) -> str:
    """The address of the speech of the event ``back`` places before the last."""
    return f"/board/mall/speech/{events.last_seq(hall.site.pk) - back}/{language}.wav"


def test_a_call_is_shown_at_once_and_spoken_in_both_languages_twice(busy: Hall, wall: Wall) -> None:
    board = wall.hang()
    assert board.numbers() == []
    started = time.monotonic()
    ticket = busy.call("1")
    board.wait("n => document.querySelector('.hero-number')?.textContent === n", ticket.number)
    assert time.monotonic() - started < 2
    board.wait("() => JSON.parse(board.dataset.acknowledged).announced === 1")
    chinese, english = call_path(busy, 0, "zh-Hans"), call_path(busy, 0, "en")
    assert board.heard() == ["/board/sounds/chime.wav", chinese, english, chinese, english]
    assert board.faults == []


def test_calls_at_once_sound_one_after_another_and_none_is_swallowed(busy: Hall, wall: Wall) -> None:
    board = wall.hang()
    first, *others = (busy.call(label) for label in ("1", "2", "3"))
    busy.do(actions.recall, first)
    numbers = [first.number, *(ticket.number for ticket in others)]
    for label, ticket in zip(("1", "2", "3"), (first, *others), strict=True):
        busy.do(actions.finish, ticket)
        numbers.append(busy.call(label).number)
    board.wait(
        "() => { const c = JSON.parse(board.dataset.acknowledged); return c.received === 7 && c.waiting + c.sounding === 0 }",
        within=60,
    )
    counts = board.counts
    assert counts["announced"] + counts["merged"] == 7
    assert counts["failed"] == counts["stepsFailed"] == counts["tooOld"] == 0
    spoken = [path for path in board.heard() if path.endswith("zh-Hans.wav")]
    assert len(spoken) == 2 * counts["announced"]
    # Each twice and in the order of the calls; the repeated call comes again if it had been spoken.
    firsts = [int(path.split("/")[4]) for path in dict.fromkeys(spoken)]
    assert firsts == sorted(firsts)
    assert set(board.numbers()) | {board.large} == set(numbers)


def test_a_cut_line_is_said_and_healed_and_young_calls_are_spoken_after_it(
    busy: Hall, wall: Wall, live: Program
) -> None:
    board = wall.hang()
    live.stop()
    board.wait("() => !document.querySelector('[data-stale]').hidden", within=20)
    assert "Out of date since" in board.page.locator(".stale").inner_text()
    assert board.violations() == []
    missed = busy.call("1")
    assert board.large if board.numbers() else True  # it goes on showing what it knew
    live.start()
    board.wait("n => document.querySelector('.hero-number')?.textContent === n", missed.number, within=40)
    board.wait("() => document.querySelector('[data-stale]').hidden", within=20)
    board.wait("() => JSON.parse(board.dataset.acknowledged).announced === 1", within=40)
    after = busy.call("2")
    board.wait("n => document.querySelector('.hero-number')?.textContent === n", after.number, within=40)
    board.wait("() => JSON.parse(board.dataset.acknowledged).announced === 2", within=40)
    assert board.counts["received"] == 2


def test_a_board_that_is_loaded_again_does_not_repeat_what_it_said(busy: Hall, wall: Wall) -> None:
    board = wall.hang()
    ticket = busy.call("1")
    board.wait("() => JSON.parse(board.dataset.acknowledged).announced === 1", within=30)
    board.page.reload()
    board.wait("n => document.querySelector('.hero-number')?.textContent === n", ticket.number)
    board.page.wait_for_timeout(1500)
    assert board.counts["received"] == 0
    assert board.heard() == []


def test_without_the_flag_a_touch_turns_the_sound_on_and_the_call_is_then_spoken(
    busy: Hall, wall: Wall, silent: Browser
) -> None:
    board = wall.hang(browser=silent)
    board.page.wait_for_selector("[data-sound-button]:not([hidden])")
    ticket = busy.call("1")
    board.wait("n => document.querySelector('.hero-number')?.textContent === n", ticket.number)
    assert board.counts["waiting"] == 1
    assert board.violations() == []
    board.page.click("[data-sound-button]")
    board.wait("() => JSON.parse(board.dataset.acknowledged).announced === 1", within=30)
    assert board.heard()[:3] == [
        "/board/sounds/chime.wav",
        "/board/sounds/on/zh-Hans.wav",
        "/board/sounds/chime.wav",
    ]
    assert board.page.locator("[data-sound-button]").is_hidden()


def test_a_server_that_cannot_speak_leaves_the_chime_and_the_screen(
    busy: Hall, wall: Wall, settings: Any
) -> None:
    settings.VOICE_COMMAND = "no-such-speaker {text}"
    board = wall.hang()
    ticket = busy.call("1")
    board.wait("() => JSON.parse(board.dataset.acknowledged).announced === 1", within=30)
    assert board.heard() == ["/board/sounds/chime.wav"]
    assert board.counts["stepsFailed"] == 4
    assert board.large == ticket.number


def test_a_zone_shows_and_speaks_only_its_own_calls(busy: Hall, wall: Wall) -> None:
    busy.open("8")
    busy.issue("advice")
    private = wall.hang("/board/mall/private")
    main = wall.hang("/board/mall/main")
    whole = wall.hang("/board/mall")
    here, there = busy.call("8").number, busy.call("2").number
    private.wait("n => document.querySelector('.hero-number')?.textContent === n", here)
    main.wait("n => document.querySelector('.hero-number')?.textContent === n", there)
    whole.wait("() => JSON.parse(board.dataset.acknowledged).received === 2")
    assert private.counts["received"] == main.counts["received"] == 1
    assert (private.numbers(), main.numbers()) == ([], [])
    assert {whole.large, *whole.numbers()} == {here, there}


def test_waiting_numbers_follow_within_two_seconds_and_are_asked_for_once_a_second_at_most(
    busy: Hall, wall: Wall
) -> None:
    board = wall.hang()
    asked: list[float] = []
    board.page.on("request", lambda r: asked.append(time.monotonic()) if "/state" in r.url else None)
    for _ in range(20):
        busy.issue("general")
        board.page.wait_for_timeout(100)
    board.wait("() => document.querySelector('[data-count]').textContent === '27'", within=5)
    assert len(asked) <= 5
    assert all(later - earlier > 0.9 for earlier, later in zip(asked, asked[1:], strict=False))


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
@pytest.mark.parametrize("path", ["/board/mall", "/board/mall/main", "/board/mall/private"])
def test_axe_finds_nothing_and_nothing_sticks_out(busy: Hall, wall: Wall, path: str, language: str) -> None:
    empty = wall.hang(f"{path}?lang={language}", calm=True)
    assert empty.page.get_attribute("html", "lang") == language
    assert empty.violations() == []
    assert empty.overflowing() == []
    busy.open("8")
    busy.issue("advice")
    for label in ("1", "2", "3", "8"):
        busy.call(label)
    full = wall.hang(f"{path}?lang={language}", calm=True)
    assert full.violations() == []
    assert full.overflowing() == []
    for size in ((1280, 720), (1366, 768), (3840, 2160), (1080, 1920)):
        full.page.set_viewport_size({"width": size[0], "height": size[1]})
        until = time.monotonic() + 5
        while found := full.overflowing():
            assert time.monotonic() < until, (size, found)
            full.page.wait_for_timeout(100)


def test_a_new_dress_is_put_on_between_two_calls(busy: Hall, wall: Wall) -> None:
    from servicehall.channels.board.models import Screen
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.hall import actions as setup

    board = wall.hang()
    board.page.evaluate("performance.now = () => 60000 + Date.now() % 60000")
    assert board.page.get_attribute("#board", "data-layout") == "media"
    setup.save_setup(Screen(site=busy.site, zone=busy.zones["main"], layout="calls"), by=SYSTEM)
    board.page.wait_for_selector("#board[data-layout=calls]", timeout=15000)
