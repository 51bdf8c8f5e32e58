"""One-time codes: six digits, ten minutes, five tries, once; also under many guesses at the same moment."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from servicehall.kernel import events
from servicehall.rooms.customers import actions
from servicehall.rooms.customers.actions import CodeOver, CodeTooSoon, CodeWrong, NotAnAddress
from servicehall.rooms.customers.models import ContactCode, Customer
from servicehall.rooms.messages.queries import kept
from tests.hall import MORNING, Hall, make_hall, minutes
from tests.rooms.customers.counter import NUMBER, PHONE, code_for, facts, organisation, other, signed_in


@pytest.fixture
def hall(db: None) -> Hall:
    return make_hall()


def ask(hall: Hall, address: str = NUMBER, *, client: str = "1", at: Any = MORNING, **rest: Any) -> None:
    actions.send_code(
        organisation_id=organisation(hall), address=address, client=client, by=PHONE, at=at, **rest
    )


def enter(hall: Hall, code: str, address: str = NUMBER, *, at: Any = MORNING) -> Customer:
    return actions.sign_in_by_code(
        organisation_id=organisation(hall), address=address, code=code, by=PHONE, at=at
    )


@pytest.mark.parametrize(
    "lookalike",
    [
        "mike@straße.example",
        "miſe@example.com",
        "mike@οδός.example",
        "ｍike@example.com",
        "mike@ﬁrst.example",
    ],
)
def test_no_code_goes_to_an_address_that_is_found_as_another(hall: Hall, lookalike: str) -> None:
    """Whoever owns the domain straße.example would be let into the record of somebody at strasse.example."""
    with pytest.raises(NotAnAddress):
        ask(hall, lookalike)
    with pytest.raises(NotAnAddress):
        enter(hall, "000000", lookalike)
    assert not kept(organisation(hall))
    assert not ContactCode.objects.exists()


def test_addresses_in_other_scripts_get_their_codes(hall: Hall) -> None:
    assert signed_in(hall, " 小明@例子.example ").email == "小明@例子.example"
    assert signed_in(hall, "Mike@Xn--Strae-Oqa.example").email == "Mike@Xn--Strae-Oqa.example"


def refusals(hall: Hall) -> list[str]:
    log = events.after(organisation(hall), 0)
    return [e.data["reason"] for e in log if e.kind == "customer.code-refused"]


def test_the_right_code_makes_a_verified_customer(hall: Hall) -> None:
    ask(hall)
    made = enter(hall, code_for(hall))
    assert (made.level, made.phone) == ("contact", NUMBER)
    assert made.phone_verified_at == MORNING
    assert facts(hall) == [
        "message.meant",
        "customer.code-sent",
        "customer.added",
        "customer.contact-verified",
        "customer.signed-in",
    ]


def test_the_same_address_written_otherwise_is_the_same_customer(hall: Hall) -> None:
    first = signed_in(hall)
    ask(hall, "+86 13812345678", at=minutes(2))
    again = enter(hall, code_for(hall), "１３８-1234-5678", at=minutes(2))
    assert again.pk == first.pk
    assert Customer.objects.count() == 1


def test_a_code_comes_in_the_customers_language_to_the_mailbox(hall: Hall) -> None:
    ask(hall, "wang@example.com", language="zh-hans")
    [message] = kept(organisation(hall))
    assert (message.kind, message.address) == ("email", "wang@example.com")
    assert "验证码" in message.body


def test_full_width_digits_and_spaces_are_read(hall: Hall) -> None:
    ask(hall)
    code = code_for(hall)
    assert enter(hall, " ".join(chr(ord(c) + 0xFEE0) for c in code)).level == "contact"


def test_neither_code_nor_address_stands_in_the_table(hall: Hall) -> None:
    ask(hall)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM customers_contactcode")
        row = repr(cursor.fetchall())
        cursor.execute("SELECT data FROM kernel_event")
        log = repr(cursor.fetchall())
    assert code_for(hall) not in row + log
    assert "5678" not in row


def test_a_used_code_is_refused_the_second_time(hall: Hall) -> None:
    ask(hall)
    code = code_for(hall)
    enter(hall, code)
    with pytest.raises(CodeOver):
        enter(hall, code)
    assert refusals(hall) == ["used"]


def test_after_ten_minutes_it_is_over(hall: Hall) -> None:
    ask(hall)
    code = code_for(hall)
    with pytest.raises(CodeOver):
        enter(hall, code, at=minutes(10))
    assert refusals(hall) == ["expired"]
    assert not Customer.objects.exists()


def test_after_five_wrong_tries_the_right_one_is_refused_too(hall: Hall) -> None:
    ask(hall)
    code = code_for(hall)
    left = []
    for _ in range(4):
        with pytest.raises(CodeWrong) as caught:
            enter(hall, other(code))
        left.append(caught.value.facts["left"])
    assert left == [4, 3, 2, 1]
    with pytest.raises(CodeOver):
        enter(hall, other(code))
    with pytest.raises(CodeOver):
        enter(hall, code)
    assert refusals(hall) == ["wrong"] * 5 + ["spent"]
    assert not Customer.objects.exists()


def test_a_code_fits_only_the_address_it_was_sent_to(hall: Hall) -> None:
    ask(hall, "139 0000 0000")
    ask(hall)
    code = code_for(hall)
    with pytest.raises((CodeWrong, CodeOver)):
        enter(hall, code, "139 0000 0000")
    with pytest.raises(CodeOver):
        enter(hall, code, "nobody@example.com")


def test_a_new_code_ends_the_one_before(hall: Hall) -> None:
    ask(hall)
    first = code_for(hall)
    ask(hall, at=minutes(1.1))
    if first != code_for(hall):
        with pytest.raises(CodeWrong):
            enter(hall, first, at=minutes(1.2))
    assert enter(hall, code_for(hall), at=minutes(1.2))


def test_codes_are_sent_once_a_minute_and_five_times_an_hour_to_an_address(hall: Hall) -> None:
    ask(hall)
    with pytest.raises(CodeTooSoon) as caught:
        ask(hall, "+8613812345678", at=minutes(0.5))
    assert caught.value.facts["seconds"] == 30
    for n in range(1, 5):
        ask(hall, at=minutes(2 * n))
    with pytest.raises(CodeTooSoon) as caught:
        ask(hall, at=minutes(30))
    assert caught.value.facts["seconds"] == 30 * 60
    ask(hall, at=minutes(60))
    assert len(kept(organisation(hall))) == 6
    assert refusals(hall) == ["too-soon", "too-soon"]


def test_one_client_cannot_write_to_everybody(hall: Hall) -> None:
    for n in range(20):
        ask(hall, f"138000000{n:02}")
    with pytest.raises(CodeTooSoon):
        ask(hall, "13900000000")
    ask(hall, "13900000000", client="2")


@pytest.mark.parametrize("address", ["", "wang", "@", "12", "a@b", "name@", "1" * 40, "138 1234 5678 @"])
def test_what_is_no_address_is_refused_before_anything_happens(hall: Hall, address: str) -> None:
    with pytest.raises(NotAnAddress):
        ask(hall, address)
    assert facts(hall) == []


@pytest.mark.parametrize("code", ["", "abcdef", "12345", "1234567", "１２"])
def test_nonsense_counts_as_a_try(hall: Hall, code: str) -> None:
    ask(hall)
    with pytest.raises(CodeWrong):
        enter(hall, code)
    assert ContactCode.objects.get().tries == 1


def test_a_signed_in_customer_proves_a_second_address(hall: Hall) -> None:
    from servicehall.rooms.customers.queries import known_customer

    wang = signed_in(hall)
    ask(hall, "wang@example.com", at=minutes(2))
    actor = known_customer("phone", wang.pk)
    row = actions.confirm_contact(
        customer_id=wang.pk, address="wang@example.com", code=code_for(hall), by=actor, at=minutes(2)
    )
    assert (row.email, row.email_verified_at, row.phone) == ("wang@example.com", minutes(2), NUMBER)
    ask(hall, "li@example.com", at=minutes(4))
    with pytest.raises(CodeOver):
        actions.confirm_contact(
            customer_id=wang.pk, address="li@example.com", code=code_for(hall), by=PHONE, at=minutes(4)
        )


def test_a_code_that_was_not_meant_leaves_nothing(hall: Hall) -> None:
    ask(hall)
    with pytest.raises(CodeTooSoon):
        ask(hall)
    assert ContactCode.objects.count() == 1
    assert len(kept(organisation(hall))) == 1


def guesses(hall: Hall, codes: list[str]) -> list[str]:
    """What each of many guesses at the same moment is told."""
    said: list[str] = []
    barrier = threading.Barrier(len(codes))

    def guess(code: str) -> None:
        try:
            barrier.wait()
            enter(hall, code)
            said.append("in")
        except (CodeWrong, CodeOver) as refused:
            said.append(refused.kind)
        finally:
            connection.close()

    threads = [threading.Thread(target=guess, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


@pytest.mark.django_db(transaction=True)
def test_of_thirty_guesses_at_once_exactly_five_are_compared() -> None:
    hall = make_hall()
    ask(hall)
    said = guesses(hall, [other(code_for(hall))] * 30)
    assert len(said) == 30
    assert "in" not in said
    assert ContactCode.objects.get().tries == 5
    assert sorted(refusals(hall)) == ["spent"] * 25 + ["wrong"] * 5


@pytest.mark.django_db(transaction=True)
def test_of_twelve_right_codes_at_once_one_gets_in() -> None:
    hall = make_hall()
    ask(hall)
    said = guesses(hall, [code_for(hall)] * 12)
    assert sorted(said) == ["code-over"] * 11 + ["in"]
    assert Customer.objects.count() == 1
    assert refusals(hall) == ["used"] * 11


def test_what_is_sent_at_is_kept_for_the_limits_only(hall: Hall) -> None:
    ask(hall)
    row = ContactCode.objects.get()
    assert row.expires_at - row.sent_at == timedelta(minutes=10)
