"""Second factors on pages: signing in with them, adding and removing them, confirming acts, who must have one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from servicehall.kernel.models import Event
from servicehall.rooms.people.models import Staff
from tests.channels.desk.house import PASSWORD, House
from tests.rooms.people.keys import Key, add_app, add_passkey, code_of

HOST = "hall.example"


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"}, SERVER_NAME=HOST)


@pytest.fixture
def anna(house: House) -> Staff:
    return Staff.objects.get(username="anna")


def enter(client: Client, username: str = "anna", **more: str) -> Any:
    return client.post("/sign-in", {"username": username, "password": PASSWORD, **more})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def happened(kind: str) -> list[dict[str, Any]]:
    return [dict(e.data) for e in Event.objects.filter(kind=kind).order_by("seq")]


def fields(answer: Any) -> dict[str, str]:
    """The hidden fields of the page's form that confirms."""
    text = answer.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text))


def test_after_the_password_the_code_is_asked_for(client: Client, anna: Staff) -> None:
    secret = add_app(anna)
    answer = enter(client, next="/account")
    assert answer["Location"] == "/sign-in/second-factor"
    assert not signed_in(client)
    assert client.get("/desk").status_code == 302
    assert "Enter the six digits" in client.get("/sign-in/second-factor").content.decode()
    wrong = client.post("/sign-in/second-factor", {"code": "000000"})
    assert wrong.status_code == 422
    assert "This code is not right, or it was used before." in wrong.content.decode()
    right = client.post("/sign-in/second-factor", {"code": code_of(secret, steps=1)})
    assert right["Location"] == "/account"
    assert signed_in(client)
    assert happened("staff.signed-in")[-1] == {"staff": str(anna.pk), "by": "password", "factor": "totp"}


def test_the_second_step_without_the_first_leads_back(client: Client, anna: Staff) -> None:
    assert client.get("/sign-in/second-factor")["Location"] == "/sign-in"
    assert client.post("/sign-in/second-factor", {"code": "123456"})["Location"] == "/sign-in"


def test_ten_wrong_codes_lock(client: Client, anna: Staff) -> None:
    secret = add_app(anna)
    enter(client)
    for _ in range(10):
        assert client.post("/sign-in/second-factor", {"code": "000000"}).status_code == 422
    locked = client.post("/sign-in/second-factor", {"code": code_of(secret, steps=1)})
    assert locked.status_code == 429
    assert "Too many attempts. Try again in" in locked.content.decode()
    assert enter(Client(headers={"accept-language": "en"})).status_code == 429


def test_a_passkey_is_a_second_factor(client: Client, anna: Staff) -> None:
    from servicehall.rooms.people import actions as people

    key = Key(f"https://{HOST}")
    add_passkey(anna, key, people.Place(HOST))
    enter(client)
    page = client.get("/sign-in/second-factor")
    assert "Use a passkey" in page.content.decode()
    import json

    from fido2.utils import websafe_decode

    challenge = json.loads(page.context["options"])["publicKey"]["challenge"]
    sent = {"credential": json.dumps(key.sign(websafe_decode(challenge), anna))}
    assert client.post("/sign-in/second-factor", sent).status_code == 302
    assert signed_in(client)
    assert happened("staff.signed-in")[-1]["factor"] == "webauthn"
    other = Client(SERVER_NAME=HOST)
    enter(other)
    assert other.post("/sign-in/second-factor", sent).status_code == 422  # the same signature again
    assert other.post("/sign-in/second-factor", {"credential": "{not json"}).status_code == 422
    assert not signed_in(other)


def test_an_app_is_added_with_its_code_and_the_password(client: Client, anna: Staff) -> None:
    client.force_login(anna)
    page = client.get("/account/app")
    secret = page.context["secret"].replace(" ", "")
    assert page.context["picture"].startswith("data:image/svg+xml;base64,")
    sent = {**fields(page), "code": code_of(secret)}
    refused = client.post("/account/app", {**sent, "step_up_password": "wrong"})
    assert refused.status_code == 422
    assert "This is not your present password." in refused.content.decode()
    assert not Authenticator.objects.exists()
    sent = {**fields(client.get("/account/app")), "code": "000000", "step_up_password": PASSWORD}
    refused = client.post("/account/app", sent)
    assert "This code is not right" in refused.content.decode()
    sent = {**fields(client.get("/account/app")), "code": code_of(secret), "step_up_password": PASSWORD}
    assert client.post("/account/app", sent)["Location"] == "/account"
    assert [e["factor"] for e in happened("factor.added")] == ["totp", "recovery_codes"]
    text = client.get("/account").content.decode()
    assert "The authenticator app is added." in text
    assert "10 left" in text


