"""Resources, offers, counters, services and colleagues stand in lists as people read their names."""

from __future__ import annotations

from django.utils import translation

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as queueing
from tests.hall import text
from tests.rooms.booking.desk import WORKDAYS, Desk


def test_room_2_stands_before_room_10(desk: Desk) -> None:
    hall = desk.hall
    for n in (10, 9, 101):
        room = booking.add_resource(
            site_id=hall.id, slug=f"room-{n}", names=text(f"Room {n}", f"第{n}室"), hours=WORKDAYS, by=SYSTEM
        )
        booking.add_offer(site_id=hall.id, slug=f"o-{n}", names=text(f"Offer {n}"), needs=[[room]], by=SYSTEM)
    for language, rooms in (
        ("en", ["Room 9", "Room 10", "Room 101"]),
        ("zh-hans", ["第9室", "第10室", "第101室"]),
    ):
        with translation.override(language):
            for found in (queries.resources(hall.id), queries.setup_resources(hall.id, actor=SYSTEM)):
                assert [str(one) for one in found] == ["ada", "bo", *rooms]
    found = [one for one in queries.resources(hall.id) if one.slug.startswith("room")]
    booking.add_offer(site_id=hall.id, slug="z", names=text("Z"), needs=[found[::-1]], by=SYSTEM)
    made = next(one for one in queries.setup_offers(hall.id, actor=SYSTEM) if one.slug == "z")
    assert [one.slug for one in made.needs.get().listed] == ["room-9", "room-10", "room-101"]
    form = booking.OfferForm(site_id=hall.id)
    assert [words for _pk, words in form.fields["need_0"].choices][2:4] == ["Room 9", "Room 10"]
    made.delete()
    assert [one.row.slug for one in queries.offers(hall.id)] == ["advice", "o-9", "o-10", "o-101"]
    assert [one.slug for one in queries.setup_offers(hall.id, actor=SYSTEM)][1:] == ["o-9", "o-10", "o-101"]
    assert [one.row.slug for one in queries.resource_calendars(hall.id, actor=SYSTEM)][2:4] == [
        "room-9",
        "room-10",
    ]


def test_counters_and_colleagues_too(desk: Desk) -> None:
    hall = desk.hall
    for label in ("B2", "A10", "10", "A9"):
        queue.add_counter(
            site_id=hall.id,
            zone_id=hall.zone.pk,
            label=label,
            names=text(f"Counter {label}"),
            stages=[],
            by=SYSTEM,
        )
    labels = [one["label"] for one in queueing.counters(hall.id)]
    assert labels == ["1", "2", "10", "A9", "A10", "B2"]
    names = [str(one) for one in people.colleagues(hall.id)]
    assert names == sorted(names, key=str.casefold)
