"""A customer's own page: in by a code, their record and visits, corrections, out again."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.models import Event
from servicehall.rooms.customers import actions
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.customers.models import Customer
from tests.hall import Hall, make_hall, minutes
from tests.rooms.customers.counter import NUMBER, code_for, facts, organisation, other


def ask(phone: Client, hall: Hall, address: str = NUMBER) -> Any:
    return phone.post("/me/code", {"address": address, "organisation": str(organisation(hall))})


def enter(phone: Client, hall: Hall, code: str, address: str = NUMBER) -> Any:
    form = {"address": address, "organisation": str(organisation(hall)), "code": code}
    return phone.post("/me/enter", form)


def sign_in(phone: Client, hall: Hall, address: str = NUMBER) -> Customer:
    ask(phone, hall, address)
    assert enter(phone, hall, code_for(hall), address).status_code == 303
    return Customer.objects.latest("created_at")


def test_a_customer_signs_in_by_code_and_sees_their_page(phone: Client, hall: Hall) -> None:
    page = phone.get("/me?hall=mall")
    assert page.status_code == 200
    assert b"Send me a code" in page.content
    page = ask(phone, hall)
    assert page.status_code == 200
    assert b"one-time-code" in page.content
    assert enter(phone, hall, code_for(hall))["Location"] == "/me"
    page = phone.get("/me")
    assert NUMBER.encode() in page.content
    assert b"contact verified" in page.content
    assert page["Cache-Control"] == "no-store"


def test_a_wrong_code_is_said_beside_the_field_and_keeps_the_address(phone: Client, hall: Hall) -> None:
    ask(phone, hall)
    page = enter(phone, hall, other(code_for(hall)))
    assert page.status_code == 422
    assert b"You may try 4 more times" in page.content
    assert f'value="{NUMBER}"'.encode() in page.content
    assert b"My page" not in phone.get("/me").content.split(b"<main")[1] or not Customer.objects.exists()


@pytest.mark.parametrize("address", ["", "wang", "12"])
def test_what_is_no_address_is_said_beside_the_field(phone: Client, hall: Hall, address: str) -> None:
    page = ask(phone, hall, address)
    assert page.status_code == 422
    assert b'aria-invalid="true"' in page.content
    assert facts(hall) == []


def test_too_many_codes_are_refused_with_how_long_to_wait(phone: Client, hall: Hall) -> None:
    ask(phone, hall)
    page = ask(phone, hall)
    assert page.status_code == 429
    assert b"Please wait" in page.content


@pytest.mark.parametrize(
    "form", [{}, {"organisation": "x"}, {"organisation": "00000000-0000-7000-8000-000000000000"}]
)
def test_a_forged_organisation_is_refused(phone: Client, hall: Hall, form: dict[str, str]) -> None:
    assert phone.post("/me/code", {"address": NUMBER, **form}).status_code == 422
    answer = phone.post("/me/enter", {"address": NUMBER, "code": "123456", **form})
    assert answer.status_code == (404 if len(form.get("organisation", "")) == 36 else 422)
    assert not Customer.objects.exists()
    assert not Event.objects.filter(kind="customer.code-refused").exists()


def test_the_session_holds_an_id_and_gets_a_new_name(phone: Client, hall: Hall) -> None:
    phone.get("/me")
    sign_in(phone, hall)
    kept = [session.get_decoded() for session in Session.objects.all()]
    assert all("5678" not in repr(one) for one in kept)
    assert [list(one) for one in kept] == [["customer"]]


def test_tickets_taken_while_signed_in_are_theirs(phone: Client, hall: Hall) -> None:
    wang = sign_in(phone, hall)
    taken = phone.post("/s/mall/take/consult", {})
    assert taken.status_code == 303
    page = phone.get("/me").content.decode()
    assert "A001" in page
    assert taken["Location"] in page
    other_phone = Client(headers={"Accept-Language": "en"})
    other_phone.post("/s/mall/take/consult", {})
    from servicehall.rooms.queueing.models import Ticket

    assert list(Ticket.objects.order_by("sequence").values_list("customer_id", flat=True)) == [wang.pk, None]


def test_a_ticket_at_another_organisation_is_not_tied_to_them(phone: Client, hall: Hall) -> None:
    from servicehall.rooms.queueing.models import Ticket

    sign_in(phone, hall)
    make_hall_elsewhere()
    assert phone.post("/s/bank/take/consult", {}).status_code == 303
    assert Ticket.objects.get().customer_id is None


def make_hall_elsewhere() -> Hall:
    return make_hall("bank")


def test_name_and_address_are_corrected(phone: Client, hall: Hall) -> None:
    sign_in(phone, hall)
    assert phone.post("/me/edit", {"name": "王小明", "address": "1 号"}).status_code == 303
    assert "王小明" in phone.get("/me").content.decode()
    page = phone.post("/me/edit", {"name": "x" * 81, "address": ""})
    assert page.status_code == 422
    assert Customer.objects.get().name == "王小明"


def test_another_contact_is_proved_by_a_code(phone: Client, hall: Hall) -> None:
    sign_in(phone, hall)
    with clock.at(minutes(2)):
        page = phone.post(
            "/me/contact", {"address": "wang@example.com", "organisation": str(organisation(hall))}
        )
        assert b"one-time-code" in page.content
        form = {
            "address": "wang@example.com",
            "organisation": str(organisation(hall)),
            "code": code_for(hall),
        }
        assert phone.post("/me/contact", form).status_code == 303
    row = Customer.objects.get()
    assert (row.email, row.phone) == ("wang@example.com", NUMBER)


def test_signing_out_forgets_the_customer_and_the_tickets_on_this_phone(phone: Client, hall: Hall) -> None:
    sign_in(phone, hall)
    phone.post("/s/mall/take/consult", {})
    response = phone.post("/me/sign-out")
    assert response.status_code == 303
    assert response.cookies["servicehall_tickets"].value == ""
    assert NUMBER.encode() not in phone.get("/me").content
    assert facts(hall)[-1] == "customer.signed-out"


@pytest.mark.parametrize("path", ["/me/edit", "/me/contact"])
def test_who_is_not_signed_in_is_led_to_the_way_in(phone: Client, hall: Hall, path: str) -> None:
    assert phone.get(path)["Location"] == "/me"


@pytest.mark.parametrize("path", ["/me/code", "/me/enter", "/me/sign-out"])
def test_acts_are_posts(phone: Client, hall: Hall, path: str) -> None:
    assert phone.get(path).status_code == 405


def test_the_page_makes_few_queries_however_many_visits(
    phone: Client, hall: Hall, django_assert_num_queries: Any
) -> None:
    wang = sign_in(phone, hall)
    for _ in range(3):
        hall.issue(customer_id=wang.pk)
    # session, record, its key, joined records, visits, requests, what is asked, two kinds of wishes
    with django_assert_num_queries(10):
        phone.get("/me")
    for _ in range(3):
        hall.issue(customer_id=wang.pk)
    with django_assert_num_queries(10):
        phone.get("/me")


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/me/code", "/me"),
        ("/me/privacy/correction", "/me/privacy"),
        ("/account/codes/new", "/account/codes"),
        ("/sign-out", "/"),
    ],
)
def test_a_browser_that_asks_for_the_address_of_a_form_is_led_to_its_page(
    phone: Client, hall: Hall, path: str, page: str
) -> None:
    """What the language switch and a reload do on a page that answered a form."""
    answer = phone.get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, answer["Location"]) == (303, page)
    assert phone.get(path, headers={"Accept": "text/html", "HX-Request": "true"}).status_code == 405


@pytest.mark.parametrize("contact", [False, True])
def test_another_language_keeps_the_code_that_was_sent(phone: Client, hall: Hall, contact: bool) -> None:
    address, to = NUMBER, "/me/enter"
    if contact:
        sign_in(phone, hall)
        address, to = "wang@example.com", "/me/contact"
    form = {"address": address, "organisation": str(organisation(hall))}
    page = phone.post("/me/contact" if contact else "/me/code", form).content.decode()
    switch = page.split("language-switch", 1)[1].split("</form>")[0]
    assert f'action="{to}"' in switch
    assert f'name="address" value="{address}"' in switch
    chinese = phone.post(to, {**form, "language": "zh-hans"})
    assert (chinese.status_code, chinese["Content-Language"]) == (200, "zh-hans")
    assert "输入验证码" in (words := chinese.content.decode())
    assert f'value="{address}"' in words
    assert [one for one in facts(hall) if one == "customer.code-sent"] == ["customer.code-sent"] * (
        1 + contact
    )
    assert phone.cookies["servicehall_language"].value == "zh-hans"
    assert phone.post(to, {**form, "language": "no such"}).status_code == 200
    assert phone.post(to, {**form, "code": code_for(hall)}).status_code == 303


def test_an_empty_page_says_how_earlier_visits_come_to_it(phone: Client, hall: Hall) -> None:
    sign_in(phone, hall)
    assert b"Were you here before?" in phone.get("/me").content


def test_no_more_texts_today_is_said_beside_the_field_with_another_way(
    phone: Client, hall: Hall, settings: Any
) -> None:
    settings.SMS_TO_ONE_A_DAY = settings.SMS_A_DAY = 1
    ask(phone, hall)
    with clock.at(minutes(5)):
        page = ask(phone, hall)
        assert page.status_code == 429
        assert "No more text messages can be sent to this number today" in page.content.decode()
        page = ask(phone, hall, "139 0000 1111")
        assert page.status_code == 429
        assert "No more text messages can be sent today. Use an e-mail address" in page.content.decode()
        assert ask(phone, hall, "wang@example.com").status_code == 200
        sign_in(phone, hall, "li@example.com")
        form = {"address": "139 0000 1111", "organisation": str(organisation(hall))}
        assert phone.post("/me/contact", form).status_code == 429


def test_who_is_signed_in_finds_their_name_and_number_in_the_form_and_their_bookings_on_their_page(
    phone: Client, hall: Hall
) -> None:
    from tests.channels.portal.test_booking import hold
    from tests.rooms.booking.desk import make_desk

    make_desk(hall)
    mine = sign_in(phone, hall)
    actions.correct_customer(
        customer_id=mine.pk, fields={"name": "王小明"}, by=customers.known_customer("phone", mine.pk)
    )
    assert b"Your bookings" not in phone.get("/me").content
    form = hold(phone)["Location"]
    page = phone.get(form).content.decode()
    assert 'value="王小明"' in page
    assert f'value="{NUMBER}"' in page
    assert phone.post(form, {"name": "王小明", "phone": NUMBER}).status_code == 303
    page = phone.get("/me").content.decode()
    assert "Your bookings" in page
    assert f'href="{form.removesuffix("/details")}"' in page
    # Whoever has only the link of the form reads nothing of them there.
    held = hold(phone, "2026-03-05T10:00+08:00")["Location"]
    stranger = Client().get(held).content.decode()
    assert "王小明" not in stranger
    assert NUMBER not in stranger
