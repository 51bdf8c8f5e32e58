"""An organisation's rule who has to have a second factor: who lacks one adds it before anything else."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client

from servicehall.channels.live.credentials import Credentials
from servicehall.channels.sessions import ENROL, SEEN
from servicehall.kernel.errors import NotSignedIn
from servicehall.kernel.models import Event
from servicehall.rooms.hall.models import Organisation
from servicehall.rooms.people.models import Staff
from tests.confirming import PASSWORD
from tests.rooms.office import Office, fields, make_office
from tests.rooms.people.keys import add_app, code_of

PAGE = "/account/app"


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


def rule(office: Office, value: str, hall: Any = None) -> Organisation:
    """As an administrator had chosen it."""
    one: Organisation = (hall or office.mall).site.region.organisation
    Organisation.objects.filter(pk=one.pk).update(second_factor=value)
    return one


def enter(person: Staff) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.post("/sign-in", {"username": person.username, "password": PASSWORD})
    return client


def sent_to(client: Client, path: str = "/desk") -> str:
    """Where a page leads instead of opening; empty when it opens."""
    answer = client.get(path)
    return answer["Location"] if answer.status_code == 302 and answer["Location"] == PAGE else ""


def session_of(client: Client) -> Any:
    store = import_module(settings.SESSION_ENGINE).SessionStore
    return store(client.cookies[settings.SESSION_COOKIE_NAME].value)


def test_the_rule_says_whom_it_leads(office: Office) -> None:
    people = {who: office.mall.people[who] for who in ("agent", "supervisor", "manager")}
    people["chief"] = office.chief
    for value, led in {
        "none": set(),
        "managers": {"manager", "chief"},
        "all": {"agent", "supervisor", "manager", "chief"},
    }.items():
        rule(office, value)
        assert {who for who in people if sent_to(enter(people[who]))} == led, value
    assert sent_to(enter(office.bank.people["manager"])) == ""


def test_who_lacks_one_reaches_nothing_else_and_goes_on_with_it(office: Office) -> None:
    rule(office, "all")
    agent = office.mall.people["agent"]
    client = enter(agent)
    for path in ("/desk", "/desk/mall/counters", "/ops", "/ops/mall", "/admin/", "/desk/mall/customers"):
        assert sent_to(client, path) == PAGE, path
    part = client.get("/desk/mall/queue/lists", headers={"hx-request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (204, PAGE)
    before = Event.objects.count()
    assert client.post("/desk/mall/queue/do/issue")["Location"] == PAGE
    assert Event.objects.count() == before
    page = client.get(PAGE)
    secret = page.context["secret"].replace(" ", "")
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    added = client.post(PAGE, {**hidden, "code": code_of(secret), "step_up_password": PASSWORD})
    assert added["Location"] == "/account"
    assert sent_to(client) == ""
    # The last one stays as long as the rule does.
    app = Authenticator.objects.get(user=agent, type="totp")
    assert client.post(f"/account/factors/{app.pk}/remove").status_code == 409


def test_a_live_stream_is_refused_until_then(office: Office) -> None:
    rule(office, "all")
    client = enter(office.mall.people["agent"])
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    with pytest.raises(NotSignedIn):
        Credentials(token="", session=key, address="127.0.0.1").actor()
    add_app(office.mall.people["agent"])
    session = session_of(client)
    session[ENROL] = False
    session.save()
    assert Credentials(token="", session=key, address="127.0.0.1").actor().kind == "staff"


def test_a_rule_made_later_reaches_who_is_signed_in_and_goes_again(office: Office) -> None:
    client = enter(office.mall.people["agent"])
    assert sent_to(client) == ""

    def a_minute_later() -> None:
        session = session_of(client)
        session[SEEN] -= 61
        session.save()

    rule(office, "all")
    a_minute_later()
    assert sent_to(client) == PAGE
    rule(office, "managers")
    a_minute_later()
    assert sent_to(client) == ""
    # The demo's people are never asked: their passwords are printed.
    rule(office, "all")
    Staff.objects.update(is_demo=True)
    a_minute_later()
    assert sent_to(client) == ""


def test_the_rule_is_changed_in_the_back_office_after_a_confirmation(office: Office) -> None:
    organisation = rule(office, "none")
    path = f"/admin/hall/organisation/{organisation.pk}/change/"
    plain = Client(headers={"accept-language": "en"})
    plain.force_login(office.chief)
    sent = {**fields(plain.get(path)), "second_factor": "all"}
    asked = plain.post(path, sent)
    assert asked.status_code == 401
    assert "Change who has to have a second factor" in asked.content.decode()
    organisation.refresh_from_db()
    assert organisation.second_factor == "none"
    assert office.as_("chief").post(path, sent).status_code == 302
    organisation.refresh_from_db()
    assert organisation.second_factor == "all"
    changed = Event.objects.filter(kind="setup.changed", data__act="changed", data__thing="hall.organisation")
    assert [one.data["fields"] for one in changed] == [["second_factor"]]
    assert Event.objects.filter(kind="step-up.confirmed", data__act="second-factor.rule").count() == 1


def test_the_list_of_staff_shows_who_lacks_one(office: Office) -> None:
    add_app(office.mall.people["agent"])
    rows = office.as_("chief").get("/admin/people/staff/").context["cl"].result_list
    assert {row.username for row in rows if row.with_factor} == {"mall-agent"}
