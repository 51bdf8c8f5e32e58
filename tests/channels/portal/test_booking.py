"""Booking by phone: from the offers to the booking, and what its holder does with it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from servicehall.channels import flooding
from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries
from servicehall.rooms.booking.models import Appointment
from servicehall.rooms.hall import actions as places
from servicehall.rooms.queueing.models import Ticket
from tests.hall import ALWAYS, CUSTOMER, MORNING, Hall, text
from tests.rooms.booking.desk import TOMORROW, Desk, make_desk

TIMES = "/s/mall/book/advice"
WHO = {"name": "王小明", "phone": "138 0013 8000"}


@pytest.fixture
def desk(hall: Hall) -> Desk:
    return make_desk(hall)


def hold(phone: Client, at: datetime | str = TOMORROW, **fields: Any) -> Any:
    said = at if isinstance(at, str) else at.isoformat()
    return phone.post(TIMES, {"at": said, "idempotency_key": "a-key-of-a-page", **fields})


def booked(phone: Client, at: datetime = TOMORROW) -> Appointment:
    """Through the pages."""
    address = hold(phone, at)["Location"]
    answer = phone.post(address, WHO)
    assert answer.status_code == 303, answer.content.decode()
    return Appointment.objects.get(code=address.split("/")[2])


def page(phone: Client, address: str, status: int = 200) -> str:
    answer = phone.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_four_touches_book_a_time(desk: Desk, phone: Client) -> None:
    assert 'href="/s/mall/book"' in page(phone, "/s/mall")
    assert phone.get("/book")["Location"] == "/s/mall/book"
    assert f'href="{TIMES}"' in page(phone, "/s/mall/book")
    # The first free day is chosen already; its times are there to be touched.
    times = page(phone, TIMES)
    assert "Tuesday, March 3" in times
    assert f'value="{(MORNING + timedelta(minutes=60)).isoformat()}"' in times
    held = hold(phone)
    assert re.fullmatch(r"/b/[\w-]+/details", held["Location"])
    assert "Idempotency" not in page(phone, held["Location"])
    assert "We keep this time for you until 10:10" in page(phone, held["Location"])
    done = phone.post(held["Location"], WHO)
    text_of = page(phone, done["Location"])
    row = Appointment.objects.get()
    assert (row.state, row.name, row.starts_at) == ("booked", "王小明", TOMORROW)
    assert row.reference in text_of
    assert "Wednesday, March 4" in text_of
    assert "10:00–10:30" in text_of
    assert f"/b/{row.code}.ics" in text_of
    assert row.code in page(phone, "/s/mall")  # this phone knows it again


def test_the_same_touch_twice_is_one_booking(desk: Desk, phone: Client) -> None:
    first, second = hold(phone), hold(phone)
    assert first["Location"] == second["Location"]
    key = {"idempotency_key": "the-key-of-the-form"}
    for _press in range(2):
        assert phone.post(first["Location"], {**WHO, **key}).status_code == 303
    assert Appointment.objects.count() == 1


def test_a_time_that_is_gone_names_those_close_to_it(desk: Desk, phone: Client) -> None:
    desk.book()
    desk.book(phone="13900000000")
    answer = hold(phone)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "This time is not free any more" in shown
    assert f'value="{(TOMORROW + timedelta(minutes=30)).isoformat()}"' in shown
    assert Appointment.objects.count() == 2


@pytest.mark.parametrize(
    ("at", "status", "words"),
    [
        ("2026-03-01T02:00:00+00:00", 409, "cannot be booked for that time"),
        ("2027-03-01T02:00:00+00:00", 409, "cannot be booked for that time"),
        ("2026-03-04T02:01:00+00:00", 409, "not free any more"),
        ("soon", 422, "not accepted"),
        ("", 422, "not accepted"),
    ],
)
def test_a_time_that_cannot_be_is_said_and_books_nothing(
    desk: Desk, phone: Client, at: str, status: int, words: str
) -> None:
    answer = hold(phone, at)
    assert answer.status_code == status
    assert 'class="month"' in answer.content.decode()
    assert not Appointment.objects.exists()


def test_an_hour_of_a_day_on_which_the_clock_is_changed_is_asked_about(db: None, phone: Client) -> None:
    zone = "Europe/Berlin"
    assert booking.moment_said("2026-03-04T09:30", zone) == datetime(
        2026, 3, 4, 8, 30, tzinfo=ZoneInfo("UTC")
    )
    for twice_or_never in ("2026-10-25T02:30", "2026-03-29T02:30"):
        with pytest.raises(booking.Unclear) as refused:
            booking.moment_said(twice_or_never, zone)
        assert len(refused.value.facts["could_be"]) == 2


def test_a_group_that_is_too_large_is_told_how_many_can_come(hall: Hall, phone: Client) -> None:
    make_desk(hall, group_most=4)
    assert "4 people at most" in page(phone, f"{TIMES}?people=9")
    answer = hold(phone, people="9")
    assert answer.status_code == 409
    assert "more people than can come together" in answer.content.decode()
    assert hold(phone, people="4").status_code == 303
    assert Appointment.objects.get().people == 4


def test_the_form_says_what_is_missing(desk: Desk, phone: Client) -> None:
    address = hold(phone)["Location"]
    for given, words in (
        ({"phone": "13800138000"}, "Write your name"),
        ({"name": "A"}, "Give a phone number or an e-mail"),
        ({"name": "A", "phone": "12"}, "not a phone number"),
        ({"name": "A", "email": "x"}, "Write an e-mail address such as"),
        ({"name": "A", "email": "a@example.com", "weeks": "99"}, "Write a number from 1 to 12"),
    ):
        answer = phone.post(address, given)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert Appointment.objects.get().state == "held"


def test_when_the_time_to_fill_in_is_over_nothing_is_booked(desk: Desk, phone: Client) -> None:
    address = hold(phone)["Location"]
    with clock.at(MORNING + timedelta(minutes=11)):
        for answer in (phone.get(address), phone.post(address, WHO)):
            assert answer.status_code == 409
            assert "nothing was booked" in answer.content.decode()
        assert "This time was not booked" in page(phone, address.removesuffix("/details"))


def test_a_booking_is_moved_confirmed_late_and_cancelled_by_its_link(desk: Desk, phone: Client) -> None:
    row = booked(phone)
    link = f"/b/{row.code}"
    assert "Your time is kept" in page(phone, f"{link}/move")
    later = TOMORROW + timedelta(hours=2)
    assert phone.post(f"{link}/move", {"at": later.isoformat()})["Location"] == link
    assert phone.post(f"{link}/confirm").status_code == 303
    with clock.at(later - timedelta(minutes=20)):
        assert "too late to change" in page(phone, link)
        assert phone.post(f"{link}/late", {"minutes": "15"}).status_code == 303
        assert "15 minutes late" in page(phone, link)
        refused = phone.post(f"{link}/cancel")
        assert refused.status_code == 409
        assert "too late to change" in refused.content.decode()
    row.refresh_from_db()
    assert (row.starts_at, row.late_by, row.sequence, row.state) == (later, 15, 1, "booked")
    assert row.confirmed_at is not None
    assert "Cancel the booking?" in page(phone, f"{link}/cancel")
    phone.post(f"{link}/cancel")
    assert "This booking is cancelled" in page(phone, link)
    assert phone.post(f"{link}/move", {"at": TOMORROW.isoformat()})["Location"] == link
    row.refresh_from_db()
    assert row.state == "cancelled"


def test_a_booking_says_how_it_reminds_and_asks_only_shortly_before_whether_they_come(
    desk: Desk, phone: Client
) -> None:
    row, later = booked(phone), desk.book(TOMORROW + timedelta(days=7))
    soon = page(phone, f"/b/{row.code}")
    assert "Yes, I will come" in soon
    assert "remind you by text message" in soon
    assert f'href="/b/{row.code}/messages"' in soon
    far = page(phone, f"/b/{later.code}")
    assert "Yes, I will come" not in far
    assert "remind you" not in far


def test_a_link_that_leads_nowhere_says_so(desk: Desk, phone: Client) -> None:
    for path in ("", "/details", "/move", "/cancel"):
        assert "We cannot find this booking" in page(phone, f"/b/nothing{path}", 404)


def test_weeks_are_all_booked_or_none(hall: Hall, phone: Client) -> None:
    desk = make_desk(hall, most_open=4)
    address = hold(phone)["Location"]
    week = timedelta(weeks=1)
    taken = [desk.book(TOMORROW + week, customer_id=None) for _adviser in range(2)]
    answer = phone.post(address, {**WHO, "weeks": "3"})
    assert answer.status_code == 409
    assert "Wednesday, March 11" in answer.content.decode()
    assert Appointment.objects.filter(state="booked").count() == 2
    booking.cancel(code=taken[0].code, by=CUSTOMER, at=MORNING)
    assert phone.post(address, {**WHO, "weeks": "3"}).status_code == 303
    mine = Appointment.objects.filter(state="booked", name__isnull=False).exclude(pk=taken[1].pk)
    assert [one.starts_at for one in mine.order_by("starts_at")] == [
        TOMORROW,
        TOMORROW + week,
        TOMORROW + 2 * week,
    ]
    assert len({one.repeats for one in mine}) == 1
    first, second, third = mine.order_by("starts_at")
    shown = page(phone, f"/b/{first.code}")
    assert f'href="/b/{second.code}"' in shown
    assert f'href="/b/{third.code}"' in shown
    # This browser holds all of them, the next one first.
    held = page(phone, "/s/mall/book")
    assert held.index(first.code) < held.index(second.code) < held.index(third.code)
    booking.cancel(code=second.code, by=CUSTOMER, at=MORNING)
    assert second.code not in page(phone, f"/b/{first.code}")


def test_a_day_without_a_free_time_says_so_and_leads_to_its_waiting_list(desk: Desk, phone: Client) -> None:
    assert "nothing free" not in page(phone, f"{TIMES}?day=2026-03-04").split("<table")[0]
    shown = page(phone, f"{TIMES}?day=2026-03-07")
    assert "Saturday, March 7: nothing free" in shown.split("<table")[0]
    assert f'href="{TIMES}/wait?day=2026-03-07"' in shown
    # The month leads there; what is over, or further ahead than anybody books, leads nowhere.
    month = page(phone, f"{TIMES}?day=2026-03-04")
    assert 'href="?day=2026-03-07"' in month
    assert 'href="?day=2026-03-01"' not in month
    asked = page(phone, f"{TIMES}/wait?day=2026-03-07")
    assert asked.count('value="2026-03-07"') == 2
    assert f'href="{TIMES}?day=2026-03-07"' in asked


def test_another_service_belongs_to_the_same_visit(desk: Desk, phone: Client) -> None:
    row = booked(phone)
    second = hold(phone, TOMORROW + timedelta(hours=1), visit=row.code, idempotency_key="another-key")
    phone.post(second["Location"], {**WHO})
    other = Appointment.objects.exclude(pk=row.pk).get()
    assert other.party == row.pk
    assert f'href="/b/{other.code}"' in page(phone, f"/b/{row.code}")


def test_nothing_free_names_the_next_times_and_other_halls(desk: Desk, phone: Client) -> None:
    other = places.add_site(
        region=desk.hall.site.region, slug="branch", names=text("Branch"), hours=ALWAYS, by=SYSTEM
    )
    adviser = booking.add_resource(site_id=other.pk, slug="cy", names=text("Cy"), by=SYSTEM)
    booking.add_offer(
        site_id=other.pk, slug="advice", names=text("Advice", "咨询"), needs=[[adviser]], by=SYSTEM
    )
    assert "That day cannot be booked" in page(phone, f"{TIMES}?day=2025-01-01")
    for resource in desk.resources.values():
        resource.is_active = False
        places.save_setup(resource, by=SYSTEM)
    shown = page(phone, TIMES)
    assert "Nothing is free at the moment" in shown
    assert "/s/branch/book/advice" in shown


def test_check_in_at_the_door_takes_its_code(desk: Desk, phone: Client) -> None:
    row = booked(phone)
    door = "/s/mall/arrive"
    with clock.at(TOMORROW - timedelta(minutes=10)):
        code = queries.code_at_door(desk.hall.id, TOMORROW.date(), actor=SYSTEM)
        wrong = phone.post(door, {"door": "2222", "code": row.code})
        assert wrong.status_code == 422
        assert "not today’s code" in wrong.content.decode()
        by_number = {"reference": row.reference.lower(), "door": code}
        assert phone.post(door, {**by_number, "digits": "1111"}).status_code == 404
        assert phone.post(door, {**by_number, "digits": "80"}).status_code == 422
        assert not Ticket.objects.exists()
        stranger = Client(headers={"accept-language": "en"})
        done = stranger.post(door, {**by_number, "digits": "8000"})
        ticket = Ticket.objects.get()
        assert done["Location"] == f"/t/{ticket.code}"
        shown = page(stranger, done["Location"])
        assert "You are early. We call you near 10:00, or sooner" in shown
        assert 'You are called near <strong class="number">10:00</strong>' in shown
        shown = page(stranger, f"/b/{row.code}")
        assert f"/t/{ticket.code}" in shown
        assert ticket.number in shown
        assert "You are early" in shown
        assert (
            "您来早了" in phone.get(f"/b/{row.code}", headers={"accept-language": "zh-CN"}).content.decode()
        )
    with clock.at(TOMORROW + timedelta(minutes=1)):
        assert "called near" not in page(stranger, f"/t/{ticket.code}")  # from now on the range is true
        code = queries.code_at_door(desk.hall.id, TOMORROW.date(), actor=SYSTEM)
        assert phone.post(door, {"door": code, "code": row.code}).status_code == 303  # again: nothing new
    assert Ticket.objects.count() == 1


def test_too_early_another_day_and_late_are_told_apart(desk: Desk, phone: Client) -> None:
    row = booked(phone)

    def come(at: datetime) -> str:
        with clock.at(at):
            code = queries.code_at_door(desk.hall.id, clock.local(at, "Asia/Shanghai").date(), actor=SYSTEM)
            answer = phone.post("/s/mall/arrive", {"door": code.lower(), "code": row.code}, follow=True)
            return answer.content.decode()

    assert "Your appointment is not today" in come(MORNING)
    early = come(TOMORROW - timedelta(hours=1))
    assert "Check-in opens today at 09:30" in early
    assert "Take a ticket without a booking" in early
    assert not Ticket.objects.exists()
    assert "as those who came without a booking" in come(TOMORROW + timedelta(minutes=20))


def test_who_guesses_numbers_is_stopped(desk: Desk, phone: Client) -> None:
    flooding._guessed.clear()
    answers = {
        phone.post(
            "/s/mall/arrive", {"door": "2222", "reference": f"AAA{n:03}", "digits": "0000"}
        ).status_code
        for n in range(25)
    }
    flooding._guessed.clear()
    assert answers == {404, 429}


def test_a_month_reads_in_weeks_and_says_what_is_free(desk: Desk, phone: Client) -> None:
    shown = page(phone, f"{TIMES}?month=2026-03")
    assert "Wednesday, March 4:" in shown
    assert "nothing free" in shown
    assert "month=2026-04" in shown
    assert "month=2026-02" not in shown
    chinese = phone.get(TIMES, headers={"accept-language": "zh-CN"}).content.decode()
    assert "2026年3月" in chinese


def test_the_pages_make_a_constant_number_of_queries(
    desk: Desk, phone: Client, django_assert_max_num_queries: Any
) -> None:
    row = booked(phone)
    for path, most in ((TIMES, 12), (f"/b/{row.code}", 12), ("/s/mall/book", 8), ("/s/mall/arrive", 8)):
        with django_assert_max_num_queries(most):
            phone.get(path)
