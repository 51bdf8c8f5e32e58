"""What customers meet: offers, notices, kiosks with other services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

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
