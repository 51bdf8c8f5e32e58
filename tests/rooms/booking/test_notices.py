"""What customers are told about their appointments: once, in their language, when it is not night, if they want it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import vobject

from servicehall.kernel import clock, timers
from servicehall.kernel.models import Timer
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries
from servicehall.rooms.booking.actions.notifying import NOTICE, tell_customer
from servicehall.rooms.booking.models import Appointment, BookingRules, Notice
from servicehall.rooms.messages import actions as messages
from servicehall.rooms.messages.models import Message
from tests.hall import CUSTOMER, MORNING, catch_up

from .desk import TOMORROW, Desk

DAY_AFTER = TOMORROW + timedelta(days=1)


@pytest.fixture(autouse=True)
def outside(settings: Any) -> None:
    settings.PUBLIC_URL = "https://hall.example.com"


def book(
    desk: Desk,
    starts_at: datetime = DAY_AFTER,
    *,
    at: datetime = MORNING,
    language: str = "en",
    **details: str,
) -> Appointment:
    held = desk.hold(starts_at, at=at, language=language)
    given = booking.Details("王小明", **({"email": "wang@example.com"} | details))
    return booking.book(code=held.code, details=given, by=CUSTOMER, at=at)


def go_on(at: datetime) -> None:
    """The worker until a moment."""
    with clock.at(at):
        catch_up()
        while timers.run_due():
            catch_up()


def told(kind: str = "") -> list[str]:
    rows = Message.objects.order_by("made_at", "pk")
    return [one.title or one.body for one in rows if not kind or one.kind == kind]


def test_a_booking_is_confirmed_with_an_invitation(desk: Desk) -> None:
    row = book(desk)
    go_on(MORNING)
    [message] = Message.objects.all()
    assert message.title == "Booked: Advice, Thursday, March 5, 2026, 10:00"
    assert f"https://hall.example.com/b/{row.code}" in message.body
    assert row.reference in message.body
    event = vobject.readOne(message.calendar).vevent
    assert (event.uid.value, event.dtstart.value) == (str(row.pk), row.starts_at)
    assert not message.is_optional


def test_links_lead_to_where_the_hall_listens_while_nobody_said_another_address(settings: Any) -> None:
    settings.RUN_URL = "http://10.0.0.8:8000"
    assert queries.address("/b/x") == "https://hall.example.com/b/x"
    settings.PUBLIC_URL = ""
    assert queries.address("/b/x") == "http://10.0.0.8:8000/b/x"


def test_in_the_customers_language_by_a_short_text_without_an_address(desk: Desk) -> None:
    book(desk, language="zh-Hans", email="", phone="13800138000")
    go_on(MORNING)
    [message] = Message.objects.all()
    assert (message.kind, message.calendar) == ("sms", "")
    assert "已预约" in message.body
    assert "2026年3月5日" in message.body
    assert "\n" not in message.body


def test_a_change_is_an_update_and_a_cancellation_takes_it_out(desk: Desk) -> None:
    row = book(desk)
    go_on(MORNING)
    later = DAY_AFTER + timedelta(hours=1)
    booking.reschedule(code=row.code, starts_at=later, by=CUSTOMER, at=MORNING)
    go_on(MORNING + timedelta(minutes=1))
    booking.cancel(code=row.code, by=CUSTOMER, at=MORNING + timedelta(minutes=2))
    go_on(MORNING + timedelta(minutes=2))
    assert [one.split(":")[0] for one in told()] == ["Booked", "New time", "Cancelled"]
    parts = [vobject.readOne(one.calendar) for one in Message.objects.order_by("made_at", "pk")]
    assert [(p.method.value, p.vevent.sequence.value, p.vevent.uid.value) for p in parts] == [
        ("REQUEST", "0", str(row.pk)),
        ("REQUEST", "1", str(row.pk)),
        ("CANCEL", "2", str(row.pk)),
    ]
    go_on(DAY_AFTER)
    assert len(told()) == 3, "nobody is reminded of what was cancelled"


def test_of_two_changes_before_the_worker_comes_the_last_is_told(desk: Desk) -> None:
    row = book(desk)
    for hours in (1, 2):
        booking.reschedule(
            code=row.code, starts_at=DAY_AFTER + timedelta(hours=hours), by=CUSTOMER, at=MORNING
        )
    go_on(MORNING)
    assert told() == ["New time: Advice, Thursday, March 5, 2026, 12:00"]


def test_reminders_a_day_and_two_hours_before_but_not_when_booked_later(desk: Desk) -> None:
    book(desk)
    go_on(DAY_AFTER - timedelta(hours=24))
    go_on(DAY_AFTER - timedelta(hours=2, minutes=1))
    assert len(told()) == 2
    go_on(DAY_AFTER - timedelta(hours=2))
    assert [one.split(":")[0] for one in told()] == ["Booked", "Reminder", "Reminder"]
    reminder = Message.objects.filter(is_optional=True).first()
    assert reminder is not None
    assert "/messages" in reminder.body
    book(desk, DAY_AFTER + timedelta(hours=1), at=DAY_AFTER - timedelta(hours=1), email="li@example.com")
    go_on(DAY_AFTER)
    assert len(told()) == 4, "confirmed; the reminder of an hour ago would be of no use"


def test_the_offers_own_reminders_and_the_halls(desk: Desk) -> None:
    BookingRules.objects.create(site_id=desk.hall.id, reminders="")
    book(desk)
    go_on(MORNING)
    assert Timer.objects.filter(kind=NOTICE).count() == 0
    desk.offer.reminders = "60"
    desk.offer.save()
    book(desk, email="li@example.com")
    go_on(MORNING)
    [left] = Timer.objects.filter(kind=NOTICE)
    assert left.due_at == DAY_AFTER - timedelta(minutes=60)


def test_the_hall_does_not_disturb_at_night(desk: Desk) -> None:
    row = book(desk, phone="13800138000")
    go_on(MORNING)
    night = MORNING + timedelta(hours=13)  # 23:00
    booking.cancel(code=row.code, by=desk.hall.actors["agent"], reason="停电", at=night)
    go_on(night)
    assert len(told()) == 1
    go_on(MORNING + timedelta(hours=22))  # 08:00
    assert len(told("email")) == 2
    assert len(told("sms")) == 1, "what nobody may overlook goes every way"
    assert "停电" in Message.objects.filter(kind="email").latest("made_at").body


def test_told_once_whatever_dies_in_between(desk: Desk) -> None:
    row = book(desk)
    go_on(MORNING)
    timers.set_timer(
        NOTICE, "again", MORNING, site_id=row.organisation_id,
        data={"appointment": str(row.pk), "cause": "booked", "sequence": 0},
    )  # fmt: skip
    go_on(MORNING)
    assert tell_customer(appointment=row.pk, cause="booked", sequence=0, at=MORNING) == 0
    assert len(told()) == 1


def test_who_refused_reminders_gets_none_and_still_gets_what_they_asked_for(desk: Desk) -> None:
    row = book(desk)
    tenant = row.organisation_id
    messages.refuse(organisation_id=tenant, kind="email", address="WANG@example.com", by=CUSTOMER)
    messages.refuse(organisation_id=tenant, kind="email", address="wang@example.com", by=CUSTOMER)
    go_on(MORNING)
    go_on(DAY_AFTER - timedelta(hours=2))
    assert [one.split(":")[0] for one in told()] == ["Booked"]
    assert set(Notice.objects.values_list("outcome", flat=True)) == {"meant", "refused"}
    messages.accept_again(organisation_id=tenant, kind="email", address="wang@example.com", by=CUSTOMER)
    book(desk, DAY_AFTER + timedelta(hours=4), at=DAY_AFTER)
    go_on(DAY_AFTER + timedelta(hours=2))
    assert told()[-1].startswith("Reminder")


def test_enough_is_enough(desk: Desk, settings: Any) -> None:
    settings.OPTIONAL_TO_ONE_A_DAY = 1
    book(desk)
    go_on(DAY_AFTER - timedelta(hours=24))
    go_on(DAY_AFTER - timedelta(hours=2))
    assert sum(one.startswith("Reminder") for one in told()) == 1
    assert Notice.objects.filter(outcome="enough").count() == 1


def test_without_text_messages_left_the_note_says_so(desk: Desk, settings: Any) -> None:
    settings.SMS_TO_ONE_A_DAY = 0
    book(desk, email="", phone="13800138000")
    go_on(MORNING)
    assert told() == []
    assert Notice.objects.get().outcome == "number-texted-often"


def test_a_hall_that_moves_somebody_says_so(desk: Desk) -> None:
    row = book(desk)
    go_on(MORNING)
    booking.reschedule(
        code=row.code, starts_at=DAY_AFTER + timedelta(hours=1), by=desk.hall.actors["agent"], at=MORNING
    )
    go_on(MORNING)
    assert told()[-1] == "We had to change your time: Advice, now Thursday, March 5, 2026, 11:00"
