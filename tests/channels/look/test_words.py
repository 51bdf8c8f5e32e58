"""Lengths of time, states and the small filters, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from servicehall.channels.look import icons, moments, times
from servicehall.channels.look.templatetags import look
from servicehall.rooms.services.queries import Opening

pytestmark = pytest.mark.one_database


def render(source: str, **context: object) -> str:
    return Template("{% load look %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("low", "high", "english", "chinese"),
    [
        (300, 720, "about 5–12 min", "约 5–12 分钟"),
        (timedelta(minutes=5), timedelta(minutes=12), "about 5–12 min", "约 5–12 分钟"),
        (290, 601, "about 4–11 min", "约 4–11 分钟"),
        (0, 30, "about 1 min", "约 1 分钟"),
        (0, 0, "about 1 min", "约 1 分钟"),
        (None, 600, "about 10 min", "约 10 分钟"),
        (600, None, "about 10 min", "约 10 分钟"),
        (None, None, "", ""),
    ],
)
def test_a_wait_is_told_as_a_range_that_is_never_too_short(
    low: times.Length, high: times.Length, english: str, chinese: str
) -> None:
    with translation.override("en"):
        assert times.wait_range(low, high) == english
    with translation.override("zh-hans"):
        assert times.wait_range(low, high) == chinese


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (40, "40 s", "40 秒"),
        (60, "1 min", "1 分钟"),
        (3599, "1 h", "1 小时"),
        (3900, "1 h 5 min", "1 小时 5 分钟"),
        (-3, "0 s", "0 秒"),
        (None, "", ""),
    ],
)
def test_a_length_of_time_in_words(seconds: float | None, english: str, chinese: str) -> None:
    with translation.override("en"):
        assert times.duration(seconds) == english
    with translation.override("zh-hans"):
        assert times.duration(seconds) == chinese


def test_minutes_are_rounded_up() -> None:
    with translation.override("en"):
        assert times.minutes(601) == "11 min"


def test_a_stopwatch_shows_hours_only_when_there_are_some() -> None:
    assert [times.stopwatch(s) for s in (5, 245, 3845)] == ["0:05", "4:05", "1:04:05"]


def test_a_moment_for_a_browser_is_in_utc() -> None:
    assert times.iso(datetime(2026, 11, 23, 2, 0, tzinfo=UTC)) == "2026-11-23T02:00:00.000Z"


def test_a_state_is_word_colour_and_icon() -> None:
    with translation.override("zh-hans"):
        pill = render('{% state_pill "called" %}')
    assert "已叫号" in pill
    assert "pill-call" in pill
    assert "<svg" in pill


def test_an_unknown_state_is_shown_by_its_name() -> None:
    assert "somewhere" in render('{% state_pill "somewhere" %}')


def test_a_text_is_said_in_the_readers_and_in_the_other_language() -> None:
    names = {"en": "Invoices", "zh-Hans": "发票开具"}
    with translation.override("zh-hans"):
        assert render("{{ n|say }}|{{ n|say_other }}", n=names) == "发票开具|Invoices"
    with translation.override("en"):
        assert (
            render('{{ n|say }}|{{ n|say_other }}|{{ n|say:"zh-Hans" }}', n=names)
            == "Invoices|发票开具|发票开具"
        )
        assert render("{{ n|say_other }}", n={"en": "Invoices"}) == ""


def test_an_icon_is_inline_and_hidden_from_screen_readers() -> None:
    svg = render('{% icon "bell-ring" %}')
    assert svg.startswith("<svg")
    assert 'aria-hidden="true"' in svg
    assert "currentColor" in svg


@pytest.mark.parametrize("name", ["no-such-icon-at-all", "../package", ""])
def test_an_icon_that_is_not_there_is_an_error(name: str) -> None:
    with pytest.raises(icons.NoSuchIcon):
        icons.inline(name)


@pytest.mark.parametrize(
    ("name", "letters"), [("陈晓雨", "晓雨"), ("Ada Lovelace", "AL"), ("chen", "C"), ("", "")]
)
def test_initials(name: str, letters: str) -> None:
    assert look.initials(name) == letters


def test_a_qr_code_carries_no_style_and_escapes_its_label() -> None:
    svg = look.qr("https://hall.example/t/7QK4M2XW", '<b>"')
    assert "style=" not in svg
    assert "<b>" not in svg
    assert "viewBox" in svg


def test_the_figures_of_a_chart_as_rows() -> None:
    data = {"labels": ["9", "10"], "series": [{"values": [1, 2]}, {"values": [3, None]}]}
    assert look.chart_rows(data) == [("9", [1, 3]), ("10", [2, None])]


@pytest.mark.parametrize(
    ("days", "english", "chinese"),
    [
        ((0, 1, 2, 3, 4), "Mon–Fri 09:00–17:00", "星期一至星期五 09:00–17:00"),
        ((5, 6), "Sat, Sun 09:00–17:00", "星期六、星期日 09:00–17:00"),
        ((0, 2, 4), "Mon, Wed, Fri 09:00–17:00", "星期一、星期三、星期五 09:00–17:00"),
        ((6, 0, 1, 2, 3, 4, 5), "every day 09:00–17:00", "每天 09:00–17:00"),
    ],
)
def test_opening_times_of_a_service_are_told_in_few_words(
    days: tuple[int, ...], english: str, chinese: str
) -> None:
    times_of_it = [Opening(days, "09:00", "17:00")]
    with translation.override("en"):
        assert moments.opening_times(times_of_it) == english
        assert moments.opening_times(times_of_it * 2) == f"{english}, {english}"
    with translation.override("zh-hans"):
        assert moments.opening_times(times_of_it) == chinese
