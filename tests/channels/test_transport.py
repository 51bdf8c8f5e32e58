"""When TLS is the rule: who comes without is redirected or refused, and cookies are dressed for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from servicehall.channels.transport import own_cookies
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.people import actions as people
from tests.hall import Hall, make_hall

pytestmark = pytest.mark.one_database
PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def under_https(settings: Any) -> None:
    settings.HTTPS = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


@pytest.fixture
def hall(db: None) -> Hall:
    return make_hall()


def test_a_page_without_tls_is_sent_to_https() -> None:
    answer = Client().get("/s/mall?x=1")
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/s/mall?x=1")
    assert "Set-Cookie" not in answer


def test_a_form_without_tls_is_refused_and_told_why() -> None:
    answer = Client(headers={"Accept-Language": "en"}).post("/sign-in", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "only served encrypted" in answer.content.decode()
    chinese = Client(headers={"Accept-Language": "zh-Hans"}).post("/sign-in")
    assert "仅提供加密访问" in chinese.content.decode()


def test_programs_are_refused_not_redirected(hall: Hall) -> None:
    token = people.create_token(role="desk", site_id=hall.id, name="desk", by=SYSTEM)[1]
    headers = {"Authorization": f"Bearer {token}"}
    for path in ("/api/v1/sites", "/live/boards/mall"):
        answer = Client().get(path, headers=headers)
        assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (403, "not-encrypted")
    assert Client().get("/api/v1/sites", headers=headers, secure=True).status_code == 200


def test_all_cookies_are_secure_and_prefixed_and_work(hall: Hall) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    page = client.get("/sign-in", secure=True)
    form = {
        "username": hall.people["agent"].username,
        "password": PASSWORD,
        "csrfmiddlewaretoken": str(page.context["csrf_token"]),
    }
    answer = client.post("/sign-in", form, secure=True, headers={"Referer": "https://testserver/sign-in"})
    assert answer.status_code == 302
    assert set(client.cookies) >= {"__Host-servicehall_csrf", "__Host-servicehall_session"}
    for name, cookie in client.cookies.items():
        assert name.startswith("__Host-" if cookie["path"] == "/" else "__Secure-"), name
        assert cookie["secure"], name
        assert cookie["samesite"] == "Lax", name
    assert client.cookies["__Host-servicehall_session"]["httponly"]
    assert client.get("/account", secure=True).status_code == 200


def test_a_session_without_its_prefix_is_nobodys(hall: Hall) -> None:
    client = Client()
    client.force_login(hall.people["agent"])  # puts the cookie under its bare name
    assert client.get("/account", secure=True).status_code == 302


def test_the_kiosks_cookie_belongs_to_its_own_path(hall: Hall) -> None:
    client = Client()
    client.get("/kiosk/mall-door?mm=4", secure=True)
    (cookie,) = (c for name, c in client.cookies.items() if name == "__Secure-servicehall_kiosk")
    assert (cookie["path"], bool(cookie["secure"])) == ("/kiosk/mall-door", True)
    assert 'data-mm="4"' in client.get("/kiosk/mall-door", secure=True).content.decode()


def test_the_stricter_prefix_wins(settings: Any) -> None:
    sent = {"__Secure-a": "weak", "__Host-a": "strong", "a": "none", "b": "bare"}
    assert own_cookies(sent) == {"a": "strong"}
    settings.HTTPS = False
    assert own_cookies(sent) == sent


def test_a_form_from_another_origin_is_refused(hall: Hall) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/sign-in", secure=True)
    form = {"username": "x", "password": "y", "csrfmiddlewaretoken": str(page.context["csrf_token"])}
    elsewhere = {"Origin": "https://evil.example"}
    assert client.post("/sign-in", form, secure=True, headers=elsewhere).status_code == 403
    assert client.post("/sign-in", form, secure=True).status_code == 403  # neither Origin nor Referer
    ours = {"Origin": "https://testserver"}
    assert client.post("/sign-in", form, secure=True, headers=ours).status_code in {200, 401, 403, 422}
    del form["csrfmiddlewaretoken"]
    assert client.post("/sign-in", form, secure=True, headers=ours).status_code == 403
