"""Boards in Chromium, with real tickets, the real live program and real sound."""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Browser

from servicehall.channels import files
from servicehall.channels.board.models import Medium, Screen
from servicehall.kernel import events
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import actions as setup
from servicehall.rooms.queueing import actions
from servicehall.rooms.queueing.models import Counter, Series, Service, Stage, Ticket
from tests.channels.board.screen import Wall
from tests.channels.board.small_hall import Hall
from tests.channels.live.stage import Program

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
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
    busy: Hall, wall: Wall, chromium: Browser
) -> None:
    board = wall.hang(browser=chromium)
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
    for _ in range(20):
        busy.issue("general")
        board.page.wait_for_timeout(100)
    board.wait("() => document.querySelector('[data-count]').textContent === '27'", within=5)
    asked = board.page.evaluate(
        "() => performance.getEntriesByType('resource').filter((r) => r.name.endsWith('/state')).map((r) => r.startTime)"
    )
    assert asked
    assert all(later - earlier > 950 for earlier, later in itertools.pairwise(asked))


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
    board = wall.hang()
    board.page.evaluate("performance.now = () => 60000 + Date.now() % 60000")
    assert board.page.get_attribute("#board", "data-layout") == "media"
    setup.save_setup(Screen(site=busy.site, zone=busy.zones["main"], layout="calls"), by=SYSTEM)
    board.page.wait_for_selector("#board[data-layout=calls]", timeout=15000)


def copies(ticket: Ticket, count: int) -> Iterator[Ticket]:
    """As many more waiting tickets like this one, behind it."""
    names = [f.attname for f in Ticket._meta.concrete_fields if f.attname != "id"]
    facts = {name: getattr(ticket, name) for name in names}
    for n in range(1, count + 1):
        yield Ticket(
            **facts
            | {
                "code": f"copy-{n}",
                "sequence": ticket.sequence + n,
                "number": f"A{ticket.sequence + n}",
                "order_key": ticket.order_key + n,
            }
        )


LONG = {
    "en": "Enquiries, Complaints and Special Assistance for Corporate Customers",
    "zh-Hans": "企业客户综合咨询投诉与特殊服务绿色通道专属办理窗口",
}


def test_long_names_thirty_counters_and_ten_thousand_waiting_fit(hall: Hall, wall: Wall) -> None:
    things: list[Any] = [hall.site, *hall.zones.values(), *Service.objects.all()]
    for thing in things:
        thing.names = LONG
        setup.save_setup(thing, by=SYSTEM)
    Series.objects.filter(site=hall.site).update(first=1024, width=4)
    for n in range(30):
        counter = Counter(site=hall.site, zone=hall.zones["private"], label=f"VIP-{n + 100}", names=LONG)
        setup.save_setup(counter, by=SYSTEM)
        counter.stages.set(Stage.objects.filter(service__slug="general"))
        hall.counters[counter.label] = counter.pk
    setup.touch(hall.site.pk)
    labels = [label for label in hall.counters if label.startswith("VIP")]
    hall.open(*labels)
    for _ in range(40):
        last = hall.issue("general")
    Ticket.objects.bulk_create(copies(last, 9_990))
    for label in labels:
        hall.call(label)
    for path in ("/board/mall", "/board/mall/private"):
        board = wall.hang(path, calm=True)
        assert len(board.numbers()) == 8
        assert board.overflowing() == []
        assert board.overlapping() == []
        assert board.violations() == []
        shown = board.page.locator(".waiting-list li:not(.waiting-more)").count()
        assert f"另有 {10_000 - shown} 人" in board.page.locator(".waiting-more").inner_text()


def test_the_media_slot_shows_one_after_another_without_sound(
    hall: Hall, wall: Wall, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(files, "PIECE", 1500)  # a film comes in many pieces
    screen = Screen(site=hall.site)
    setup.save_setup(screen, by=SYSTEM)
    film = wall.film()
    page = b"<h1>Hello</h1><script>parent.document.title = 'stolen'</script>"
    for position, (kind, name, content) in enumerate(
        (
            ("notice", "", b""),
            ("image", "a.png", PNG),
            ("video", "a.webm", film),
            ("page", "a.html", b"<h1>Hello</h1>"),
        )
    ):
        file = SimpleUploadedFile(name, content) if name else ""
        entry = Medium(
            screen=screen, position=position, kind=kind, seconds=3, file=file, names={"en": kind}, body=LONG
        )
        setup.save_setup(entry, by=SYSTEM)
    # A page with a script is not taken; should one be there all the same, it does not run.
    Path(entry.file.path).write_bytes(page)
    board = wall.hang("/board/mall")
    shown: list[str] = []
    until = time.monotonic() + 40
    while len(shown) < 5 and time.monotonic() < until:
        item = board.page.evaluate("() => document.querySelector('.slot-item:last-child')?.localName")
        if item and (not shown or shown[-1] != item):
            shown.append(item)
            if item == "video":
                assert board.page.evaluate("() => document.querySelector('video').muted")
                board.page.wait_for_function("() => document.querySelector('video')?.currentTime > 0.5")
            else:
                assert board.violations() == []
        board.page.wait_for_timeout(50)
    assert shown == ["div", "img", "video", "iframe", "div"]
    assert "stolen" not in board.page.title()


def test_languages_take_turns_where_the_hall_wants_it(hall: Hall, wall: Wall) -> None:
    setup.save_setup(Screen(site=hall.site, wording="alternating"), by=SYSTEM)
    board = wall.hang("/board/mall")
    board.wait("() => document.querySelector('#calls-title').innerText.trim() === '最近叫号'")
    board.wait("() => document.querySelector('#calls-title').innerText.trim() === 'Recent calls'")
    assert board.violations() == []
