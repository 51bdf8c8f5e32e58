"""Alerts: what smells of an attack becomes one, once while it is open; managers are told and take it in hand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.db import connection
from django.test import Client

from servicehall.kernel import clock, signed_messages, tampering, timers
from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.kernel.models import Event
from servicehall.kernel.protection import alarm
from servicehall.kernel.protection.refusals import Unreadable
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction
from servicehall.rooms.alerts import actions, queries
from servicehall.rooms.alerts.models import Alert
from servicehall.rooms.alerts.smells import smell_of
from servicehall.rooms.alerts.timers import AT_MOST
from servicehall.rooms.customers import actions as customers
from servicehall.rooms.customers.models import Customer
from servicehall.rooms.messages.queries import kept
from servicehall.rooms.people import actions as people
from servicehall.rooms.people.models import Staff
from servicehall.rooms.trust import actions as trust
from servicehall.rooms.webhooks import actions as webhooks
from tests.hall import Hall, catch_up, make_hall
from tests.rooms.customers.counter import PHONE, code_for, organisation

pytestmark = pytest.mark.django_db
AWAY = "198.51.100.7"


@pytest.fixture
def hall() -> Hall:
    alarm.forget()
    tampering.forget()
    made = make_hall()
    catch_up()
    return made


def about() -> dict[str, int]:
    """What the open alerts are about, and how often it happened."""
    catch_up()
    return dict(Alert.objects.filter(acknowledged_at=None).values_list("about", "count"))


def guess(who: str = "mall-agent", times: int = 10) -> None:
    for _ in range(times):
        with pytest.raises(people.WrongProof):
            people.prove_password(who, "wrong", address=AWAY)


def with_app(staff: Staff) -> str:
    """The code that the person's app shows now."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    with transaction():
        TOTP.activate(staff, secret)
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def test_honest_mistakes_raise_nothing(hall: Hall) -> None:
    guess(times=9)
    with pytest.raises(people.WrongProof):
        people.prove_code(hall.people["manager"], "000000", address="203.0.113.9")
    assert about() == {}
    assert smell_of("step-up.refused", {"reason": "expired"}) is None
    assert smell_of("customer.code-refused", {"reason": "wrong"}) is None
    assert smell_of("ticket.issued", {}) is None


def test_a_lock_is_an_alert_of_the_organisation_where_the_person_works(hall: Hall) -> None:
    bank = make_hall("bank")
    guess()
    assert about() == {"staff-locked": 1}
    assert queries.open_count(hall.actors["manager"], hall.id) == 1
    assert queries.open_count(bank.actors["manager"], bank.id) == 0
    assert queries.open_count(hall.actors["supervisor"], hall.id) == 0
    [alert] = queries.alerts_of(hall.id, actor=hall.actors["manager"])
    assert alert.level == "bad"


def test_a_code_that_was_used_is_an_alert(hall: Hall) -> None:
    manager = hall.people["manager"]
    code = with_app(manager)
    people.prove_code(manager, code, address=AWAY)
    with pytest.raises(people.WrongProof):
        people.prove_code(manager, code, address=AWAY)
    assert about() == {"code-replayed": 1}


def test_a_customers_code_sent_twice_or_guessed_is_an_alert(hall: Hall) -> None:
    given: dict[str, Any] = {"organisation_id": organisation(hall), "address": "13812345678", "by": PHONE}
    customers.send_code(client="1", **given)
    code = code_for(hall)
    customers.sign_in_by_code(code=code, **given)
    for _ in range(2):
        with pytest.raises(customers.CodeOver):
            customers.sign_in_by_code(code=code, **given)
    assert about() == {"code-replayed": 2}, "the same again only counts"


@pytest.mark.parametrize(
    ("reason", "found"),
    [("other-operation", "confirmation-changed"), ("other-session", "confirmation-moved"), ("used", "confirmation-replayed")],
)  # fmt: skip
def test_a_confirmation_used_for_something_else_is_an_alert(hall: Hall, reason: str, found: str) -> None:
    people.note_step_up_refused(hall.people["manager"], "", reason=reason)
    assert about() == {found: 1}


@pytest.mark.parametrize(
    ("reason", "found"),
    [("passkey-origin", "passkey-origin"), ("passkey-signature", "passkey-forged"), ("passkey-challenge", "passkey-forged")],
)  # fmt: skip
def test_a_passkey_for_another_website_is_an_alert(hall: Hall, reason: str, found: str) -> None:
    from servicehall.kernel.events import record
    from servicehall.rooms.people.events import SignInRefused

    with transaction():
        refused = SignInRefused(hall.people["agent"].pk, reason)
        record(refused, actor=SYSTEM, at=clock.now())
    assert about() == {found: 1}


