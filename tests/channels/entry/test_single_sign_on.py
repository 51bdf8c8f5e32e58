"""Single sign-on against a real provider: who is let in, and what of a changed or repeated answer is refused."""

from __future__ import annotations

import base64
import json
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit
from uuid import UUID

import jwt
import pytest
import requests
from allauth.core import context
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from django.test import Client, RequestFactory, override_settings

from servicehall.channels.entry.single_sign_on import CheckedTokens
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.people import staffing
from servicehall.rooms.people.models import RoleGrant, Staff
from tests.channels.desk.house import PASSWORD, House
from tests.confirming import Confirming
from tests.rooms.people.keys import code_of

BACK = "/sign-in/with/corp/back"
PROGRAM = Path(__file__).with_name("provider") / "provider.mjs"


@dataclass
class Provider:
    """The provider's address; and a person's way through it."""

    url: str

    def settings(self, **more: Any) -> Any:
        app = {
            "provider_id": "corp",
            "name": "Corp",
            "client_id": "hall",
            "secret": "a secret of this test only",
            "settings": {"server_url": self.url},
        }
        apps = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [{**app, **more}]}}
        return override_settings(SOCIALACCOUNT_PROVIDERS=apps)

    def through(self, address: str, who: str) -> str:
        """Sign in there; the address that the provider sends the browser back to."""
        requests.get(f"{self.url}/as/{who}", timeout=5)
        with requests.Session() as browser:
            for _step in range(8):
                answer = browser.get(address, allow_redirects=False, timeout=5)
                address = urljoin(address, answer.headers["Location"])
                if urlsplit(address).path == BACK:
                    return address.removeprefix("http://testserver")
        raise AssertionError(address)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["node", str(PROGRAM), str(port), f"http://testserver{BACK}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline().strip().endswith("ready")
        yield Provider(f"http://127.0.0.1:{port}")
        program.terminate()


@pytest.fixture
def corp(provider: Provider, house: House) -> Iterator[Provider]:
    Staff.objects.filter(username="anna").update(email="Anna@hall.example")
    with provider.settings():
        yield provider


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


def go(client: Client, corp: Provider, who: str = "anna") -> str:
    """Begin here and sign in there; the address to come back to."""
    answer = client.post("/sign-in/with/corp", {"next": "/account"})
    assert answer.status_code == 302
    return corp.through(answer["Location"], who)


def signed_in(client: Client) -> str:
    found = Staff.objects.filter(pk=client.session.get("_auth_user_id") or UUID(int=0)).first()
    return found.username if found else ""


def happened(kind: str) -> list[dict[str, Any]]:
    return [dict(e.data) for e in Event.objects.filter(kind=kind).order_by("seq")]


def test_the_sign_in_page_offers_the_provider_and_asks_for_code_pkce_and_nonce(
    corp: Provider, client: Client
) -> None:
    assert "Sign in with Corp" in client.get("/sign-in").content.decode()
    asked = parse_qs(urlsplit(client.post("/sign-in/with/corp")["Location"]).query)
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) >= 32
    assert len(asked["state"][0]) >= 16


def test_a_verified_address_signs_its_owner_in_and_is_connected(corp: Provider, client: Client) -> None:
    answer = client.get(go(client, corp))
    assert (answer.status_code, answer["Location"]) == (302, "/account")
    assert signed_in(client) == "anna"
    assert happened("staff.signed-in")[-1]["by"] == "single-sign-on"
    anna = Staff.objects.get(username="anna")
    assert happened("identity.linked") == [{"staff": str(anna.pk), "provider": "corp", "by": "email"}]
    # Nothing about the person is kept but whose identity it is; the second time the address does not matter.
    assert SocialAccount.objects.get(user=anna).extra_data == {}
    Staff.objects.filter(pk=anna.pk).update(email="")
    again = Client()
    again.get(go(again, corp))
    assert signed_in(again) == "anna"
    assert len(happened("identity.linked")) == 1