def test_recovery_codes_are_shown_after_a_confirmation_and_sign_in(client: Client, anna: Staff) -> None:
    secret = add_app(anna)
    client.force_login(anna)
    asked = client.post("/account/codes")
    assert asked.status_code == 401
    assert "Recovery codes" in asked.content.decode()
    assert asked["Cache-Control"] == "no-store"
    shown = client.post("/account/codes", {**fields(asked), "step_up_code": code_of(secret, steps=1)})
    code = shown.context["codes"][0]
    other = Client()
    enter(other)
    assert other.post("/sign-in/second-factor", {"code": code}).status_code == 302
    assert happened("staff.signed-in")[-1]["factor"] == "recovery_codes"
    assert "9 left" in client.get("/account").content.decode()


def test_whoever_has_a_factor_cannot_confirm_with_the_password(client: Client, anna: Staff) -> None:
    add_app(anna)
    client.force_login(anna)
    asked = client.post("/account/codes/new")
    again = client.post("/account/codes/new", {**fields(asked), "step_up_password": PASSWORD})
    assert again.status_code == 401
    assert "confirm with it, not with the password" in again.content.decode()
    assert happened("step-up.refused")[-1] == {
        "staff": str(anna.pk),
        "act": "factor.codes",
        "reason": "wrong-proof",
    }


def test_a_confirmation_of_one_act_is_refused_for_another(client: Client, anna: Staff) -> None:
    add_app(anna)
    secret_of_page = client
    client.force_login(anna)
    app = Authenticator.objects.get(user=anna, type="totp")
    asked = client.post("/account/codes")
    Authenticator.objects.filter(user=anna).delete()
    secret = add_app(anna)
    sent = {**fields(asked), "step_up_code": code_of(secret, steps=1)}
    app = Authenticator.objects.get(user=anna, type="totp")
    refused = secret_of_page.post(f"/account/factors/{app.pk}/remove", sent)
    assert refused.status_code == 403
    assert "This confirmation is not valid for this act" in refused.content.decode()
    assert Authenticator.objects.filter(pk=app.pk).exists()
    assert happened("step-up.refused")[-1]["reason"] == "other-operation"


def test_a_confirmation_of_another_session_is_refused(client: Client, anna: Staff) -> None:
    client.force_login(anna)
    other = Client(headers={"accept-language": "en"}, SERVER_NAME=HOST)
    other.force_login(anna)
    page = client.get("/account/app")
    sent = {**fields(page), "code": "123456", "step_up_password": PASSWORD}
    assert other.post("/account/app", sent).status_code == 403
    assert happened("step-up.refused")[-1]["reason"] == "other-session"


def test_a_part_of_a_page_asks_in_a_dialog(client: Client, anna: Staff) -> None:
    add_app(anna)
    client.force_login(anna)
    asked = client.post("/account/codes", headers={"hx-request": "true"})
    assert (asked.status_code, asked["HX-Retarget"], asked["HX-Reswap"]) == (422, "body", "beforeend")
    text = asked.content.decode()
    assert '<dialog class="dialog" id="step-up"' in text
    assert 'hx-post="/account/codes"' in text
    assert "step_up_code" in text


@override_settings(SECOND_FACTOR_ROLES=["agent"])
def test_whose_role_needs_a_factor_gets_no_further_without(client: Client, anna: Staff) -> None:
    enter(client)
    assert client.get("/desk")["Location"] == "/account/app"
    assert client.get("/ops")["Location"] == "/account/app"
    assert "Your role needs a second factor." in client.get("/account").content.decode()
    page = client.get("/account/app")
    secret = page.context["secret"].replace(" ", "")
    client.post("/account/app", {**fields(page), "code": code_of(secret), "step_up_password": PASSWORD})
    assert client.get("/desk").status_code == 200
    app = Authenticator.objects.get(user=anna, type="totp")
    assert client.post(f"/account/factors/{app.pk}/remove").status_code == 409


@override_settings(SECOND_FACTOR_ROLES=["agent"])
def test_the_demos_people_may_do_without(client: Client, anna: Staff) -> None:
    Staff.objects.filter(pk=anna.pk).update(is_demo=True)
    enter(client)
    assert client.get("/desk").status_code == 200


def test_the_account_page_takes_the_same_queries_with_many_sessions_and_factors(
    client: Client, anna: Staff
) -> None:
    from servicehall.rooms.people import actions as people

    enter(client)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/account").status_code == 200
        return len(seen)

    queries()
    few = queries()
    for _ in range(3):
        enter(Client())
    for number in range(3):
        add_passkey(anna, Key(f"https://{HOST}"), people.Place(HOST), f"key {number}")
    assert queries() == few <= 9
