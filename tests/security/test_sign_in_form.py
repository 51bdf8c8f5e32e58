"""What the sign-in promises in small things: fields, exactness, ways out, nothing extra."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client

from servicehall import settings as as_written
from tests.hall import Hall, make_hall
from tests.rights.walking import pages

pytestmark = pytest.mark.one_database
PASSWORD = "a long enough password"
LONG = "  Über 山水 mit Leerzeichen und vielen Zeichen, mehr als vierundsechzig davon!  "


@pytest.fixture
def hall(db: None) -> Hall:
    return make_hall()


def signs_in(name: str, password: str) -> bool:
    return Client().post("/sign-in", {"username": name, "password": password}).status_code == 302


def test_password_fields_are_masked_and_take_what_managers_paste(hall: Hall) -> None:
    staff = Client()
    staff.force_login(hall.people["agent"])
    for text, names in (
        (Client().get("/sign-in").content.decode(), {"current-password"}),
        (staff.get("/account").content.decode(), {"current-password", "new-password"}),
    ):
        fields = [tag for tag in re.findall(r"<input[^>]*>", text) if "password" in tag]
        assert fields
        assert all('type="password"' in tag for tag in fields)
        assert {hint for tag in fields for hint in re.findall(r'autocomplete="([^"]*)"', tag)} == names
        assert not re.search(r"onpaste|maxlength=\"(?:[0-9]|[1-5][0-9])\"", " ".join(fields))


def test_a_password_counts_exactly_as_it_was_typed(hall: Hall) -> None:
    person = hall.people["agent"]
    client = Client()
    client.force_login(person)
    form = {"old": PASSWORD, "new": LONG, "again": LONG}
    answer = client.post("/account/password", form)
    assert answer.status_code in {302, 303}, answer.content.decode()
    assert len(LONG) > 64
    assert signs_in(person.username, LONG)
    for other in (LONG.strip(), LONG.lower(), LONG[:64], LONG[:-1], LONG + " ", LONG.replace("Ü", "U")):
        assert not signs_in(person.username, other), other


def test_passwords_are_kept_by_a_slow_hash() -> None:
    assert as_written.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
    params = Argon2PasswordHasher().params()
    # OWASP's password storage guidance: at least 19 MiB with two passes.
    assert params.memory_cost >= 19 * 1024
    assert params.time_cost >= 2


def test_nobody_is_asked_for_hints_or_secret_questions() -> None:
    # A customer who has proved a phone number writes the record there; nobody signs in by it.
    others = [route for route in pages() if route != "me/register"]
    assert not [route for route in others if re.search(r"hint|question|forgot|reset|register|signup", route)]


def test_a_link_alone_signs_nobody_in(hall: Hall) -> None:
    client = Client()
    client.get("/sign-in", {"username": hall.people["agent"].username, "password": PASSWORD})
    client.get("/sign-in/passkey")
    assert client.get("/account").status_code == 302
    assert "_auth_user_id" not in client.session


def test_every_page_of_staff_shows_the_way_out(hall: Hall) -> None:
    client = Client()
    client.force_login(hall.people["manager"])
    for path in (
        "/desk/mall/queue",
        "/desk/mall/counters",
        "/ops/mall",
        "/ops/mall/tickets",
        "/account",
        "/admin/",
    ):
        text = client.get(path).content.decode()
        assert 'action="/sign-out"' in text or "/admin/logout/" in text, path


def test_folders_are_not_listed_and_trace_is_not_answered(hall: Hall) -> None:
    client = Client(raise_request_exception=False)
    for path in ("/static/", "/static/look/", "/board/media/", "/media/", "/.git/config", "/.env"):
        assert client.get(path).status_code == 404, path
    for path in ("/", "/sign-in", "/desk", "/api/v1/sites"):
        answer = client.generic("TRACE", path, headers={"X-Needle": "needle"})
        assert answer.status_code in {401, 403, 404, 405}, path
        assert b"needle" not in answer.content
