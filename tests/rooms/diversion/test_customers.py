"""What customers meet: offers, notices, kiosks with other services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from servicehall.channels import diverting
from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM, customer
from servicehall.rooms.diversion import actions, outside, queries
from servicehall.rooms.diversion.models import Episode
from servicehall.rooms.hall import actions as places
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.services import actions as flows
from tests.hall import ALWAYS, CUSTOMER, Hall, make_hall, minutes, text
from tests.rooms.diversion.loaded import add_rule, fill, leave, look, the

pytestmark = pytest.mark.django_db
FLOW = """flow: talk
name: {en: Talk, zh-Hans: 咨询}
category: help
channels: [phone]
steps:
  - inform: hello
    title: {en: Hello, zh-Hans: 您好}
  - end: done
    title: {en: Done, zh-Hans: 好了}
"""


@pytest.fixture
def hall() -> Iterator[Hall]:
    outside.forget()
    yield make_hall()
    outside.forget()


def branch(hall: Hall, slug: str = "branch", *, open_counter: bool = True) -> Any:
    """Another site of the organisation where the same service is quick."""
    site = places.add_site(
        region=hall.site.region, slug=slug, names=text("Branch", "分厅"), hours=ALWAYS, by=SYSTEM
    )
    floor = places.add_floor(site=site, level=0, names=text("Ground", "一层"), by=SYSTEM)
    zone = places.add_zone(floor=floor, slug="main", names=text("Main", "主厅"), by=SYSTEM)
    queue.add_class(
        site_id=site.pk, key="walk-in", names=text("Standard", "普通"), is_default=True, by=SYSTEM
    )
    service = queue.add_service(
        site_id=site.pk, slug="consult", prefix="A", names=text("Consult", "咨询"), by=SYSTEM
    )
    counter = queue.add_counter(
        site_id=site.pk, zone_id=zone.pk, label="1", names=text("Counter 1", "1 号窗口"),
        stages=service.stages.all(), by=SYSTEM,
    )  # fmt: skip
    if open_counter:
        queue.sign_in(site_id=site.pk, counter_id=counter.pk, by=SYSTEM, at=minutes(0))
    return site


def offered(hall: Hall, service: str = "consult") -> list[queries.Offer]:
    return queries.offers(hall.id, service, at=minutes(3))


def test_without_a_load_nothing_is_offered(hall: Hall, django_assert_num_queries: Any) -> None:
    add_rule(hall, action="offer-site")
    with django_assert_num_queries(1):
        assert offered(hall) == []


def test_the_site_with_the_shorter_wait_is_offered(hall: Hall) -> None:
    add_rule(hall, action="offer-site")
    other = branch(hall)
    branch(hall, "closed", open_counter=False)
    hall.open("1")
    fill(hall, 6)
    look(hall, 0, 2)
    (one,) = offered(hall)
    assert (one.kind, one.site, one.names) == ("site", other.slug, other.names)
    assert one.wait is not None
    leave(list(queue_tickets(hall)), at=minutes(3))
    assert offered(hall) == []  # nobody waits here now: the other site is no quicker


def queue_tickets(hall: Hall) -> Any:
    from servicehall.rooms.queueing.models import Ticket

    return Ticket.objects.filter(site_id=hall.id)


def test_the_phone_is_offered_where_the_service_can_be_done_there(hall: Hall) -> None:
    add_rule(hall, action="offer-channel", flow="talk")
    fill(hall)
    look(hall, 0, 2)
    assert offered(hall) == []  # nothing of that name is published
    flows.publish_text(organisation_id=hall.site.region.organisation_id, text=FLOW, by=SYSTEM)
    found = queries.offers(hall.id, "consult")
    assert [(one.kind, one.flow) for one in found] == [("channel", "talk")]


def test_another_time_is_offered_where_times_can_be_booked(hall: Hall) -> None:
    add_rule(hall, action="offer-time", services=[hall.services["consult"].pk])
    fill(hall)
    look(hall, 0, 2)
    assert offered(hall) == []
    queries.register_booking(lambda site_id: site_id == hall.id)
    assert [one.kind for one in offered(hall)] == ["time"]
    assert offered(hall, "refund") == []


def test_taking_an_offer_is_counted_while_it_runs(hall: Hall) -> None:
    queries.register_booking(lambda _site: True)
    add_rule(hall, action="offer-time")
    tickets = fill(hall)
    look(hall, 0, 2)
    episode = the(hall)
    actions.take_offer(episode.pk, site_id=hall.id, by=CUSTOMER)
    actions.take_offer(episode.pk, site_id=hall.id, by=customer("kiosk"))
    episode.refresh_from_db()
    assert episode.taken == 2
    leave(tickets, at=minutes(3))
    look(hall, 3, 5)
    with pytest.raises(actions.NotOffered):
        actions.take_offer(episode.pk, site_id=hall.id, by=CUSTOMER)
    bank = make_hall("bank")
    with pytest.raises(actions.NotOffered):
        actions.take_offer(episode.pk, site_id=bank.id, by=CUSTOMER)
    episode.refresh_from_db()
    assert episode.taken == 2


def test_those_who_wait_are_told(hall: Hall) -> None:
    add_rule(hall, services=[hall.services["consult"].pk])
    assert queries.notices(hall.id, "consult") == []
    tickets = fill(hall)
    look(hall, 0, 2)
    assert queries.notices(hall.id, "consult") == [text("It takes longer today.", "今天等候时间较长。")]
    assert queries.notices(hall.id, "loan") == []
    leave(tickets, at=minutes(3))
    look(hall, 3, 5)
    assert queries.notices(hall.id, "consult") == []


def test_kiosks_hide_and_show_services(hall: Hall) -> None:
    assert queries.hidden_at_kiosks(hall.id) == frozenset()
    add_rule(hall, action="hide-services", kiosk_services=[hall.services["loan"].pk])
    add_rule(hall, action="show-services", kiosk_services=[hall.services["refund"].pk])
    assert queries.hidden_at_kiosks(hall.id) == {"refund"}
    tickets = fill(hall)
    look(hall, 0, 2)
    assert queries.hidden_at_kiosks(hall.id) == {"loan"}
    leave(tickets, at=minutes(3))
    look(hall, 3, 5)
    assert queries.hidden_at_kiosks(hall.id) == {"refund"}


def test_closed_kiosks_are_measured_when_somebody_counts_them(hall: Hall) -> None:
    add_rule(hall, measure="kiosks", threshold=1, over_at=0)
    assert look(hall, 0, 2) == [0, 0]
    queries.register_closed_kiosks(lambda _site: 1)
    assert look(hall, 3, 5) == [0, 1]
    assert Episode.objects.get().value == 1


def stand(site: Any, latitude: float | None, longitude: float | None = 116.4074) -> None:
    site.latitude, site.longitude = latitude, longitude if latitude is not None else None
    places.save_setup(site, by=SYSTEM)


def test_within_a_stated_distance_the_nearest_quicker_site_is_offered(hall: Hall) -> None:
    rule = add_rule(hall, action="offer-site", within_km=5)
    stand(hall.site, 39.9042)
    for slug, latitude in (("a-far", 40.5), ("b-near", 39.93), ("c-next", 39.913), ("d-unknown", None)):
        stand(branch(hall, slug), latitude)
    hall.open("1")
    fill(hall, 6)
    look(hall, 0, 2)
    (one,) = offered(hall)
    assert (one.site, round(one.km or 0, 2)) == ("c-next", 0.98)
    close(hall, "c-next")
    assert offered(hall)[0].site == "b-near"
    close(hall, "b-near")
    (one,) = offered(hall)
    assert (one.site, one.km) == ("d-unknown", None)
    close(hall, "d-unknown")
    assert offered(hall) == []  # the far one is beyond the distance
    rule.within_km = None
    rule.save()
    (one,) = offered(hall)
    assert (one.site, round(one.km or 0)) == ("a-far", 66)


def close(hall: Hall, slug: str) -> None:
    """Nobody is at the counter of that site any more."""
    from servicehall.rooms.queueing.models import Counter

    counter = Counter.objects.get(site__slug=slug)
    queue.sign_out(site_id=counter.site_id, counter_id=counter.pk, by=SYSTEM, at=minutes(1))


def test_customers_read_how_far_the_other_site_is(hall: Hall) -> None:
    add_rule(hall, action="offer-site")
    stand(hall.site, 39.9042)
    other = branch(hall)
    hall.open("1")
    fill(hall, 6)
    look(hall, 0, 2)

    def told() -> str:
        with clock.at(minutes(3)), translation.override("en"):
            return diverting.offered(hall.id, "consult")[0].text

    assert "away" not in told()
    stand(other, 39.908)
    assert told().endswith(", 400 m away")
    stand(other, 39.93)
    assert told().endswith(", 2.9 km away")


@pytest.mark.parametrize(("latitude", "longitude"), [(91, 0), (0, 181), (39.9, None), (None, 116.4)])
def test_a_place_that_is_none_on_earth_is_refused(
    hall: Hall, latitude: float | None, longitude: float | None
) -> None:
    hall.site.latitude, hall.site.longitude = latitude, longitude
    with pytest.raises(ValidationError):
        places.save_setup(hall.site, by=hall.actors["manager"])
