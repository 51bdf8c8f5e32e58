"""A request moves between devices: once, within ten minutes, with a number to compare where it matters."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from servicehall.kernel import clock, events, retention
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.rights import SYSTEM, customer
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.queueing.actions import UnknownService
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.instances import hashed
from servicehall.rooms.services.models import Move
from servicehall.rooms.services.screen import screen
from tests.hall import MORNING, Hall, make_hall, minutes
from tests.rooms.services.shop import Shop
from tests.rooms.services.way import TEXT, Way
from tests.rooms.services.way import published as published_text

KIOSK = customer("kiosk")
PHONE = customer("phone")
ANYWHERE = TEXT.replace("channels: [phone]", "channels: [kiosk, phone]")
HELD, OTHER = "h" * 22, "o" * 22


def published(hall: Hall, text: str = ANYWHERE, slug: str = "trial") -> None:
    published_text(hall, text, slug)


def offered(way: Way, kind: str = "away", **more: Any) -> actions.Offered:
    return actions.offer_move(
        instance_id=way.id, way=kind, by=KIOSK, device="mall-door", at=more.pop("at", MORNING), **more
    )


def claimed(offer: actions.Offered, held: str = HELD, at: Any = MORNING) -> Move:
    return actions.claim_move(code=offer.code, held=held, by=PHONE, at=at)


def picked(hall: Hall, code: str, held: str = HELD, at: Any = MORNING) -> Move:
    return actions.claim_pickup(
        site_id=hall.site.pk, code=code, held=held, device="mall-door", by=KIOSK, at=at
    )


def chosen(held: str, number: str, at: Any = MORNING) -> Move:
    return actions.choose_number(held=held, number=number, by=PHONE, at=at)


@pytest.fixture
def way(hall: Hall, shop: Shop) -> Way:
    """Half-way through a flow that asks for nothing that would need a number."""
    published(hall)
    return Way(hall).answer("kind", "buy")


@pytest.fixture
def known(hall: Hall, shop: Shop) -> Way:
    """The same, of a customer who is known."""
    published(hall)
    found = Way(hall)
    row = found.row
    row.given = {**row.given, "level": "contact"}
    row.save(update_fields=["given"])
    return found.answer("kind", "buy")


def test_it_goes_on_where_it_was_and_the_first_device_has_it_no_more(way: Way) -> None:
    move = claimed(offered(way))
    assert move.state == "taken"
    row = queries.instance_by_code(HELD)
    assert (row.pk, row.channel, screen(row)["step"]) == (way.id, "phone", "order")
    with pytest.raises(actions.GoneOn):
        queries.instance_by_code(way.code)
    with pytest.raises(actions.Stale):  # what the old screen still shows
        way.answer("order", {"pieces": 2}, revision=1)
    assert way.kinds()[-2:] == ["move.offered", "move.taken"]


def test_neither_codes_nor_numbers_are_stored_or_told(known: Way) -> None:
    offer = offered(known)
    claimed(offer)
    told = str([one.data for one in events.about(known.id)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM services_move")
        kept = str(cursor.fetchall())
    for secret in (offer.code, HELD, known.code):
        assert secret not in told
        assert secret not in kept
    assert f'"{offer.move.number}"' not in told.replace("'", '"')


def test_a_code_is_good_once(way: Way) -> None:
    offer = offered(way)
    claimed(offer)
    assert claimed(offer).state == "taken"  # the answer was lost, and it was sent again
    with pytest.raises(actions.MoveUsed):
        claimed(offer, OTHER)
    assert queries.instance_by_code(HELD).pk == way.id
    with pytest.raises(NotFound):
        queries.instance_by_code(OTHER)


def test_a_code_is_good_for_ten_minutes(way: Way) -> None:
    offer = offered(way)
    with pytest.raises(actions.MoveOver):
        claimed(offer, at=minutes(10))
    assert way.row.pk == way.id
    assert claimed(offered(way, at=minutes(11)), at=minutes(12)).state == "taken"


def test_a_newer_code_puts_an_end_to_the_one_before(way: Way) -> None:
    older, newer = offered(way), offered(way)
    with pytest.raises(actions.MoveOver):
        claimed(older)
    assert claimed(newer).state == "taken"


@pytest.mark.parametrize("forged", ["", "x", "A" * 22, "0" * 6, "'; --"])
def test_a_code_that_nobody_made_is_refused(way: Way, hall: Hall, forged: str) -> None:
    offered(way, "pickup")
    with pytest.raises(actions.NoSuchMove):
        actions.claim_move(code=forged, held=HELD, by=PHONE, at=MORNING)
    with pytest.raises(actions.NoSuchMove):
        picked(hall, forged)


def test_a_device_brings_a_code_that_cannot_be_guessed(way: Way) -> None:
    offer = offered(way)
    for weak in ("", "short", "ä" * 22, "x" * 65):
        with pytest.raises(BadInput):
            claimed(offer, weak)
    assert claimed(offer).state == "taken"


def test_a_request_that_has_ended_does_not_move(way: Way) -> None:
    offer = offered(way)
    actions.leave(instance_id=way.id, by=KIOSK, at=MORNING)
    with pytest.raises(actions.Over):
        claimed(offer)
    with pytest.raises(actions.Over):
        offered(way)


def test_where_a_customer_is_known_a_number_is_compared_first(known: Way) -> None:
    offer = offered(known)
    move = claimed(offer)
    assert move.state == "claimed"
    with pytest.raises(actions.NotYetMoved):
        queries.instance_by_code(HELD)
    with clock.at(MORNING):
        kiosk, phone = queries.moving_of(known.code), queries.moving_of(HELD)
    assert kiosk is not None
    assert phone is not None
    assert (kiosk.number, kiosk.numbers, kiosk.has_it) == (move.number, (), True)
    assert (phone.number, phone.has_it) == ("", False)
    assert len(set(phone.numbers)) == 6
    assert move.number in phone.numbers
    with pytest.raises(actions.MoveUsed):
        claimed(offer, OTHER)
    assert chosen(HELD, move.number).state == "taken"
    assert chosen(HELD, move.number).state == "taken"
    assert queries.instance_by_code(HELD).pk == known.id


def test_another_number_spends_the_code_and_moves_nothing(known: Way) -> None:
    offer = offered(known)
    move = claimed(offer)
    wrong = next(one for one in move.numbers if one != move.number)
    with pytest.raises(actions.WrongNumber):
        chosen(HELD, wrong)
    for number in (move.number, wrong):
        with pytest.raises(actions.MoveOver):
            chosen(HELD, number)
    with pytest.raises(actions.MoveOver):
        queries.instance_by_code(HELD)
    with pytest.raises(actions.MoveOver):
        claimed(offer, OTHER)
    assert known.row.pk == known.id
    assert events.about(known.id)[-1].data["why"] == "wrong-number"


def test_a_number_is_not_good_after_the_ten_minutes_either(known: Way) -> None:
    move = claimed(offered(known))
    with pytest.raises(actions.MoveOver):
        chosen(HELD, move.number, at=minutes(10))
    assert known.row.pk == known.id


def test_either_end_can_stop_it(known: Way) -> None:
    for end in (known.code, HELD):
        held = HELD if end == HELD else OTHER
        move = claimed(offered(known), held)
        actions.stop_move(held=end, by=PHONE, at=MORNING)
        with pytest.raises(actions.MoveOver):
            chosen(held, move.number)
    actions.stop_move(held="nobody", by=PHONE, at=MORNING)
    assert known.row.pk == known.id


def test_a_mirroring_phone_and_the_kiosk_have_the_same_request(way: Way) -> None:
    offer = offered(way, "mirror")
    move = claimed(offer)
    assert move.state == "claimed"  # always compared: what the phone enters is seen at the kiosk
    chosen(HELD, move.number)
    assert queries.instance_by_code(HELD).pk == way.row.pk == way.id
    assert way.row.channel == "phone"  # of its beginning
    with pytest.raises(actions.MoveUsed):
        claimed(offer, OTHER)
    with pytest.raises(actions.AlreadyMirrored):
        offered(way, "mirror")
    actions.stop_move(held=way.code, by=KIOSK, at=MORNING)
    with pytest.raises(actions.MirrorOver):
        queries.instance_by_code(HELD)
    assert way.row.pk == way.id


def test_a_mirror_ends_when_the_request_is_taken_away(way: Way) -> None:
    chosen(HELD, claimed(offered(way, "mirror")).number)
    claimed(offered(way), OTHER)
    with pytest.raises(actions.MirrorOver):
        queries.instance_by_code(HELD)
    assert queries.instance_by_code(OTHER).pk == way.id


def test_a_new_address_by_staff_ends_the_remote_control_and_a_code_that_is_shown(
    way: Way, hall: Hall
) -> None:
    chosen(HELD, claimed(offered(way, "mirror")).number)
    offer = offered(way)
    agent = hall.actors["agent"]
    actions.take_over(instance_id=way.id, by=agent, at=MORNING)
    code = actions.new_address(instance_id=way.id, by=agent, at=MORNING)
    with pytest.raises(actions.MirrorOver):
        queries.instance_by_code(HELD)
    with pytest.raises(actions.MoveOver):
        claimed(offer, OTHER)
    assert queries.instance_by_code(code).pk == way.id


def test_a_request_begun_by_phone_is_picked_up_at_a_kiosk(way: Way, hall: Hall) -> None:
    offer = offered(way, "pickup")
    assert len(offer.code) == 6
    assert offer.code.isdigit()
    move = picked(hall, f" {offer.code[:3]} {offer.code[3:]}")
    assert move.state == "claimed"
    with pytest.raises(actions.NotYetMoved):
        queries.instance_by_code(HELD)
    with clock.at(MORNING):
        kiosk, phone = queries.moving_of(HELD), queries.moving_of(way.code)
    assert kiosk is not None
    assert phone is not None
    assert (kiosk.number, kiosk.numbers, phone.number) == (move.number, (), "")
    assert move.number in phone.numbers
    with pytest.raises(actions.MoveOver):  # the kiosk cannot confirm for the phone
        chosen(HELD, move.number)
    chosen(way.code, move.number)
    row = queries.instance_by_code(HELD)
    assert (row.pk, row.channel) == (way.id, "kiosk")
    with pytest.raises(actions.GoneOn):
        queries.instance_by_code(way.code)


def test_what_was_picked_up_goes_back_to_the_phone_when_the_kiosk_lets_go(way: Way, hall: Hall) -> None:
    chosen(way.code, picked(hall, offered(way, "pickup").code).number)
    assert actions.give_back(instance_id=way.id, by=KIOSK, at=MORNING)
    assert (way.row.pk, way.row.channel) == (way.id, "phone")
    with pytest.raises(actions.GoneOn):
        queries.instance_by_code(HELD)
    assert not actions.give_back(instance_id=way.id, by=KIOSK, at=MORNING)


def test_the_phone_reads_the_end_that_came_at_the_kiosk(way: Way, hall: Hall) -> None:
    chosen(way.code, picked(hall, offered(way, "pickup").code).number)
    actions.leave(instance_id=way.id, by=KIOSK, at=MORNING)
    assert not actions.leave_behind(instance_id=way.id, by=KIOSK, at=MORNING)
    assert screen(way.row)["kind"] == "left"


def test_a_pick_up_code_is_known_at_its_own_site_only(way: Way, hall: Hall) -> None:
    other = make_hall("other")
    offer = offered(way, "pickup")
    with pytest.raises(actions.NoSuchMove):
        picked(other, offer.code)
    assert picked(hall, offer.code).state == "claimed"


def test_a_pick_up_code_is_kept_as_a_keyed_digest(way: Way) -> None:
    offer = offered(way, "pickup")
    assert offer.move.token_hash not in {hashed(offer.code), hashed(f"{way.row.site_id}|{offer.code}")}


def test_a_service_that_is_not_for_phones_stays_at_the_kiosk(hall: Hall, shop: Shop) -> None:
    here = TEXT.replace("flow: trial", "flow: here").replace("[phone]", "[kiosk]")
    published(hall, here, slug="here")
    begun = actions.begin(site_id=hall.site.pk, flow="here", channel="kiosk", by=KIOSK, at=MORNING)
    with pytest.raises(actions.ChannelNotServed):
        actions.offer_move(instance_id=begun.instance.pk, way="away", by=KIOSK, at=MORNING)


def test_what_both_ends_listen_to_says_nothing_but_that_something_happened(way: Way) -> None:
    heard = queries.listened(way.code)
    assert heard.ear != way.code
    assert queries.id_of_ear(heard.ear) == (way.id, way.row.site_id)
    assert heard.after == events.last_seq(way.row.site_id)
    move = claimed(offered(way, "mirror"))
    assert queries.id_of_ear(queries.listened(HELD).ear)[0] == way.id
    chosen(HELD, move.number)
    assert queries.listened(HELD).after == events.last_seq(way.row.site_id)
    claimed(offered(way), OTHER)
    for gone in (way.code, HELD):
        with clock.at(minutes(1)):  # whoever was just loading their page is told where it went
            assert queries.id_of_ear(queries.listened(gone).ear)[0] == way.id
        with pytest.raises(NotFound):
            queries.id_of_ear(queries.listened(gone).ear)


def test_moves_are_forgotten_after_a_month(way: Way) -> None:
    claimed(offered(way))
    retention.apply(at=MORNING + timedelta(days=29))
    assert Move.objects.count() == 1
    retention.apply(at=MORNING + timedelta(days=31))
    assert Move.objects.count() == 0
    assert queries.instance_by_code(HELD).pk == way.id


def test_from_any_step_a_person_can_be_asked_for(way: Way, hall: Hall) -> None:
    ticket = actions.ask_person(instance_id=way.id, service="consult", by=KIOSK, at=MORNING)
    row = way.row
    assert (row.state, row.step, screen(row)["kind"]) == ("waiting", "order", "waiting")
    assert str(row.visit_id) == queueing.ticket_by_code(ticket.code)["visit"]
    (task,) = queries.open_tasks(hall.site.pk, actor=SYSTEM)
    assert (task.kind, task.step, task.instance_id) == ("taken-over", "order", way.id)
    with pytest.raises(actions.AlreadyAsked):
        actions.ask_person(instance_id=way.id, service="consult", by=KIOSK, at=MORNING)


def test_while_money_is_being_paid_no_person_is_asked_for(way: Way) -> None:
    type(way.row).objects.filter(pk=way.id).update(intent_id=way.id)
    with pytest.raises(actions.PaymentUnderWay):
        actions.ask_person(instance_id=way.id, service="consult", by=KIOSK, at=MORNING)
    assert (way.row.state, way.row.visit_id) == ("open", None)


def test_nothing_changes_when_nobody_takes_tickets(way: Way, hall: Hall) -> None:
    with pytest.raises(UnknownService):
        actions.ask_person(instance_id=way.id, service="nothing", by=KIOSK, at=MORNING)
    assert (way.row.state, way.row.visit_id) == ("open", None)
    assert queries.open_tasks(hall.site.pk, actor=SYSTEM) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_phones_at_the_same_moment_one_has_it(transactional_db: None, shop: Shop) -> None:
    hall = make_hall("race")
    published(hall)
    way = Way(hall).answer("kind", "buy")
    offer = offered(way)
    outcomes: list[str] = []
    start = threading.Barrier(6)

    def take(held: str) -> None:
        try:
            start.wait()
            claimed(offer, held)
            outcomes.append(held)
        except actions.MoveUsed:
            outcomes.append("")
        finally:
            connection.close()

    phones = [threading.Thread(target=take, args=(str(n) * 22,)) for n in range(6)]
    for one in phones:
        one.start()
    for one in phones:
        one.join()
    (winner,) = [one for one in outcomes if one]
    assert len(outcomes) == 6
    assert queries.instance_by_code(winner).pk == way.id