def test_swapped_and_unknown_ciphertext_are_alerts(hall: Hall) -> None:
    one, two = (
        customers.add_customer(organisation_id=organisation(hall), fields={"name": name}, by=SYSTEM)
        for name in ("Wang", "Li")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM customers_customer WHERE id = %s",
            [Customer._meta.pk.get_db_prep_value(two.pk, connection)],
        )
        stolen = bytes(cursor.fetchone()[0])
        for value, row in ((stolen, one), (stolen[:1] + b"\x7f\x7f" + stolen[3:], two)):
            cursor.execute(
                "UPDATE customers_customer SET name = %s WHERE id = %s",
                [value, Customer._meta.pk.get_db_prep_value(row.pk, connection)],
            )
    for row in Customer.objects.all():
        with pytest.raises(Unreadable):
            assert row.name
    catch_up()
    assert set(Event.objects.filter(kind="protection.value-refused").values_list("data__reason", flat=True)) == {
        "changed", "unknown-key-version",
    }  # fmt: skip
    assert list(Alert.objects.values_list("about", flat=True)) == ["data-tampered"] * 2


def test_a_changed_cookie_and_a_changed_address_are_alerts(hall: Hall) -> None:
    browser = Client()
    browser.cookies["servicehall_tickets"] = "abcdef:1tampered:signature"
    for _ in range(2):
        browser.get("/")
    browser.get("/rate/" + "0" * 32 + "." + "A" * 16)
    assert about() == {"token-tampered": 2}, "anybody can cause it, so each is told once in a while"


def test_a_forged_message_and_a_dead_webhook_are_alerts(hall: Hall) -> None:
    headers = signed_messages.headers([signed_messages.new_secret()], "msg_1", clock.now(), b"{}")
    with pytest.raises(webhooks.SignatureRefused):
        webhooks.take_in(
            sender="payments", place=hall.id, secrets=[signed_messages.new_secret()], headers=headers, body=b"{}",
            by=SYSTEM,
        )  # fmt: skip
    assert about() == {"message-forged": 1}
    assert smell_of("webhook.disabled", {"reason": "failing"}) is not None
    assert smell_of("webhook.disabled", {"reason": "stopped"}) is None


def test_damaged_evidence_is_an_alert(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "_damage_told", -trust.DAMAGE_AGAIN_AFTER)
    for _ in range(2):
        trust.note_damage()
    assert about() == {"evidence-tampered": 1}


def test_managers_are_told_once_in_their_language(hall: Hall) -> None:
    Staff.objects.filter(username="mall-manager").update(email="boss@example.com", language="zh-hans")
    Staff.objects.filter(username="mall-agent").update(email="agent@example.com")
    guess()
    assert about() == {"staff-locked": 1}
    timers.run_due()
    timers.run_due()
    [message] = [m for m in kept(organisation(hall)) if m.address == "boss@example.com"]
    assert "账号" in message.title
    assert "/ops/alerts" in message.body
    assert not [m for m in kept(organisation(hall)) if m.address == "agent@example.com"]


def test_thousands_of_alerts_are_a_few_messages(hall: Hall) -> None:
    Staff.objects.filter(username="mall-manager").update(email="boss@example.com")
    for number in range(AT_MOST + 3):
        alarm.tell_refused(
            table="t", column="c", row=f"00000000-0000-7000-8000-00000000000{number}", reason="changed"
        )
    catch_up()
    timers.run_due()
    assert Alert.objects.count() == AT_MOST + 3
    assert len(kept(organisation(hall))) == AT_MOST


def test_taking_in_hand_is_recorded_and_the_same_again_is_new(hall: Hall) -> None:
    bank = make_hall("bank")
    guess()
    catch_up()
    alert, manager = Alert.objects.get(), hall.actors["manager"]
    for actor, site, error in (
        (hall.actors["supervisor"], hall.id, NotAllowed),
        (bank.actors["manager"], hall.id, NotFound),
        (bank.actors["manager"], bank.id, NotFound),
    ):
        with pytest.raises(error):
            actions.acknowledge_alert(alert.pk, site_id=site, by=actor)
    done = actions.acknowledge_alert(alert.pk, site_id=hall.id, by=manager)
    assert done.acknowledged_by_id == manager.id
    with pytest.raises(actions.AlreadyAcknowledged):
        actions.acknowledge_alert(alert.pk, site_id=hall.id, by=manager)
    assert Event.objects.filter(kind="alert.acknowledged").count() == 1
    assert queries.open_count(manager) == 0
    assert [a.pk for a in queries.alerts_of(hall.id, actor=manager, past=True)] == [alert.pk]
    with clock.at(clock.now() + timedelta(minutes=31)):
        guess()
    catch_up()
    assert queries.open_count(manager) == 1


def test_what_belongs_to_nobody_concerns_every_organisation(hall: Hall, settings: Any) -> None:
    make_hall("bank")
    for number in range(10):
        people.note_wrong_token(f"wrong {number}", address=AWAY)
    catch_up()
    assert Alert.objects.filter(about="address-locked").count() == 2


def test_the_last_text_message_of_the_day_is_an_alert(hall: Hall, settings: Any) -> None:
    settings.SMS_A_DAY = 1
    customers.send_code(organisation_id=organisation(hall), address="139 0000 1111", client="1", by=PHONE)
    assert about() == {"texts-used-up": 1}
    assert "used up" in str(queries.words_of("texts-used-up").title)
