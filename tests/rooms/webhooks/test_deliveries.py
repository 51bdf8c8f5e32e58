"""Deliveries: signed, at least once, tried again, given up, sent again; nothing of a person in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

from servicehall.kernel import clock, followers, signed_messages
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.models import DataKey, Event
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.step_up import StepUpNeeded
from servicehall.rooms.webhooks import actions, queries, schedule, sending
from servicehall.rooms.webhooks.models import Delivery, Endpoint
from servicehall.rooms.webhooks.queries import wants
from tests.hall import Hall, catch_up, make_hall, minutes
from tests.rooms.customers.test_needle import live, seen
from tests.rooms.webhooks.receiving import Line, Receiver, connect

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall() -> Hall:
    return make_hall()


@pytest.fixture
def line(hall: Hall, receiver: Receiver) -> Line:
    catch_up()
    return connect(receiver, hall.site)


def happened(kind: str) -> list[dict[str, Any]]:
    return [dict(e.data) for e in Event.objects.filter(kind=kind).order_by("pk")]


def test_an_event_arrives_signed_and_once(hall: Hall, line: Line) -> None:
    ticket = hall.issue(at=clock.now())
    line.send()
    line.send()
    [body] = line.receiver.bodies()
    event = Event.objects.get(kind="ticket.issued")
    assert (body["type"], body["data"]["seq"], body["data"]["log"]) == (
        "ticket.issued", event.seq, str(hall.id),
    )  # fmt: skip
    assert body["data"]["facts"]["ticket"] == str(ticket.pk)
    [got] = line.receiver.desk.received
    assert got.status == 204
    row = line.row()
    assert (row.state, row.attempts, row.status, row.message_id) == ("done", 1, 204, got.message_id)


def test_only_the_kinds_asked_for_of_the_places_meant(hall: Hall, line: Line, receiver: Receiver) -> None:
    bank = make_hall("bank")
    bank.issue()
    hall.open()
    line.send()
    assert receiver.bodies() == []
    assert wants(["ticket.*"], "ticket.issued")
    assert not wants(["ticket.called"], "ticket.issued")
    assert not wants(["*"], "staff.signed-in"), "what is only the house's own leaves it never"


def test_an_organisations_address_gets_the_events_of_its_sites(hall: Hall, receiver: Receiver) -> None:
    line = connect(receiver, hall.site, wide=True)
    hall.issue(at=clock.now())
    line.send()
    assert [one["type"] for one in receiver.bodies()] == ["ticket.issued"]


def test_what_failed_is_tried_again_with_the_same_id(hall: Hall, line: Line) -> None:
    line.receiver.behave(failures=1)
    hall.issue(at=clock.now())
    line.send()
    row = line.row()
    assert (row.state, row.attempts, row.status, row.problem) == ("waiting", 1, 500, "status")
    assert timedelta(seconds=4) < row.due_at - clock.now() < timedelta(seconds=7)
    line.send()
    assert line.receiver.statuses() == [500], "it rests"
    line.send_later()
    assert line.receiver.statuses() == [500, 204]
    first, second = line.receiver.desk.received
    assert first.message_id == second.message_id
    assert first.body == second.body
    assert (line.row().state, line.now().failures) == ("done", 0)


def test_pauses_grow_and_end(hall: Hall) -> None:
    pauses = [schedule.next_pause(n, chance=0.0) for n in range(1, 12)]
    assert pauses[0] == timedelta(seconds=5)
    assert pauses[8] == timedelta(hours=24)
    assert pauses[9:] == [None, None]
    assert schedule.next_pause(1, chance=1.0) == timedelta(seconds=6)
    assert schedule.next_pause(1, chance=0.0, wish=timedelta(hours=1)) == timedelta(hours=1)
    assert schedule.next_pause(1, chance=0.0, wish=timedelta(days=90)) == timedelta(hours=24)


def test_after_ten_tries_it_is_given_up_and_can_be_sent_again(hall: Hall, line: Line) -> None:
    line.receiver.behave(failures=10)
    hall.issue(at=clock.now())
    for _ in range(11):
        line.send_later()
    assert (line.row().state, line.row().attempts) == ("failed", 10)
    assert actions.repeat_failed(line.endpoint.pk, by=SYSTEM) == 1
    line.send()
    assert line.row().state == "done"
    assert line.receiver.statuses() == [500] * 10 + [204]
    actions.repeat_delivery(line.row().pk, by=SYSTEM)
    line.send()
    assert line.receiver.statuses()[-1] == 204
    assert len(line.receiver.desk.taken) == 1, "the receiver knows it by its id"
    assert [one["count"] for one in happened("webhook.repeated")] == [1, 1]


def test_one_failure_ends_the_turn_and_the_rest_is_due_at_once(hall: Hall, line: Line) -> None:
    for _ in range(3):
        hall.issue(at=clock.now())
    line.receiver.behave(failures=1)
    line.send()
    assert len(line.receiver.desk.received) == 1
    assert Delivery.objects.filter(attempts=0, due_at__lte=clock.now()).count() == 2
    line.send_later()
    assert sorted(one["data"]["seq"] for one in line.receiver.bodies()) == sorted(
        Event.objects.filter(kind="ticket.issued").values_list("seq", flat=True)
    )


def test_who_dies_in_between_leaves_it_to_the_next(
    hall: Hall, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall.issue(at=clock.now())
    with monkeypatch.context() as killed:
        killed.setattr(sending, "_settle", lambda *_: None)
        line.send()
    assert line.row().state == "waiting"
    line.send()
    assert len(line.receiver.desk.received) == 1, "it is claimed for two minutes"
    line.send_later()
    assert line.receiver.statuses() == [204, 204]
    assert line.row().state == "done"


def test_days_of_failure_switch_it_off_and_it_can_be_switched_on(hall: Hall, line: Line) -> None:
    line.receiver.behave(failures=2)
    hall.issue(at=clock.now())
    line.send()
    Endpoint.objects.update(failing_since=clock.now() - schedule.GIVEN_UP_AFTER)
    line.send_later()
    assert (line.now().is_active, line.now().disabled_reason) == (False, "failing")
    assert [one["reason"] for one in happened("webhook.disabled")] == ["failing"]
    catch_up()
    assert [one["about"] for one in happened("alert.raised")] == ["webhook-disabled"]
    line.send_later()
    assert len(line.receiver.desk.received) == 2
    actions.enable_endpoint(line.endpoint.pk, by=SYSTEM)
    line.send_later()
    assert line.receiver.statuses() == [500, 500, 204]


def test_who_says_gone_gets_nothing_more(hall: Hall, line: Line) -> None:
    line.receiver.behave(failures=1, status=410)
    hall.issue(at=clock.now())
    line.send()
    assert line.now().disabled_reason == "gone"
    hall.issue(at=clock.now())
    line.send_later()
    assert line.receiver.statuses() == [410]
    assert Delivery.objects.count() == 1, "what happens meanwhile is not kept for it"


def test_both_secrets_sign_while_one_is_changed(hall: Hall, line: Line) -> None:
    _endpoint, new = actions.change_secret(line.endpoint.pk, by=SYSTEM)
    for secret in (line.secret, new):
        line.receiver.desk.secrets = [secret]
        hall.issue(at=clock.now())
        line.send()
    assert line.receiver.statuses() == [204, 204]
    Endpoint.objects.update(old_secret_until=clock.now() - timedelta(seconds=1))
    line.receiver.desk.secrets = [line.secret]
    hall.issue(at=clock.now())
    line.send()
    assert line.receiver.statuses()[-1] == 401


def test_a_test_message_goes_to_its_own_address_only(hall: Hall, line: Line, receiver: Receiver) -> None:
    other = connect(receiver, hall.site, "*")
    receiver.desk.secrets = [line.secret, other.secret]
    actions.send_test(line.endpoint.pk, by=SYSTEM)
    for one in (line, other):
        one.send()
    tested = [b for b in receiver.bodies() if b["type"] == "webhook.tested"]
    assert [b["data"]["subject"] for b in tested] == [str(line.endpoint.pk)]


def test_nothing_of_a_person_leaves(hall: Hall, receiver: Receiver) -> None:
    line = connect(receiver, hall.site, "*", wide=True)
    with clock.at(minutes(0)):
        live(hall)
        catch_up()
    while actions.deliver_now(line.endpoint.pk):
        pass
    kinds = {one["type"] for one in receiver.bodies()}
    assert {"customer.added", "message.meant", "ticket.held", "visit.rated"} <= kinds
    for got in receiver.desk.received:
        assert seen(got.body.decode() + str(got.headers)) == set()
        assert got.status == 204


def test_address_and_secret_are_sealed(hall: Hall, line: Line) -> None:
    from tests.rooms.customers.test_needle import dump

    text = dump()
    for value in (line.secret, line.receiver.url):
        assert value not in text
        assert value.encode().hex() not in text
    assert Endpoint.objects.get().secret == line.secret
    assert DataKey.objects.filter(owner_id=line.endpoint.pk).exists()
    actions.remove_endpoint(line.endpoint.pk, by=SYSTEM)
    assert not DataKey.objects.filter(owner_id=line.endpoint.pk).exists()
    assert not Delivery.objects.exists()


def test_only_who_may_and_confirms_says_where_events_go(hall: Hall, receiver: Receiver) -> None:
    bank = make_hall("bank")
    for who in ("agent", "supervisor", "manager"):
        with pytest.raises(NotAllowed):
            connect(receiver, hall.site, by=hall.actors[who])
    with pytest.raises(NotFound):
        connect(receiver, hall.site, by=bank.actors["admin"])
    with pytest.raises(NotFound):
        connect(receiver, hall.site, wide=True, by=hall.actors["admin"])
    with pytest.raises(StepUpNeeded):
        connect(receiver, hall.site, by=hall.actors["admin"])
    assert not Endpoint.objects.exists()
    line = connect(receiver, hall.site)
    for act in (actions.send_test, actions.remove_endpoint, actions.change_secret, actions.repeat_failed):
        with pytest.raises(NotFound):
            act(line.endpoint.pk, by=bank.actors["admin"])
    with pytest.raises(NotFound):
        queries.deliveries(line.endpoint.pk, actor=bank.actors["admin"])
    assert happened("webhook.removed") == []


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"kinds": []}, BadInput),
        ({"kinds": ["ticket.flown"]}, BadInput),
        ({"kinds": ["staff.*"]}, BadInput),
        ({"name": " "}, BadInput),
        ({"url": "https://169.254.169.254/latest"}, actions.UnfitAddress),
        ({"url": "https://localhost:5432/"}, actions.UnfitAddress),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(
    hall: Hall, changed: dict[str, Any], error: type[Exception]
) -> None:
    given = {"name": "x", "url": "https://example.com/", "kinds": ["*"], **changed}
    with pytest.raises(error):
        actions.add_endpoint(
            organisation_id=hall.site.region.organisation_id, site_id=hall.id, by=SYSTEM, **given
        )
    assert not Endpoint.objects.exists()


def test_there_is_an_end_to_addresses(hall: Hall, receiver: Receiver) -> None:
    for _ in range(actions.MOST):
        connect(receiver, hall.site)
    with pytest.raises(actions.TooManyEndpoints):
        connect(receiver, hall.site)


def taken_in(hall: Hall, secret: str, message_id: str = "msg_1", body: bytes = b"{}", **rest: Any) -> str:
    now = clock.now()
    headers = signed_messages.headers([secret], message_id, now, body)
    given: dict[str, Any] = {"secrets": [secret], "headers": headers, "body": body, "at": now, **rest}
    return actions.take_in(sender="test.sender", place=hall.id, by=SYSTEM, **given)


def test_a_message_from_outside_is_taken_in_once(hall: Hall) -> None:
    secret = signed_messages.new_secret()
    assert taken_in(hall, secret) == "msg_1"
    with pytest.raises(actions.AlreadyTakenIn):
        taken_in(hall, secret)
    assert taken_in(hall, secret, "msg_2") == "msg_2"
    with pytest.raises(actions.SignatureRefused):
        taken_in(hall, secret, "msg_3", secrets=[signed_messages.new_secret()])
    late = clock.now() + timedelta(minutes=6)
    with pytest.raises(actions.SignatureRefused):
        taken_in(hall, secret, "msg_4", at=late)
    assert [one["reason"] for one in happened("webhook.refused")] == ["duplicate", "signature", "too-old"]


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_in_threads_of_its_own(receiver: Receiver) -> None:
    hall = make_hall()
    catch_up()
    line = connect(receiver, hall.site)
    hall.issue(at=clock.now())
    followers.run_pending()
    for thread in sending.start_due():
        thread.join(10)
    assert line.row().state == "done"
    assert orjson.loads(receiver.desk.taken[0].body)["type"] == "ticket.issued"