def test_the_providers_tokens_are_kept_nowhere_and_never_reach_the_browser(
    corp: Provider, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[dict[str, Any]] = []
    ask = OAuth2Client.get_access_token

    def listening(self: OAuth2Client, *args: Any, **how: Any) -> Any:
        got.append(ask(self, *args, **how))
        return got[-1]

    monkeypatch.setattr(OAuth2Client, "get_access_token", listening)
    answer = client.get(go(client, corp))
    assert signed_in(client) == "anna"
    [tokens] = got
    assert {"access_token", "id_token"} <= tokens.keys()
    page = client.get("/account")
    told = "".join(
        (
            str(answer.headers),
            str(answer.cookies),
            answer.content.decode(),
            str(page.headers),
            page.content.decode(),
        )
    )
    told += (
        str(dict(client.session))
        + str(list(SocialAccount.objects.values()))
        + str(list(Event.objects.values()))
    )
    assert not [
        name for name in ("access_token", "id_token", "refresh_token") if tokens.get(name, "-none-") in told
    ]
    assert not SocialToken.objects.exists()


@pytest.mark.parametrize("who", ["unverified", "stranger"])
def test_an_unverified_or_unknown_address_signs_nobody_in(corp: Provider, client: Client, who: str) -> None:
    people, grants = Staff.objects.count(), RoleGrant.objects.count()
    answer = client.get(go(client, corp, who))
    assert answer.status_code == 403
    assert "No account here" in answer.content.decode()
    assert signed_in(client) == ""
    assert (Staff.objects.count(), RoleGrant.objects.count()) == (people, grants)
    assert not SocialAccount.objects.exists()


def test_somebody_who_left_is_not_signed_in(corp: Provider, client: Client) -> None:
    client.get(go(client, corp))
    Staff.objects.filter(username="anna").update(is_active=False)
    again = Client()
    again.get(go(again, corp))
    assert signed_in(again) == ""


def test_a_person_links_and_unlinks_with_a_confirmation(corp: Provider) -> None:
    browser = Confirming(headers={"accept-language": "en"})
    browser.password = PASSWORD
    browser.force_login(Staff.objects.get(username="ben"))
    answer = browser.post("/account/identities/corp/link")
    assert browser.get(corp.through(answer["Location"], "other"))["Location"] == "/account"
    (linked,) = SocialAccount.objects.all()
    assert linked.user.username == "ben"
    assert [e["act"] for e in happened("step-up.confirmed")] == ["identity.link"]
    alone = Client()
    alone.get(go(alone, corp, "other"))
    assert signed_in(alone) == "ben"
    browser.post(f"/account/identities/{linked.pk}/unlink")
    assert not SocialAccount.objects.exists()


def test_an_identity_belongs_to_one_person(corp: Provider, client: Client) -> None:
    client.get(go(client, corp))
    browser = Confirming(headers={"accept-language": "en"})
    browser.password = PASSWORD
    browser.force_login(Staff.objects.get(username="ben"))
    answer = browser.post("/account/identities/corp/link")
    browser.get(corp.through(answer["Location"], "anna"))
    assert SocialAccount.objects.get().user.username == "anna"


def test_the_second_factor_is_still_asked_for(corp: Provider, client: Client) -> None:
    from tests.rooms.people.keys import add_app

    add_app(Staff.objects.get(username="anna"))
    answer = client.get(go(client, corp))
    assert answer["Location"] == "/sign-in/second-factor"
    assert signed_in(client) == ""


def test_whoever_comes_in_by_it_leaves_no_one_time_password_alive(corp: Provider, client: Client) -> None:
    anna = Staff.objects.get(username="anna")
    first = staffing.save_person(anna, by=SYSTEM, fields=[], new_password=True)
    answer = client.get(go(client, corp))
    assert (answer.status_code, answer["Location"]) == (302, "/account")
    page = client.get("/account").content.decode()
    assert "You came in without your one-time password, so it is no longer valid." in page
    assert "You have no password here and need none." in page
    assert 'name="old"' not in page
    anna.refresh_from_db()
    assert (anna.has_usable_password(), anna.first_password_until) == (False, None)
    assert happened("staff.first-password-ended") == [{"staff": str(anna.pk), "by": "single-sign-on"}]
    other = Client(headers={"accept-language": "en"})
    assert other.post("/sign-in", {"username": "anna", "password": first}).status_code == 422


def test_an_own_password_stays(corp: Provider, client: Client) -> None:
    client.get(go(client, corp))
    assert Staff.objects.get(username="anna").has_usable_password()
    assert happened("staff.first-password-ended") == []


def test_without_a_password_a_sign_in_of_just_now_confirms_the_first_factor_and_nothing_else(
    corp: Provider, client: Client
) -> None:
    anna = Staff.objects.get(username="anna")
    staffing.save_person(anna, by=SYSTEM, fields=[], new_password=True)
    client.get(go(client, corp))
    refused = client.post("/account/identities/corp/link")
    assert refused.status_code == 401
    assert "You have nothing to confirm this with." in refused.content.decode()
    tried = {"step_up": refused.context["step_up_id"]}
    assert client.post("/account/identities/corp/link", tried).status_code == 401

    def add() -> Any:
        page = client.get("/account/app")
        secret = page.context["secret"].replace(" ", "")
        return client.post("/account/app", {"step_up": page.context["step_up_id"], "code": code_of(secret)})

    session = client.session
    session["signed_in_at"] -= 301
    session.save()
    assert "your single sign-on confirms this" in (late := add()).content.decode()
    assert late.status_code == 422
    client.get(go(client, corp))
    assert add()["Location"] == "/account"
    assert happened("step-up.confirmed")[-1]["by"] == "single-sign-on"


def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(corp: Provider, client: Client) -> None:
    back = go(client, corp)
    assert Client().get(back).status_code == 401  # somebody else's browser
    client.get(back)
    client.post("/sign-out")
    assert client.get(back).status_code == 401  # the state is spent
    code = parse_qs(urlsplit(back).query)["code"][0]
    fresh = parse_qs(urlsplit(client.post("/sign-in/with/corp")["Location"]).query)["state"][0]
    answer = client.get(BACK, {"code": code, "state": fresh})  # the code is spent
    assert answer.status_code == 401
    assert "Not signed in" in answer.content.decode()
    assert signed_in(client) == ""


@pytest.mark.parametrize("change", ["state", "code", "nothing"])
def test_a_changed_answer_is_refused(corp: Provider, client: Client, change: str) -> None:
    query = parse_qs(urlsplit(go(client, corp)).query)
    sent = {"state": query["state"][0], "code": query["code"][0]}
    if change == "nothing":
        sent = {"error": "access_denied", "state": sent["state"]}
    else:
        sent[change] = sent[change][:-2] + ("AA" if not sent[change].endswith("AA") else "BB")
    answer = client.get(BACK, sent, follow=True)
    assert answer.status_code == 401
    assert signed_in(client) == ""


def test_another_nonce_is_refused(corp: Provider, client: Client) -> None:
    back = go(client, corp)
    session = client.session
    for state in session["socialaccount_states"].values():
        state[0]["nonce"] = "of another sign-in"
    session.save()
    assert client.get(back).status_code == 401
    assert signed_in(client) == ""


@pytest.fixture
def token(corp: Provider, client: Client, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A genuine ID token of the provider, and its nonce."""
    seen: list[str] = []
    genuine = CheckedTokens.claims

    def watching(self: Any, app: Any, raw: str) -> Any:
        seen.append(raw)
        return genuine(self, app, raw)

    monkeypatch.setattr(CheckedTokens, "claims", watching)
    client.get(go(client, corp))
    monkeypatch.undo()
    said = jwt.decode(seen[0], options={"verify_signature": False})
    return seen[0], said["nonce"]


def _changed(token: str, part: int, **claims: Any) -> str:
    parts = token.split(".")
    padded = parts[part] + "=" * (-len(parts[part]) % 4)
    said = {**json.loads(base64.urlsafe_b64decode(padded)), **claims}
    parts[part] = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return ".".join(parts)


def test_every_claim_of_the_token_is_checked(corp: Provider, token: tuple[str, str]) -> None:
    raw, nonce = token
    request = RequestFactory().get("/")

    def accepted(raw: str, *, nonce: str = nonce, client_id: str = "hall", config: Any = None) -> bool:
        with context.request_context(request):
            adapter = CheckedTokens(request, "corp")
            adapter.nonce = nonce
            app = adapter.get_provider().app
            app.client_id = client_id
            if config:
                adapter._openid_config = {**adapter.openid_config, **config}
            try:
                return bool(adapter.claims(app, raw))
            except OAuth2Error:
                return False

    assert accepted(raw)
    assert not accepted(raw, nonce="other")
    assert not accepted(raw, nonce="")
    assert not accepted(raw, client_id="another")
    assert not accepted(raw, config={"issuer": "http://127.0.0.1:1"})
    assert not accepted(_changed(raw, 1, sub="ben"))
    assert not accepted(_changed(raw, 1, exp=4_000_000_000))
    assert not accepted(_changed(raw, 0, alg="none"))
    assert not accepted(_changed(raw, 0, alg="none").rsplit(".", 1)[0] + ".")
    assert not accepted(_changed(raw, 0, alg="HS256"))
    assert not accepted(_changed(raw, 0, kid="other"))
    assert not accepted("")
    assert not accepted("a.b.c")


def test_a_provider_that_is_away_leaves_the_password(house: House, client: Client) -> None:
    with Provider("http://127.0.0.1:9").settings():
        answer = client.post("/sign-in/with/corp")
    assert answer.status_code == 502
    assert "sign in with your password" in answer.content.decode()


def test_a_provider_that_nobody_set_up_is_not_there(house: House, client: Client) -> None:
    assert client.post("/sign-in/with/corp").status_code == 404
    assert client.get(BACK).status_code == 404
