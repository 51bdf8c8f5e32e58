"""Text messages a day: so many to a number, so many of an organisation; then mail or a counter, and an alert."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from servicehall.kernel import events
from servicehall.rooms.customers import actions as customers
from servicehall.rooms.customers.models import ContactCode
from servicehall.rooms.messages import actions
from servicehall.rooms.messages.actions import NumberTextedOften, TextsUsedUp
from servicehall.rooms.messages.models import Message, TextsOfDay
from tests.hall import MORNING, Hall, make_hall
from tests.rooms.customers.counter import NUMBER, PHONE, organisation


@pytest.fixture
def hall(db: None) -> Hall:
    return make_hall()


def text(hall: Hall, number: str = NUMBER, *, at: datetime = MORNING, kind: str = "sms") -> Any:
    return actions.send_message(
        organisation_id=organisation(hall), kind=kind, address=number, title="t", body="b", by=PHONE, at=at
    )


def ask(hall: Hall, address: str = NUMBER, *, at: datetime = MORNING, client: str = "1") -> None:
    customers.send_code(organisation_id=organisation(hall), address=address, client=client, by=PHONE, at=at)


def log(hall: Hall, kind: str) -> list[dict[str, Any]]:
    return [dict(e.data) for e in events.after(organisation(hall), 0) if e.kind == kind]


def test_a_number_gets_so_many_a_day_however_it_is_written(hall: Hall, settings: Any) -> None:
    settings.SMS_TO_ONE_A_DAY = 2
    text(hall)
    text(hall, "+86 13812345678")
    for written in (NUMBER, "１３８-1234-5678"):
        with pytest.raises(NumberTextedOften):
            text(hall, written)
    assert Message.objects.count() == 2
    text(hall, "139 0000 1111")
    # The day is the hall's: in Shanghai it ends at four in the afternoon of UTC.
    evening = datetime(MORNING.year, MORNING.month, MORNING.day, 15, 59, tzinfo=UTC)
    with pytest.raises(NumberTextedOften):
        text(hall, at=evening)
    text(hall, at=evening + timedelta(minutes=1))


def test_an_organisation_sends_so_many_and_the_last_one_raises_an_alert(hall: Hall, settings: Any) -> None:
    settings.SMS_A_DAY = 3
    elsewhere = make_hall("bank")
    for last in range(2):
        text(hall, f"139 0000 000{last}")
    assert log(hall, "alert.raised") == []
    text(hall, "139 0000 0002")
    assert [one["about"] for one in log(hall, "alert.raised")] == ["texts-used-up"]
    with pytest.raises(TextsUsedUp):
        text(hall, "139 0000 0003")
    assert len(log(hall, "alert.raised")) == 1
    text(elsewhere, "139 0000 0003")
    text(hall, "wang@example.com", kind="email")
    text(hall, "139 0000 0003", at=MORNING + timedelta(days=1))


def test_a_code_that_is_over_is_refused_on_record_and_changes_nothing(hall: Hall, settings: Any) -> None:
    settings.SMS_TO_ONE_A_DAY = 1
    ask(hall)
    [code] = ContactCode.objects.all()
    with pytest.raises(NumberTextedOften):
        ask(hall, at=MORNING + timedelta(minutes=2))
    assert log(hall, "customer.code-refused")[-1] == {"code": None, "reason": "number-texted-often"}
    code.refresh_from_db()
    assert code.expires_at == MORNING + timedelta(minutes=10), "the code that came is still good"
    settings.SMS_A_DAY = 1
    with pytest.raises(TextsUsedUp):
        ask(hall, "139 0000 1111")
    assert log(hall, "customer.code-refused")[-1]["reason"] == "texts-used-up"
    ask(hall, "wang@example.com")


def test_an_erasure_gives_none_back(hall: Hall, settings: Any) -> None:
    settings.SMS_TO_ONE_A_DAY = 1
    text(hall)
    actions.forget_messages(organisation_id=organisation(hall), addresses=[NUMBER])
    with pytest.raises(NumberTextedOften):
        text(hall)


def test_counts_hold_no_number_and_go_after_a_day(hall: Hall) -> None:
    text(hall)
    text(hall, at=MORNING + timedelta(days=1))
    today, tomorrow = (
        {bytes(row.number) for row in TextsOfDay.objects.filter(day=MORNING.date() + timedelta(days=n))}
        - {b""}
        for n in (0, 1)
    )
    assert not today & tomorrow
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM outgoing_textsofday")
        assert "5678" not in repr(cursor.fetchall())
    text(hall, at=MORNING + timedelta(days=3))
    assert set(TextsOfDay.objects.values_list("day", flat=True)) == {MORNING.date() + timedelta(days=3)}


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_the_allowed_ones_go_out(settings: Any) -> None:
    settings.SMS_A_DAY = 5
    hall = make_hall()
    sent: list[bool] = []

    def one(number: int) -> None:
        try:
            text(hall, f"139 0000 {number:04d}")
            sent.append(True)
        except TextsUsedUp:
            sent.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sent) == [False] * 7 + [True] * 5
    assert Message.objects.count() == 5
    assert len(log(hall, "alert.raised")) == 1
