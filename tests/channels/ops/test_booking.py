"""Setting up what can be booked, in operations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries, setup
from servicehall.rooms.booking.models import Appointment, DayHours, Offer, Resource, WeeklyHours
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as queueing
from tests.channels.desk.house import House, both, build_house
from tests.hall import catch_up

NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture
def house(db: None) -> Iterator[House]:
    with clock.at(NOW):
        setup.forget()
        yield build_house()


@pytest.fixture
def mira(house: House) -> Client:
    return _client("mira")


def _client(username: str) -> Client:
    from servicehall.rooms.people.models import Staff

    client = Client()
    client.force_login(Staff.objects.get(username=username))
    return client


def _room(house: House, slug: str = "room") -> Resource:
    return booking.add_resource(
        site_id=house.site_id, slug=slug, kind="room", names=both(slug, slug), by=SYSTEM,
        hours=[(weekday, time(9), time(17)) for weekday in range(7)],
    )  # fmt: skip


def _offer(house: House, *rooms: Resource, **fields: Any) -> Offer:
    return booking.add_offer(
        site_id=house.site_id, slug="advice", names=both("Advice", "咨询"), needs=[list(rooms)], lead=0, by=SYSTEM,
        **fields,
    )  # fmt: skip


def _text(client: Client, path: str = "") -> str:
    answer = client.get(f"/ops/mall/booking{path}")
    assert answer.status_code == 200
    return str(answer.content.decode())


OFFER = {
    "name_en": "Advice", "name_zh": "咨询", "slug": "advice", "minutes": 30, "before": 0, "after": 5, "step": 30,
    "lead": 60, "horizon_days": 30, "cutoff": 60, "hold": 10, "group_most": 1, "most_open": 2, "early": 30, "late": 10,
    "lost": 30, "merge": "booked", "merge_minutes": 10, "overbook_percent": 0, "position": 100, "is_active": "on",
    "is_public": "on",
}  # fmt: skip


def test_from_nothing_to_something_that_can_be_booked(house: House, mira: Client) -> None:
    assert "No offers yet" in _text(mira)
    staff = house.actor("anna").id
    mira.post("/ops/mall/booking", {"staff": [str(staff)], "counter": [str(house.counters["1"])]})
    made = {row.slug: row for row in Resource.objects.all()}
    assert set(made) == {"anna", "counter-1"}
    mira.post("/ops/mall/booking", {"staff": [str(staff)]})
    assert Resource.objects.count() == 2
    saved = mira.post(
        "/ops/mall/booking/offers/add",
        {**OFFER, "need_0": [made["anna"].pk], "need_1": [made["counter-1"].pk]},
    )
    assert saved.status_code == 303, saved.content.decode()
    offer = Offer.objects.get()
    assert [[r.slug for r in need.resources.all()] for need in offer.needs.all()] == [["anna"], ["counter-1"]]
    changed = {**OFFER, "minutes": 60, "need_0": [made["counter-1"].pk]}
    mira.post(f"/ops/mall/booking/offers/{offer.pk}", changed)
    offer.refresh_from_db()
    assert (offer.minutes, offer.needs.count()) == (60, 1)
    assert setup.of_site(house.site_id).offers[offer.pk].row.minutes == 60


def test_a_short_name_is_made_of_the_english_one_where_none_is_given(house: House, mira: Client) -> None:
    assert "First add resources" in _text(mira, "/offers/add")
    room = {"name_en": "Meeting room 1", "name_zh": "会议室", "kind": "room", "places": 1, "position": 1}
    mira.post("/ops/mall/booking/resources/add", {**room, "is_active": "on"})
    made = Resource.objects.get()
    assert made.slug == "meeting-room-1"
    assert "First add resources" not in _text(mira, "/offers/add")
    # What is left empty later changes nothing, and what cannot be made is asked for.
    mira.post(f"/ops/mall/booking/resources/{made.pk}", {**room, "name_en": "Another", "is_active": "on"})
    made.refresh_from_db()
    assert (made.slug, made.names["en"]) == ("meeting-room-1", "Another")
    nameless = mira.post("/ops/mall/booking/resources/add", {**room, "name_en": "会议室"})
    assert nameless.status_code == 422
    assert "Write a short name" in nameless.content.decode()
    assert Resource.objects.count() == 1


def test_what_does_not_fit_is_told_beside_the_field(house: House, mira: Client) -> None:
    room = _room(house)
    wrong = mira.post("/ops/mall/booking/offers/add", {**OFFER, "minutes": 7, "need_0": [room.pk]})
    assert wrong.status_code == 422
    assert "multiple of 5" in wrong.content.decode()
    assert not Offer.objects.exists()
    assert mira.post("/ops/mall/booking/resources/add", {"name_en": "x"}).status_code == 422


def test_weekly_hours_show_whom_they_break_and_move_them(house: House, mira: Client) -> None:
    room, other = _room(house), _room(house, "other")
    _offer(house, room, other)
    mine = booking.book_for(
        site_id=house.site_id, offer="advice", starts_at=TOMORROW, details=booking.Details("Li"), by=SYSTEM,
        resource=room.pk,
    )  # fmt: skip
    path = f"/ops/mall/booking/resources/{room.pk}/hours"
    assert _text(mira, path.removeprefix("/ops/mall/booking")).count('type="time"') == 2 * 11
    lines = {"lines": 1, "weekday-0": 0, "opens-0": "09:00", "closes-0": "12:00", "audience-0": "public"}
    shown = mira.post(path, lines)
    text = shown.content.decode()
    assert "Nothing is changed yet" in text
    assert mine.name in text
    assert WeeklyHours.objects.filter(resource=room).count() == 7
    form = {name: _value(text, name) for name in ("change", "seal")}
    booking.book_for(
        site_id=house.site_id, offer="advice", starts_at=TOMORROW, details=booking.Details("Wu"), by=SYSTEM,
        resource=other.pk,
    )  # fmt: skip
    stale = mira.post("/ops/mall/booking/confirm", {**form, f"a-{mine.pk}": "move"})
    assert stale.status_code == 409
    assert Appointment.objects.get(pk=mine.pk).sequence == 0
    form["seal"] = _value(stale.content.decode(), "seal")
    done = mira.post("/ops/mall/booking/confirm", {**form, f"a-{mine.pk}": "move"})
    assert done.status_code == 303
    mine.refresh_from_db()
    assert mine.assignments.get().resource_id == other.pk
    assert mine.starts_at in {TOMORROW - timedelta(minutes=30), TOMORROW + timedelta(minutes=30)}
    assert WeeklyHours.objects.filter(resource=room).count() == 1


def test_the_reason_of_closed_dates_is_what_customers_would_be_told(house: House, mira: Client) -> None:
    room = _room(house)
    _offer(house, room)
    booking.book_for(
        site_id=house.site_id, offer="advice", starts_at=TOMORROW, details=booking.Details("Li"), by=SYSTEM
    )
    form = {
        "first": f"{TOMORROW:%Y-%m-%d}",
        "kind": "closed",
        "reason": "Stocktaking",
        "resource": [str(room.pk)],
    }
    shown = mira.post("/ops/mall/booking/dates", {**form, "weekday": [str(n) for n in range(7)]})
    assert 'value="Stocktaking"' in shown.content.decode()


def _value(text: str, name: str) -> str:
    import html
    import re

    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None
    return html.unescape(found[1])


def test_holidays_for_many_at_once_and_away_again(house: House, mira: Client) -> None:
    rooms = [_room(house, f"r{n}") for n in range(3)]
    fields = {"first": "2026-05-01", "last": "2026-05-05", "kind": "closed", "reason": "五一"}
    fields |= {"resource": [str(r.pk) for r in rooms], "weekday": [str(n) for n in range(7)]}  # type: ignore[dict-item]
    assert mira.post("/ops/mall/booking/dates", fields).status_code == 303
    assert DayHours.objects.count() == 15
    assert "五一" in _text(mira)
    chosen = [str(pk) for pk in DayHours.objects.values_list("pk", flat=True)[:5]]
    assert mira.post("/ops/mall/booking/dates/remove", {"date": chosen}).status_code == 303
    assert DayHours.objects.count() == 10


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"first": "x"}, {"first": "2026-05-03", "last": "2026-05-01"}, {"kind": "instead"},
        {"opens": "09:00"}, {"weekday": []}, {"kind": "nothing"}, {"resource": ["x"]}, {"audience": "moon"},
    ],
)  # fmt: skip
def test_dates_that_make_no_sense_change_nothing(house: House, mira: Client, fields: dict[str, Any]) -> None:
    room = _room(house)
    good = {"first": "2026-05-01", "kind": "closed", "resource": [str(room.pk)], "weekday": list("0123456")}
    sent = {**good, **fields} if fields else {}
    assert mira.post("/ops/mall/booking/dates", sent).status_code == 422
    assert not DayHours.objects.exists()


def test_a_change_that_no_page_makes_is_refused(house: House, mira: Client) -> None:
    room = _room(house)
    _offer(house, room)
    booking.book_for(
        site_id=house.site_id, offer="advice", starts_at=TOMORROW, details=booking.Details("Li"), by=SYSTEM
    )
    week: Any = [0, "09:00", "10:00", "public", None, None]
    for change in (
        {"weeks": {str(room.pk): [[*week[:3], "nobody", None, None]]}, "add": [], "remove": []},
        {"weeks": {str(room.pk): [[0, "09:00+05:00", *week[2:]]]}, "add": [], "remove": []},
        {"weeks": {}, "add": [], "remove": [10**30]},
        {"weeks": {}, "add": [], "remove": [-1]},
        {
            "weeks": {},
            "add": [[str(room.pk), "2026-03-04", "instead", "09:00", "10:00", "x", ""]],
            "remove": [],
        },
    ):
        answer = mira.post("/ops/mall/booking/confirm", {"change": json.dumps(change), "seal": "x"})
        assert answer.status_code == 422, change
    path = f"/ops/mall/booking/resources/{room.pk}/hours"
    lines = {"lines": 1, "weekday-0": 0, "opens-0": "09:00", "closes-0": "10:00", "audience-0": "nobody"}
    assert mira.post(path, lines).status_code == 422
    assert WeeklyHours.objects.filter(resource=room).count() == 7


def test_half_a_line_of_hours_is_told_and_what_was_typed_stays(house: House, mira: Client) -> None:
    room = _room(house)
    path = f"/ops/mall/booking/resources/{room.pk}/hours"
    for lines in (
        {"lines": 1, "weekday-0": 0, "opens-0": "09:00"},
        {"lines": 1, "weekday-0": 9, "opens-0": "09:00", "closes-0": "10:00"},
        {"lines": "x"},
    ):
        answer = mira.post(path, lines)
        assert answer.status_code == 422, lines
    assert WeeklyHours.objects.filter(resource=room).count() == 7
    assert mira.post("/ops/mall/booking/confirm", {"change": "{"}).status_code in {400, 422}


def test_how_full_the_week_is(house: House, mira: Client) -> None:
    room = _room(house)
    _offer(house, room)
    booking.book_for(
        site_id=house.site_id, offer="advice", starts_at=TOMORROW, details=booking.Details("Li"), by=SYSTEM
    )
    booking.hold_time(
        site_id=house.site_id, offer="advice", starts_at=TOMORROW + timedelta(minutes=30), by=SYSTEM
    )
    for day in ("9999-12-31", "0001-01-01"):
        assert mira.get(f"/ops/mall/booking/capacity?day={day}").status_code == 422
    text = _text(mira, "/capacity?day=2026-03-04")
    assert "0 / 1" in text
    assert "booked 0.5 · held 0.5" in text


def test_the_risk_is_shown_when_it_is_known(house: House, mira: Client) -> None:
    offer = _offer(house, _room(house))
    assert "at least 50 appointments" in _text(mira, f"/offers/{offer.pk}")


def test_agents_do_not_set_up(house: House) -> None:
    assert _client("anna").get("/ops/mall/booking").status_code == 403
    assert _client("sue").get("/ops/mall/booking").status_code == 403
    assert _client("otto").get("/ops/mall/booking").status_code in {403, 404}


def _served_visits(house: House, count: int = 6) -> None:
    """Some enquiries of this morning, so that there is a usual day."""
    agent = house.sit("anna", "1")
    for n in range(count):
        at = NOW - timedelta(minutes=60 - 5 * n)
        house.issue(ago=(NOW - at).total_seconds())
        ticket = queue.call_next(site_id=house.site_id, counter_id=house.counters["1"], by=agent, at=at)
        assert ticket is not None
        queue.start(ticket_id=ticket.pk, by=agent, at=at)
        queue.finish(ticket_id=ticket.pk, by=agent, at=at + timedelta(minutes=3))
    catch_up()


def _filled_in(offer: Offer, room: Resource, **changed: Any) -> dict[str, Any]:
    return {**OFFER, "lead": 0, "after": 0, "service": offer.service_id, "need_0": [room.pk], **changed}


def test_a_changed_merge_rule_is_simulated_before_it_is_saved(house: House, mira: Client) -> None:
    _served_visits(house)
    room = _room(house)
    service = {slug: pk for pk, slug, _names in queueing.setup_choices(house.site_id).services}["enquiries"]
    offer = _offer(house, room, service_id=service)
    path = f"/ops/mall/booking/offers/{offer.pk}"
    changed = _filled_in(offer, room, merge="lead", merge_minutes=30)
    shown = mira.post(path, changed)
    text = shown.content.decode()
    assert shown.status_code == 200
    assert "Nothing is saved yet" in text
    assert "an appointment every half hour was assumed" in text
    assert "Booked customers" in text
    offer.refresh_from_db()
    assert offer.merge == "booked"
    seen = _value(text, "seen")
    other = mira.post(path, {**changed, "merge_minutes": 45, "seen": seen})  # not what was looked at
    assert "Nothing is saved yet" in other.content.decode()
    offer.refresh_from_db()
    assert offer.merge == "booked"
    assert mira.post(path, {**changed, "seen": seen}).status_code == 303
    offer.refresh_from_db()
    assert (offer.merge, offer.merge_minutes) == ("lead", 30)
    assert mira.post(path, {**changed, "seen": "", "minutes": 60}).status_code == 303  # the same rule


def test_a_merge_rule_that_cannot_be_tried_says_why_and_is_saved_all_the_same(
    house: House, mira: Client
) -> None:
    room = _room(house)
    offer = _offer(house, room)  # nobody is called for it
    path = f"/ops/mall/booking/offers/{offer.pk}"
    changed = _filled_in(offer, room, service="", late=20)
    text = mira.post(path, changed).content.decode()
    assert "It cannot be tried out" in text
    assert mira.post(path, {**changed, "seen": _value(text, "seen")}).status_code == 303
    offer.refresh_from_db()
    assert offer.late == 20


def test_what_was_booked_lately_is_counted_by_time_and_who_came(house: House) -> None:
    room = _room(house)
    offer = _offer(house, room)
    day = TOMORROW.date()
    for hour, arrived in ((0, True), (1, False), (2, None)):
        made = booking.book_for(
            site_id=house.site_id, offer="advice", starts_at=TOMORROW + timedelta(hours=hour),
            details=booking.Details("Li"), by=SYSTEM,
        )  # fmt: skip
        state = {True: "done", False: "lost", None: "cancelled"}[arrived]
        Appointment.objects.filter(pk=made.pk).update(state=state, arrived_at=TOMORROW if arrived else None)
    found = queries.booked_lately(house.site_id, offer.pk, day, day, actor=SYSTEM)
    assert (found.days, found.by_minute, found.came, found.count) == (1, {600: 1, 660: 1}, 1, 2)
