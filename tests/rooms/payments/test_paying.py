"""Something is paid: once, whatever comes in whichever order; what came too much is not lost."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic

from servicehall.kernel import clock, effects
from servicehall.kernel.errors import BadInput, NotAllowed, NotFound
from servicehall.kernel.models import Effect, Event
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.alerts.models import Alert
from servicehall.rooms.payments import actions, standing, store
from servicehall.rooms.payments.models import Intent, IntentEvent, Refund
from tests.hall import CUSTOMER, catch_up, make_hall

from .till import SPOKEN, Till

BOTH = pytest.mark.parametrize("provider", ["wechat", "alipay"])


def kinds(intent: Intent) -> list[str]:
    return list(intent.events.order_by("pk").values_list("kind", flat=True))


def alerts() -> dict[str, int]:
    catch_up()
    return dict(Alert.objects.values_list("about", "count"))


def now(intent: Intent) -> Intent:
    return Intent.objects.get(pk=intent.pk)


def facts(kind: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(kind=kind).order_by("id").values_list("data", flat=True))


@BOTH
def test_an_order_is_offered_paid_and_told(till: Till, provider: str) -> None:
    intent = till.offered(provider)
    assert (intent.state, intent.qr) == ("offered", till.order(intent).code)
    assert till.order(intent).amount == 1200
    till.provider.pay(till.order(intent))
    assert till.told(intent) in {200, 204}
    paid = now(intent)
    assert (paid.state, paid.received) == ("paid", 1200)
    assert paid.transaction_id == till.order(intent).transaction_id
    assert kinds(intent) == ["opened", "offered", "paid"]
    assert [f["amount"] for f in facts("payment.paid")] == [1200]
    assert alerts() == {}


@BOTH
def test_the_same_notification_and_asking_as_well_pay_it_once(till: Till, provider: str) -> None:
    intent = till.offered(provider)
    till.provider.pay(till.order(intent))
    assert {till.told(intent) for _ in range(3)} <= {200, 204}
    actions.ask(intent_id=intent.pk, by=SYSTEM)
    assert kinds(intent) == ["opened", "offered", "paid"]
    assert now(intent).received == 1200
    assert not Refund.objects.exists()


@BOTH
@pytest.mark.parametrize(
    ("mode", "about"),
    [("forged", "payment-forged"), ("old", "payment-replayed"), ("other-amount", "payment-amount")],
)
def test_what_is_not_believed_is_refused_recorded_and_an_alert(
    till: Till, provider: str, mode: str, about: str
) -> None:
    intent = till.offered(provider)
    till.provider.pay(till.order(intent))
    assert till.told(intent, mode) == 403
    assert now(intent).state == "offered"
    assert "paid" not in kinds(intent)
    assert len(facts("payment.notification-refused")) == 1
    assert alerts() == {about: 1}
    # The honest one still counts.
    assert till.told(intent) in {200, 204}
    assert now(intent).state == "paid"


@BOTH
def test_a_changed_byte_makes_a_notification_a_forgery(till: Till, provider: str) -> None:
    intent = till.offered(provider)
    till.provider.pay(till.order(intent))
    body, headers = SPOKEN[provider].notification(till.provider, till.order(intent))
    chance = random.Random(2)
    end = body.find(b"&sign=")  # a form's signature may be written in several ways, what it signs may not
    for _ in range(25):
        at = chance.randrange(len(body) if end < 0 else end)
        broken = body[:at] + bytes([body[at] ^ 1 << chance.randrange(7)]) + body[at + 1 :]
        if provider == "wechat" or parse_qsl(broken.decode()) != parse_qsl(body.decode()):
            assert till.post(intent, broken, headers) in {400, 403}
    assert till.post(intent, b"", headers) in {400, 403}
    assert now(intent).state == "offered"


def test_a_notification_of_no_order_or_to_no_account_changes_nothing(till: Till) -> None:
    intent, other = till.offered(), till.offered()
    till.provider.pay(till.order(intent))
    till.order(intent).number = uuid4().hex
    till.provider.orders["wechat", intent.number] = till.order(intent)
    assert till.told(intent) == 403
    assert alerts() == {"payment-unknown": 1}
    other.account_id = uuid4()
    assert till.post(other, b"{}", {"Content-Type": "application/json"}) == 404
    assert till.post(intent, b"x" * 70_000, {"Content-Type": "application/json"}) == 413


def test_who_never_tells_is_asked_and_what_nobody_pays_is_closed(till: Till) -> None:
    paid, left = till.offered(), till.offered()
    till.provider.pay(till.order(paid))
    later = clock.now() + timedelta(seconds=4)
    assert actions.ask_due(at=later) == 2
    assert actions.ask_due(at=later) == 0
    assert (now(paid).state, now(left).state) == ("paid", "offered")
    assert actions.ask_due(at=left.expires_at + timedelta(seconds=1)) == 1
    assert now(left).state == "closed"
    assert till.order(left).state == "closed"
    assert now(left).ask_at is None


def test_the_same_reference_and_revision_is_the_same_intent(till: Till) -> None:
    reference = uuid4()
    first = till.open(reference_id=reference)
    assert till.open(reference_id=reference).pk == first.pk
    with pytest.raises(actions.OtherIntent):
        till.open(amount=1300, reference_id=reference)
    with pytest.raises(actions.OtherIntent):
        till.open("alipay", reference_id=reference)
    assert Intent.objects.count() == 1
    assert facts("payment.opened")[0]["amount"] == 1200


def test_a_changed_amount_closes_what_was_to_be_paid_before(till: Till) -> None:
    reference = uuid4()
    first = till.offered(reference_id=reference)
    second = till.open(amount=1500, reference_id=reference, revision=2)
    assert (now(first).state, second.state, second.amount) == ("closed", "opened", 1500)
    assert till.order(first).state == "closed"
    with pytest.raises(actions.NotOpen):
        actions.offer(intent_id=first.pk, by=CUSTOMER)
    third = till.open("cash", amount=1500, reference_id=reference, revision=3)
    assert (now(second).state, third.provider) == ("closed", "cash")
    assert till.open(reference_id=reference).pk == first.pk  # the old one, as it ended


def test_what_was_paid_meanwhile_is_not_paid_again_under_a_new_revision(till: Till) -> None:
    reference = uuid4()
    first = till.offered(reference_id=reference)
    till.provider.pay(till.order(first))
    with pytest.raises(actions.AlreadyPaid):
        till.open(amount=1500, reference_id=reference, revision=2)
    assert now(first).state == "paid"
    assert Intent.objects.count() == 1


def test_while_closing_is_uncertain_nothing_new_is_opened(till: Till) -> None:
    reference = uuid4()
    first = till.offered(reference_id=reference)
    till.provider.mode = "lost"
    with pytest.raises(actions.StillOpen):
        till.open(amount=1500, reference_id=reference, revision=2)
    till.provider.mode = "silent"
    assert now(first).state == "unknown"
    effects.ask_about_open(at=clock.now() + timedelta(seconds=10))
    assert now(first).state == "closed"
    assert till.open(amount=1500, reference_id=reference, revision=2).state == "opened"


def test_a_lost_answer_to_an_order_is_unknown_never_failed_and_then_offered(till: Till) -> None:
    intent = till.open()
    till.provider.mode = "lost"
    assert actions.offer(intent_id=intent.pk, by=CUSTOMER).state == "unknown"
    assert actions.offer(intent_id=intent.pk, by=CUSTOMER).state == "unknown"  # nothing is sent blind
    till.provider.mode = "silent"
    effects.ask_about_open(at=clock.now() + timedelta(seconds=10))
    assert (now(intent).state, now(intent).qr) == ("offered", till.order(intent).code)
    assert Effect.objects.count() == 1


@BOTH
def test_a_declined_order_is_failed_and_another_revision_may_be_paid(till: Till, provider: str) -> None:
    reference = uuid4()
    till.provider.mode = "declined"
    intent = till.offered(provider, reference_id=reference)
    assert intent.state == "failed"
    till.provider.mode = "silent"
    assert till.offered(provider, reference_id=reference, revision=2).state == "offered"


def test_an_unreachable_provider_leaves_it_as_it_was(till: Till, settings: Any, free_port: int) -> None:
    there, settings.WECHAT_PAY_URL = settings.WECHAT_PAY_URL, f"http://127.0.0.1:{free_port}"
    intent = till.open()
    with pytest.raises(actions.Unreachable):
        actions.offer(intent_id=intent.pk, by=CUSTOMER)
    assert now(intent).state == "opened"
    settings.WECHAT_PAY_URL = there
    assert actions.offer(intent_id=intent.pk, by=CUSTOMER).state == "offered"


def test_money_for_what_is_closed_becomes_a_task_and_an_alert(till: Till) -> None:
    intent = till.offered("alipay")
    actions.close(intent_id=intent.pk, by=CUSTOMER)
    assert now(intent).state == "closed"
    till.provider.pay(till.order(intent))  # nobody had scanned the code before
    assert till.told(intent) == 200
    assert till.told(intent) == 200
    late = now(intent)
    assert (late.state, late.received, late.refundable.minor) == ("closed", 1200, 1200)
    task = Refund.objects.get()
    assert (task.state, task.reason, task.amount) == ("wanted", "late", 1200)
    assert alerts() == {"payment-surplus": 1}
    done = till.refund(late, 1200, key=task.key, reason="late")
    assert (done.pk, done.state) == (task.pk, "done")
    assert till.order(intent).refunded == 1200
    assert now(intent).refundable.minor == 0


def test_cash_is_taken_once_and_by_staff_only(till: Till) -> None:
    intent = till.offered("cash")
    with pytest.raises(NotAllowed):
        actions.take_cash(intent_id=intent.pk, by=CUSTOMER)
    for _ in range(2):
        actions.take_cash(intent_id=intent.pk, by=till.hall.actors["agent"])
    assert kinds(intent) == ["opened", "offered", "paid"]
    with pytest.raises(BadInput):
        actions.take_cash(intent_id=till.open().pk, by=till.hall.actors["agent"])


def test_what_does_not_fit_is_not_opened(till: Till) -> None:
    for given in (
        {"amount": 0},
        {"amount": -5},
        {"description": ""},
        {"description": "x" * 41},
        {"reference_kind": "No Word"},
        {"revision": -1},
    ):
        with pytest.raises(BadInput):
            till.open(**given)
    with pytest.raises(actions.NoSuchWay):
        till.open(currency="USD")
    assert Intent.objects.count() == 0


def test_another_hall_has_neither_the_ways_of_paying_nor_the_payments(till: Till) -> None:
    stranger = make_hall("bank").actors["manager"]
    intent = till.paid()
    for act in (actions.ask, actions.offer, actions.close):
        with pytest.raises(NotFound):
            act(intent_id=intent.pk, by=stranger)
    with pytest.raises(NotFound):
        actions.refund(intent_id=intent.pk, amount=1, reason="customer", key="k", by=stranger)


def test_every_row_is_what_its_events_make_of_it(till: Till) -> None:
    chance = random.Random(7)
    for n in range(8):
        provider = chance.choice(["wechat", "alipay"])
        till.provider.mode = chance.choice(["silent", "silent", "lost", "declined"])
        intent = till.offered(provider, 100 + n)
        till.provider.mode = "silent"
        if (order := till.provider.orders.get((provider, intent.number))) and chance.random() < 0.7:
            till.provider.pay(order)
        if chance.random() < 0.3:
            actions.close(intent_id=intent.pk, by=CUSTOMER)
        effects.ask_about_open(at=clock.now() + timedelta(seconds=70))
        actions.ask(intent_id=intent.pk, by=SYSTEM)
        if now(intent).refundable.minor > 50:
            till.refund(now(intent), 40)
    assert {row.state for row in Intent.objects.all()} >= {"paid"}
    for row in Intent.objects.all():
        assert standing.of(row.events.order_by("pk")) == store.standing_of(row)


def test_the_database_itself_refuses_a_second_payment(till: Till) -> None:
    intent = till.paid()
    given = {"intent": intent, "kind": "paid", "at": clock.now(), "source": "query"}
    with pytest.raises(IntegrityError), atomic():
        IntentEvent.objects.create(**given)
    with pytest.raises(IntegrityError), atomic():
        Intent.objects.filter(pk=intent.pk).update(refunded=1201)
    with pytest.raises(ValueError, match="paid after paid"):
        standing.after(store.standing_of(intent), IntentEvent(**given))
