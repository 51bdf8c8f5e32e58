"""The first sign-in with a password that a manager made: an own one is chosen before anything else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from servicehall.channels.live.credentials import Credentials
from servicehall.channels.sessions import PASSWORD_PAGE
from servicehall.kernel import clock
from servicehall.kernel.errors import NotSignedIn
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.people import staffing
from servicehall.rooms.people.actions import Place
from servicehall.rooms.people.models import Staff
from tests.confirming import PASSWORD
from tests.rooms.office import Office, fields, make_office
from tests.rooms.people.keys import Key, add_app, add_passkey, challenge_of

OWN = "rain-on-the-roof-77"


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


def enter(person: Any, password: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.post("/sign-in", {"username": person.username, "password": password})
    return client


def handed_over(person: Staff) -> str:
    """A one-time password, as a manager gets it."""
    return staffing.save_person(person, by=SYSTEM, fields=[], new_password=True)


def test_an_own_password_is_chosen_before_anything_else(office: Office) -> None:
    agent = office.mall.people["agent"]
    first = handed_over(agent)
    client = enter(agent, first)
    for path in ("/desk", "/account", "/account/passkey", "/ops", "/admin/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, PASSWORD_PAGE), path
    part = client.get("/desk", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (204, PASSWORD_PAGE)
    assert "Choose your password" in client.get(PASSWORD_PAGE).content.decode()
    for wrong, words in (
        ({"old": first, "new": first, "again": first}, "differs from the present one"),
        ({"old": first, "new": "short", "again": "short"}, "too short"),
        ({"old": "guessed", "new": OWN, "again": OWN}, "not your present password"),
    ):
        answer = client.post(PASSWORD_PAGE, wrong)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert client.get("/desk")["Location"] == PASSWORD_PAGE
    answer = client.post(PASSWORD_PAGE, {"old": first, "new": OWN, "again": OWN})
    assert answer["Location"] == "/desk"
    assert client.get("/account").status_code == 200
    assert client.get(PASSWORD_PAGE)["Location"] == "/account"
    agent.refresh_from_db()
    assert agent.first_password_until is None
    assert enter(agent, first).get("/account").status_code == 302
    assert enter(agent, OWN).get("/account").status_code == 200


def test_no_live_stream_opens_until_then(office: Office) -> None:
    client = enter(agent := office.mall.people["agent"], handed_over(office.mall.people["agent"]))
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert agent.first_password_until
    with pytest.raises(NotSignedIn):
        Credentials(token="", session=key, address="127.0.0.1").actor()


def test_a_one_time_password_whose_time_is_over_says_so_and_opens_nothing(office: Office) -> None:
    agent = office.mall.people["agent"]
    first = handed_over(agent)
    Staff.objects.filter(pk=agent.pk).update(first_password_until=clock.now() - timedelta(seconds=1))
    client = Client(headers={"accept-language": "en"})
    answer = client.post("/sign-in", {"username": agent.username, "password": first})
    assert answer.status_code == 422
    assert "The time of this one-time password is over." in answer.content.decode()
    assert client.get("/account").status_code == 302
    refused = Event.objects.filter(kind="staff.sign-in-refused").latest("seq")
    assert refused.data["reason"] == "first-password-over"
    wrong = client.post("/sign-in", {"username": agent.username, "password": "something else"})
    assert "User name or password is wrong." in wrong.content.decode()


def test_the_second_factor_is_asked_for_as_ever(office: Office) -> None:
    agent = office.mall.people["agent"]
    add_app(agent)
    client = enter(agent, handed_over(agent))
    assert client.get("/account").status_code == 302
    assert "/sign-in" in client.get("/account")["Location"]


def test_whoever_comes_by_passkey_leaves_no_one_time_password_alive(office: Office) -> None:
    agent, key = office.mall.people["agent"], Key("https://hall.example")
    add_passkey(agent, key, Place("hall.example"))
    first = handed_over(agent)
    client = Client(headers={"accept-language": "en"}, SERVER_NAME="hall.example")
    client.get("/sign-in/passkey/challenge")
    signed = key.sign(challenge_of(client.session["passkey_state"]), agent)
    answer = client.post("/sign-in/passkey", {"credential": json.dumps(signed)})
    assert answer.status_code == 302
    assert client.get("/account").status_code == 200  # not led to choose a password that nobody needs
    agent.refresh_from_db()
    assert (agent.has_usable_password(), agent.first_password_until) == (False, None)
    fact = Event.objects.get(kind="staff.first-password-ended")
    assert fact.data == {"staff": str(agent.pk), "by": "passkey"}
    assert enter(agent, first).get("/account").status_code == 302
    # The manager can still make another one, which is used as ever.
    again = enter(agent, handed_over(agent))
    assert "/sign-in" in again.get("/account")["Location"]  # the passkey is asked for
    agent.refresh_from_db()
    assert agent.first_password_until is not None


# --- Signing somebody out -------------------------------------------------------------------------------


def test_a_manager_signs_a_person_out_everywhere(office: Office) -> None:
    agent, manager = office.mall.people["agent"], office.as_("manager")
    phone, desk = enter(agent, PASSWORD), enter(agent, PASSWORD)
    page = f"/admin/people/staff/{agent.pk}/change/"
    address = f"/admin/people/staff/{agent.pk}/end-sessions/"
    assert address in manager.get(page).content.decode()
    assert "Sign this person out everywhere?" in manager.get(address).content.decode()
    assert phone.get("/account").status_code == desk.get("/account").status_code == 200
    answer = manager.post(address, follow=True)
    assert "is signed out at 2 places." in answer.content.decode()
    assert phone.get("/account").status_code == desk.get("/account").status_code == 302
    assert enter(agent, PASSWORD).get("/account").status_code == 200
    fact = Event.objects.filter(kind="session.revoked").latest("seq")
    assert (fact.data["staff"], fact.data["count"], fact.data["reason"]) == (str(agent.pk), 2, "by-manager")
    assert fact.actor_id == office.mall.people["manager"].pk
    confirmed = Event.objects.filter(kind="step-up.confirmed").latest("seq")
    assert confirmed.data["act"] == "sessions.end"


def test_without_the_confirmation_or_beyond_reach_nobody_is_signed_out(office: Office) -> None:
    agent, admin = office.mall.people["agent"], office.mall.people["admin"]
    signed_in = [enter(agent, PASSWORD), enter(admin, PASSWORD)]
    unconfirmed = Client()
    unconfirmed.force_login(office.mall.people["manager"])
    assert unconfirmed.post(f"/admin/people/staff/{agent.pk}/end-sessions/").status_code == 401
    manager = office.as_("manager")
    assert (
        f"{admin.pk}/end-sessions"
        not in manager.get(f"/admin/people/staff/{admin.pk}/change/").content.decode()
    )
    assert manager.post(f"/admin/people/staff/{admin.pk}/end-sessions/").status_code == 403
    with pytest.raises(staffing.PersonOutOfReach):
        staffing.end_sessions_of(admin, by=office.mall.actors["manager"])
    stranger = office.as_("manager", office.bank)
    assert stranger.post(f"/admin/people/staff/{agent.pk}/end-sessions/").status_code in {403, 404}
    assert {one.get("/account").status_code for one in signed_in} == {200}


def test_the_form_of_a_person_has_no_field_for_a_password(office: Office) -> None:
    manager = office.as_("manager")
    for page in ("/admin/people/staff/add/", f"/admin/people/staff/{office.mall.people['agent'].pk}/change/"):
        assert 'type="password"' not in manager.get(page).content.decode()
        assert "new_password" not in fields(manager.get(page))
