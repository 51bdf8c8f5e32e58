"""Signing in by name and password; a person's own account."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from servicehall.kernel.models import Event
from servicehall.rooms.people.models import Staff
from tests.channels.desk.house import PASSWORD, Desk, House


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
    assert happened("staff.signed-in") == [{"staff": str(anna.pk), "by": "password", "factor": ""}]


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


def test_a_password_is_changed_and_the_session_goes_on(desk: Desk) -> None:
    new = "rain-on-the-roof-77"
    response = desk.client.post("/account/password", {"old": PASSWORD, "new": new, "again": new})
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
    response = desk.client.post("/account/password", {"old": old, "new": new, "again": again})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert Staff.objects.get(username="anna").check_password(PASSWORD)


def test_the_language_of_the_pages_is_kept_with_the_person(desk: Desk) -> None:
    response = desk.client.post("/account/language", {"language": "zh-hans"})
    assert response.cookies["servicehall_language"].value == "zh-hans"
    assert Staff.objects.get(username="anna").language == "zh-hans"
    assert "页面语言已设为简体中文。" in desk.client.get("/account").content.decode()
    assert desk.client.post("/account/language", {"language": "tlh"}).status_code == 422


def test_the_account_page_speaks_politely_in_chinese(house: House, client: Client) -> None:
    Staff.objects.filter(username="anna").update(language="zh-Hans")
    enter(client)
    page = client.get("/account").content.decode()
    assert "您的密码" in page
    assert "你" not in page
