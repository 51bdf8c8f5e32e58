"""Signing in and out, a person's account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.models import Event
from servicehall.rooms.people.models import Staff
from servicehall.rooms.queueing import actions
from tests.channels.desk.house import PASSWORD, Desk, House

MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def enter(client: Client, username: str = "anna", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in", {"username": username, "password": password, **more})


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


def happened(kind: str) -> list[dict[str, object]]:
    return [dict(e.data) for e in Event.objects.filter(kind=kind)]


@pytest.mark.parametrize("typed", ["anna", "Anna", " ANNA "])
def test_staff_sign_in_by_name_in_any_case(house: House, client: Client, typed: str) -> None:
    response = enter(client, typed)
    assert (response.status_code, response["Location"]) == (302, "/desk")
    anna = Staff.objects.get(username="anna")
    assert client.session["_auth_user_id"] == str(anna.pk)
    assert happened("staff.signed-in") == [{"staff": str(anna.pk)}]


def test_a_wrong_password_is_told_in_words_and_recorded_without_the_name(
    house: House, client: Client
) -> None:
    response = enter(client, "anna", "secret-as-a-guess")
    assert response.status_code == 422
    assert "User name or password is wrong." in response.content.decode()
    assert "secret-as-a-guess" not in response.content.decode()
    (refused,) = happened("staff.sign-in-refused")
    assert refused["staff"] == str(Staff.objects.get(username="anna").pk)
    assert refused["reason"] == "password"
    assert "anna" not in str(refused)


def test_an_unknown_name_is_answered_like_a_wrong_password(house: House, client: Client) -> None:
    response = enter(client, "nobody")
    assert response.status_code == 422
    assert "User name or password is wrong." in response.content.decode()
    assert [e["staff"] for e in happened("staff.sign-in-refused")] == [None]


def test_both_fields_are_needed(house: House, client: Client) -> None:
    text = enter(client, "", "").content.decode()
    assert "Enter your user name." in text
    assert "Enter your password." in text
    assert happened("staff.sign-in-refused") == []


def test_somebody_who_left_cannot_sign_in(house: House, client: Client) -> None:
    Staff.objects.filter(username="anna").update(is_active=False)
    assert enter(client).status_code == 422


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/desk/mall/queue?tab=held", "/desk/mall/queue?tab=held"),
        ("https://elsewhere.example/", "/desk"),
        ("//elsewhere.example/", "/desk"),
        ("javascript:alert(1)", "/desk"),
        ("", "/desk"),
    ],
)
def test_one_goes_back_only_to_pages_of_ours(
    house: House, client: Client, wanted: str, leads_to: str
) -> None:
    assert enter(client, next=wanted)["Location"] == leads_to


def test_who_is_signed_in_already_need_not_do_it_again(desk: Desk) -> None:
    assert desk.client.get("/sign-in?next=/account")["Location"] == "/account"


def test_a_page_for_staff_leads_to_the_sign_in_and_back(house: House, client: Client) -> None:
    address = f"/desk/{house.counters['1']}?tab=held"
    assert client.get(address)["Location"] == f"/sign-in?next=/desk/{house.counters['1']}%3Ftab%3Dheld"
    part = client.get(
        f"/desk/{house.counters['1']}/now",
        headers={"hx-request": "true", "hx-current-url": f"http://testserver{address}"},
    )
    assert part.status_code == 401
    assert part["HX-Redirect"] == f"/sign-in?next=/desk/{house.counters['1']}%3Ftab%3Dheld"


def test_after_five_failures_one_has_to_wait_longer_each_time(house: House, client: Client) -> None:
    moment = MOMENT
    for _try in range(5):
        with clock.at(moment):
            assert enter(client, "anna", "wrong").status_code == 422
        moment += timedelta(seconds=1)
    with clock.at(moment):
        response = enter(client)  # even with the right password
    assert response.status_code == 429
    assert "Too many attempts. Try again in 9 s." in response.content.decode()
    moment += timedelta(seconds=10)
    with clock.at(moment):
        assert enter(client, "anna", "wrong").status_code == 422
        refused = enter(client)
    assert "Try again in 20 s." in refused.content.decode()
    with clock.at(moment + timedelta(seconds=21)):
        assert enter(client).status_code == 302


def test_the_wait_is_for_that_name_from_that_address(house: House, client: Client) -> None:
    with clock.at(MOMENT):
        for _try in range(5):
            enter(client, "anna", "wrong")
        assert enter(client).status_code == 429
        assert enter(Client(), "ben").status_code == 302
        assert enter(Client(REMOTE_ADDR="198.51.100.7")).status_code == 302


def test_one_address_cannot_try_name_after_name(house: House, client: Client) -> None:
    with clock.at(MOMENT):
        for n in range(30):
            assert enter(client, f"guess{n}", "wrong").status_code == 422
        assert enter(client, "guess30", "wrong").status_code == 429


def test_an_old_failure_is_forgotten(house: House, client: Client) -> None:
    with clock.at(MOMENT):
        for _try in range(6):
            enter(client, "anna", "wrong")
    with clock.at(MOMENT + timedelta(minutes=16)):
        assert enter(client).status_code == 302


def test_pages_come_in_the_language_of_the_person(house: House, client: Client) -> None:
    response = enter(client, "ben")
    assert response.cookies["servicehall_language"].value == "zh-hans"
    assert 'lang="zh-Hans"' in client.get("/desk").content.decode()


def test_who_chose_a_language_before_signing_in_keeps_it(house: House, client: Client) -> None:
    client.cookies["servicehall_language"] = "en"
    response = enter(client, "ben")
    assert "servicehall_language" not in response.cookies
    assert 'lang="en"' in client.get("/desk").content.decode()


def test_the_sign_in_is_in_both_languages(client: Client) -> None:
    client.cookies["servicehall_language"] = "zh-hans"
    text = client.get("/sign-in").content.decode()
    assert "登录" in text
    assert "用户名" in text


def test_signing_out_ends_the_session_and_leaves_the_counter(house: House, client: Client) -> None:
    enter(client)
    client.post(f"/desk/{house.counters['1']}/in")
    assert house.seat("1") == "open"
    response = client.post("/sign-out")
    assert response["Location"] == "/sign-in"
    assert response.cookies["servicehall_language"].value == ""
    assert house.seat("1") == "closed"
    assert client.get("/desk").status_code == 302
    assert happened("staff.signed-out") == [{"staff": str(Staff.objects.get(username="anna").pk)}]


def test_nobody_signs_out_while_a_customer_is_at_the_counter(house: House, client: Client) -> None:
    enter(client)
    client.post(f"/desk/{house.counters['1']}/in")
    house.issue()
    actions.call_next(site_id=house.site_id, counter_id=house.counters["1"], by=house.actor("anna"))
    assert client.post("/sign-out")["Location"] == "/desk"
    text = client.get("/desk", follow=True).content.decode()
    assert "This counter still has a customer" in text
    assert happened("staff.signed-out") == []


def test_signing_out_elsewhere_leaves_the_counter_alone(house: House, client: Client) -> None:
    house.sit("anna")
    enter(client)  # her own phone, say
    client.post("/sign-out")
    assert house.seat("1") == "open"


def test_signing_out_is_not_a_link(desk: Desk) -> None:
    assert desk.client.get("/sign-out").status_code == 405


def test_a_password_is_changed_and_the_session_goes_on(desk: Desk) -> None:
    new = "rain-on-the-roof-77"
    response = desk.client.post("/account", {"old": PASSWORD, "new": new, "again": new})
    assert response.status_code == 302
    assert "Your password has been changed." in desk.client.get("/account").content.decode()
    assert Staff.objects.get(username="anna").check_password(new)
    assert len(happened("staff.password-changed")) == 1


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong", "rain-on-the-roof-77", "rain-on-the-roof-77", "This is not your present password."),
        (PASSWORD, "rain-on-the-roof-77", "rain-on-the-roof-78", "The two new passwords differ."),
        (PASSWORD, "short", "short", "This password is too short."),
        (PASSWORD, PASSWORD, PASSWORD, "Choose a password that differs from the present one."),
        (PASSWORD, "", "", "Enter a new password."),
    ],
)
def test_a_password_that_does_not_fit_changes_nothing(
    desk: Desk, old: str, new: str, again: str, words: str
) -> None:
    response = desk.client.post("/account", {"old": old, "new": new, "again": again})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert Staff.objects.get(username="anna").check_password(PASSWORD)


def test_the_language_of_the_pages_is_kept_with_the_person(desk: Desk) -> None:
    response = desk.client.post("/account/language", {"language": "zh-hans"})
    assert response.cookies["servicehall_language"].value == "zh-hans"
    assert Staff.objects.get(username="anna").language == "zh-hans"
    assert "页面语言已设为简体中文。" in desk.client.get("/account").content.decode()
    assert desk.client.post("/account/language", {"language": "tlh"}).status_code == 422
