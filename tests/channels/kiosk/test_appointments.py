"""Checking in for an appointment at a kiosk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from servicehall.channels import flooding
from servicehall.kernel import clock
from servicehall.rooms.queueing.models import Ticket
from tests.channels.kiosk.tour import HOME
from tests.hall import MORNING, Hall
from tests.rooms.booking.desk import TOMORROW, Desk, make_desk

TODAY = MORNING + timedelta(hours=2)
HERE = f"{HOME}/appointment"


@pytest.fixture
def desk(hall: Hall) -> Desk:
    return make_desk(hall)


def come(kiosk: Client, typed: str, minutes: float) -> tuple[int, str]:
    """So many minutes after the booked time."""
    with clock.at(TODAY + timedelta(minutes=minutes)):
        answer = kiosk.post(HERE, {"booking": typed, "idempotency_key": ""})
    return answer.status_code, answer.content.decode()


def test_the_first_screen_leads_there_where_something_can_be_booked(hall: Hall, kiosk: Client) -> None:
    assert "I have an appointment" not in kiosk.get(HOME).content.decode()
    make_desk(hall)
    assert f'href="{HERE}"' in kiosk.get(HOME).content.decode()
    assert 'data-keyboard="latin"' in kiosk.get(HERE).content.decode()


@pytest.mark.parametrize("scanned", [False, True])
def test_the_number_or_the_scanned_code_gives_the_slip(desk: Desk, kiosk: Client, scanned: bool) -> None:
    row: Any = desk.book(TODAY)
    typed = f"https://hall.example/b/{row.code}" if scanned else row.reference.lower()
    status, shown = come(kiosk, typed, -10)
    ticket = Ticket.objects.get()
    assert status == 200
    assert ticket.number in shown
    assert "You are checked in for 12:00" in shown
    assert come(kiosk, typed, -9)[0] == 200
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize(
    ("at", "minutes", "words"),
    [
        (TODAY, -60, "Check-in opens today at 11:30"),
        (TOMORROW, 0, "Your appointment is not today"),
    ],
)
def test_too_early_and_another_day_say_when_it_is(
    desk: Desk, kiosk: Client, at: Any, minutes: int, words: str
) -> None:
    row = desk.book(at)
    status, shown = come(kiosk, row.reference, minutes)
    assert status == 409
    assert words in shown
    assert "Take a ticket instead" in shown
    assert not Ticket.objects.exists()


def test_who_comes_late_joins_the_queue_and_is_told_so(desk: Desk, kiosk: Client) -> None:
    row = desk.book(TODAY)
    assert "as those who came without a booking" in come(kiosk, row.reference, 20)[1]


def test_the_slip_says_how_they_came_and_when_they_are_called(desk: Desk, kiosk: Client) -> None:
    desk.hall.open("1", at=TODAY - timedelta(hours=1))
    for _n in range(2):
        desk.hall.issue(at=TODAY - timedelta(hours=1))
    early, now, last = (desk.book(TODAY + timedelta(minutes=30 * n)) for n in range(3))
    shown = come(kiosk, early.reference, -20)[1]
    assert "You are early. We call you near 12:00, or sooner" in shown
    assert '<dt>You are called</dt><dd class="number">near 12:00</dd>' in shown
    assert "called near 12:00" in shown  # on the slip
    assert "<strong>2</strong> people" in shown
    shown = come(kiosk, now.reference, 32)[1]
    assert "You are on time, and stand in the queue as booked" in shown
    assert "called near" not in shown
    assert " min" in shown
    with clock.at(TODAY + timedelta(minutes=57)):
        chinese = kiosk.post(HERE, {"booking": last.reference, "language": "zh-Hans"}).content.decode()
    assert "您准时到达。我们约在 13:00 叫号" in chinese


def test_numbers_of_nobody_and_of_another_hall_are_not_found_and_guessing_ends(
    desk: Desk, kiosk: Client
) -> None:
    flooding._guessed.clear()
    answers = [come(kiosk, typed, 0)[0] for typed in ("", "AAAAAA", "https://x/b/nothing", *["ZZZZZZ"] * 20)]
    flooding._guessed.clear()
    assert answers[:3] == [404, 404, 404]
    assert answers[-1] == 429
