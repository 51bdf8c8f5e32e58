"""Sessions: a new one at each sign-in, over after a while, listed and ended by their owner; headers of staff pages."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client, override_settings

from servicehall.kernel.models import Event
from servicehall.rooms.people import queries
from servicehall.rooms.people.models import RoleGrant, Staff
from tests.channels.desk.house import PASSWORD, House
from tests.hall import make_hall

NEW = "rain-on-the-roof-77"


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


def enter(client: Client, username: str = "anna", password: str = PASSWORD) -> Any:
    return client.post("/sign-in", {"username": username, "password": password})


def older(client: Client, **seconds: float) -> None:
    """As if the session's moments were so long ago."""
    session = client.session
    for name, ago in seconds.items():
        session[name] = time.time() - ago
    session.save()


def ended(client: Client) -> bool:
    return client.get("/desk").status_code == 302


def happened(kind: str) -> list[dict[str, Any]]:
    return [dict(e.data) for e in Event.objects.filter(kind=kind).order_by("seq")]


def test_a_sign_in_begins_a_new_session(house: House, client: Client) -> None:
    client.get("/sign-in")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["servicehall_session"] = session.session_key or ""
    enter(client)
    assert client.session.session_key != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House, client: Client) -> None:
    cookie = enter(client).cookies["servicehall_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    with override_settings(SESSION_COOKIE_SECURE=True):
        assert enter(Client()).cookies["servicehall_session"]["secure"]


def test_a_session_ends_when_nothing_is_done_and_says_so(house: House, client: Client) -> None:
    enter(client)
    older(client, seen_at=12 * 3600 - 60)
    assert not ended(client)
    older(client, seen_at=12 * 3600 + 1)
    answer = client.get("/desk?tab=held")
    assert answer["Location"] == "/sign-in?next=/desk%3Ftab%3Dheld"
    assert (
        "You were signed out because nothing was done for a while." in client.get("/sign-in").content.decode()
    )
    assert "You were signed out" not in client.get("/sign-in").content.decode()
    assert happened("session.revoked")[-1]["reason"] == "idle"


@pytest.mark.parametrize(
    ("role", "minutes"), [("agent", 720), ("supervisor", 720), ("manager", 30), ("admin", 30)]
)
def test_how_long_depends_on_the_role(db: None, role: str, minutes: int) -> None:
    make_hall()
    client = Client()
    enter(client, f"mall-{role}", "a long enough password")
    older(client, seen_at=minutes * 60 - 5)
    assert client.get("/account").status_code == 200
    older(client, seen_at=minutes * 60 + 5)
    assert client.get("/account").status_code == 302


def test_what_a_page_fetches_by_itself_is_no_act(house: House, client: Client) -> None:
    enter(client)
    older(client, seen_at=600)
    before = client.session["seen_at"]
    client.get(f"/desk/{house.counters['1']}/now", headers={"hx-request": "true"})
    assert client.session["seen_at"] == before
    client.get("/desk")
    assert client.session["seen_at"] > before


def test_a_session_ends_twelve_hours_after_the_sign_in_whatever_happens(house: House, client: Client) -> None:
    enter(client)
    older(client, signed_in_at=12 * 3600 + 1, seen_at=0)
    assert ended(client)
    assert "a session ends after twelve hours" in client.get("/sign-in").content.decode()
    assert happened("session.revoked")[-1]["reason"] == "absolute"


def test_an_overdue_session_opens_no_live_stream(house: House, client: Client) -> None:
    from servicehall.channels.live.credentials import Credentials
    from servicehall.kernel.errors import NotSignedIn

    enter(client)
    key = client.session.session_key or ""
    assert Credentials(session=key).actor().kind == "staff"
    older(client, seen_at=12 * 3600 + 1)
    with pytest.raises(NotSignedIn):
        Credentials(session=key).actor()


def test_sessions_are_listed_and_one_is_ended_elsewhere(house: House, client: Client) -> None:
    phone = Client(headers={"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Safari/604"})
    enter(client)
    enter(phone)
    shown = client.get("/account").context["sessions"]
    assert [(one["is_this"], one["browser"]) for one in shown] == [(True, ""), (False, "Safari · iPhone")]
    assert client.post(f"/account/sessions/{shown[1]['id']}/end").status_code == 302
    assert ended(phone)
    assert not ended(client)
    assert happened("session.revoked")[-1]["reason"] == "revoked"


def test_signing_out_everywhere_else_leaves_this_one(house: House, client: Client) -> None:
    others = [Client(), Client()]
    for one in (client, *others):
        enter(one)
    client.post("/account/sessions/end-others")
    assert [ended(one) for one in (client, *others)] == [False, True, True]
    assert happened("session.revoked")[-1]["count"] == 2


def test_nobody_ends_another_persons_session(house: House, client: Client) -> None:
    other = Client()
    enter(client)
    enter(other, "ben")
    (theirs,) = other.get("/account").context["sessions"]
    assert client.post(f"/account/sessions/{theirs['id']}/end").status_code == 404
    assert not ended(other)


def test_a_changed_password_ends_the_other_sessions(house: House, client: Client) -> None:
    other = Client()
    enter(client)
    enter(other)
    client.post("/account/password", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert ended(other)
    assert not ended(client)
    assert len(client.get("/account").context["sessions"]) == 1


def test_an_account_that_is_stopped_ends_at_once(house: House, client: Client) -> None:
    enter(client)
    Staff.objects.filter(username="anna").update(is_active=False)
    assert ended(client)


def test_pages_of_staff_are_kept_by_no_cache_and_framed_by_nobody_else(house: House, client: Client) -> None:
    enter(client)
    for path in ("/desk", "/account", "/account/app", f"/desk/{house.counters['1']}"):
        answer = client.get(path)
        assert "no-store" in answer["Cache-Control"], path
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"


def test_a_lock_is_told_at_the_next_sign_in(house: House, client: Client) -> None:
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.people import actions as people

    for _ in range(10):
        enter(client, password="wrong")
    locked = enter(client)
    assert locked.status_code == 429
    assert "ask a supervisor to unlock your account" in locked.content.decode()
    people.unlock_everywhere(Staff.objects.get(username="anna"), by=SYSTEM)
    enter(client)
    assert "Your account was locked at" in client.get("/account").content.decode()


def test_moments_on_ones_account_are_of_the_hall(house: House, client: Client) -> None:
    """Half past four in the afternoon in Shanghai is half past eight in UTC."""
    enter(client)
    UserSession.objects.update(created_at=datetime(2026, 3, 3, 8, 30, tzinfo=UTC))
    page = client.get("/account").content.decode()
    assert "since 2026-03-03 16:30" in page
    assert "UTC" not in page


@pytest.mark.parametrize("scope", ["site", "region", "organisation"])
def test_whose_hall_it_is_says_a_role_at_any_place(house: House, scope: str) -> None:
    anna = Staff.objects.get(username="anna")
    site = RoleGrant.objects.get(staff=anna).site
    assert site is not None
    places = {"site": site, "region": site.region, "organisation": site.region.organisation}
    RoleGrant.objects.filter(staff=anna).delete()
    assert queries.timezone_of(anna) == "UTC"
    RoleGrant.objects.create(staff=anna, role="agent", **{scope: places[scope]})
    assert queries.timezone_of(anna) == "Asia/Shanghai"
