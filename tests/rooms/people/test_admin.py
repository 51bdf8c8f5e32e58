"""The back office's pages for people: roles within reach, passwords, tokens that are shown once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from servicehall.kernel import clock, events
from servicehall.kernel.errors import NotAllowed
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import INSTALLATION
from servicehall.rooms.people import actions, queries, staffing
from servicehall.rooms.people.models import ApiToken, RoleGrant, Skill, Staff
from tests.rooms.office import Office, errors, fields, make_office

ADD = "/admin/people/staff/add/"


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


def page_of(person: Any) -> str:
    return f"/admin/people/staff/{person.pk}/change/"


def newcomer(page: Any, **more: Any) -> dict[str, Any]:
    return (
        fields(page)
        | {
            "username": "newcomer",
            "names_en": "New Comer",
            "names_zh_Hans": "新人",
            "grants-TOTAL_FORMS": "1",
            "grants-0-role": "agent",
        }
        | more
    )


def shown_once(page: Any) -> str:
    """The one-time password on a page that nobody keeps."""
    assert "no-store" in page.headers["Cache-Control"]
    found = re.search(r'id="first-password"[^>]*>([a-z2-9]{5}(?:-[a-z2-9]{5}){3})<', page.content.decode())
    assert found, page.content.decode()[-2000:]
    return found[1]


# --- Adding and changing people ----------------------------------------------------------------------


def test_a_manager_adds_an_agent_who_can_sign_in_and_serve(office: Office) -> None:
    client, skill = office.as_("manager"), Skill.objects.get(slug="lending")
    sent = newcomer(
        client.get(ADD), **{"grants-0-where": f"site:{office.mall.id}", "skills": [str(skill.pk)]}
    )
    password = shown_once(client.post(ADD, sent))
    made = Staff.objects.get(username="newcomer")
    assert made.check_password(password)
    assert queries.actor_of(made).may("queue.call", office.mall.id)
    assert not queries.actor_of(made).may("queue.call", office.bank.id)
    assert queries.skills_of(made.pk) == {skill.pk}
    happened = events.after(INSTALLATION, 0, 1000)
    things = [(e.data["thing"], e.data["act"], e.actor_id) for e in happened if e.kind == "setup.changed"][
        -2:
    ]
    manager = office.mall.people["manager"].pk
    assert things == [("people.staff", "added", manager), ("people.rolegrant", "added", manager)]
    (confirmed,) = [e for e in happened if e.kind == "step-up.confirmed"]
    assert (confirmed.data["act"], confirmed.data["by"], confirmed.actor_id) == (
        "staff.change",
        "password",
        manager,
    )


def test_a_new_person_needs_a_name_of_their_own_and_a_role(office: Office) -> None:
    client = office.as_("manager")
    here = {"grants-0-where": f"site:{office.mall.id}"}
    for sent, words in (
        ({**here, "username": "mall-agent"}, "already exists"),
        ({**here, "username": "two words"}, "Use letters, digits"),
    ):
        answer = client.post(ADD, newcomer(client.get(ADD), **sent))
        assert words in errors(answer)
    answer = client.post(ADD, newcomer(client.get(ADD), **{"grants-TOTAL_FORMS": "0"}), follow=True)
    assert "Give the new person at least one role." in answer.content.decode()
    assert not Staff.objects.filter(username="newcomer").exists()


@pytest.mark.parametrize(
    ("role", "where"), [("admin", "mall"), ("manager", "bank"), ("agent", "bank"), ("agent", "organisation")]
)
def test_a_manager_gives_no_role_above_their_own_or_beyond_their_hall(
    office: Office, role: str, where: str
) -> None:
    client = office.as_("manager")
    organisation = office.mall.site.region.organisation_id
    places = {
        "mall": f"site:{office.mall.id}",
        "bank": f"site:{office.bank.id}",
        "organisation": f"organisation:{organisation}",
    }
    sent = newcomer(client.get(ADD), **{"grants-0-role": role, "grants-0-where": places[where]})
    answer = client.post(ADD, sent)
    assert answer.status_code == 200
    assert "Select a valid choice" in errors(answer)
    assert not Staff.objects.filter(username="newcomer").exists()
    grant = RoleGrant(staff=office.mall.people["agent"], role=role)
    kind, _colon, key = places[where].partition(":")
    setattr(grant, f"{kind}_id", key)
    with pytest.raises(staffing.RoleOutOfReach):
        staffing.give_role(grant, by=office.mall.actors["manager"])


def test_a_password_is_set_anew(office: Office) -> None:
    client, agent = office.as_("manager"), office.mall.people["agent"]
    password = shown_once(
        client.post(page_of(agent), fields(client.get(page_of(agent))) | {"new_password": "on"})
    )
    agent.refresh_from_db()
    assert agent.check_password(password)
    assert password not in str([e.data for e in events.after(INSTALLATION, 0, 1000)])
    assert password not in client.get(page_of(agent)).content.decode()


def test_a_password_that_somebody_made_is_random_and_ends_after_three_days(office: Office) -> None:
    client, agent = office.as_("manager"), office.mall.people["agent"]
    made = {
        shown_once(client.post(page_of(agent), fields(client.get(page_of(agent))) | {"new_password": "on"}))
        for _ in range(3)
    }
    assert len(made) == 3
    agent.refresh_from_db()
    end = agent.first_password_until
    assert end is not None
    assert timedelta(days=2, hours=23) < end - clock.now() <= timedelta(days=3)
    newest = next(one for one in made if agent.check_password(one))
    before = end - timedelta(seconds=1)
    assert actions.prove_password(agent.username, newest, address="10.0.0.1", at=before) == agent
    with pytest.raises(actions.WrongProof) as refused:
        actions.prove_password(agent.username, newest, address="10.0.0.1", at=end)
    assert refused.value.facts["reason"] == actions.FIRST_PASSWORD_OVER


def test_without_a_new_password_the_old_one_stays(office: Office) -> None:
    client, agent = office.as_("manager"), office.mall.people["agent"]
    client.post(page_of(agent), fields(client.get(page_of(agent))) | {"names_en": "Renamed"})
    agent.refresh_from_db()
    assert agent.names["en"] == "Renamed"
    assert agent.check_password("a long enough password")


# --- Who is beyond reach -----------------------------------------------------------------------------


def test_a_manager_cannot_change_an_administrator(office: Office) -> None:
    """Else a new password would be a way up."""
    client, admin = office.as_("manager"), office.mall.people["admin"]
    page = client.get(page_of(admin))
    assert "new_password" not in page.content.decode()
    client.post(page_of(admin), fields(page) | {"username": "mine", "new_password": "on"})
    admin.refresh_from_db()
    assert admin.username == "mall-admin"
    assert admin.check_password("a long enough password")
    with pytest.raises(staffing.PersonOutOfReach):
        staffing.save_person(admin, by=office.mall.actors["manager"], fields=[], new_password=True)


def test_of_somebody_who_also_works_elsewhere_only_the_roles_here_are_shown(office: Office) -> None:
    agent = office.mall.people["agent"]
    RoleGrant.objects.create(staff=agent, role="agent", site=office.bank.site)
    client = office.as_("manager")
    page = client.get(page_of(agent))
    body = page.content.decode()
    assert "This person also works where you are not a manager" in body
    assert "Bank hall" not in body
    assert "Bank hall" not in client.get("/admin/people/staff/").content.decode()
    sent = fields(page) | {"grants-0-role": "supervisor"}
    assert client.post(page_of(agent), sent).status_code == 302
    assert set(RoleGrant.objects.filter(staff=agent).values_list("role", "site__slug")) == {
        ("supervisor", "mall"),
        ("agent", "bank"),
    }


def test_somebody_with_two_roles_is_one_person_to_who_sees_both(office: Office) -> None:
    agent = office.mall.people["agent"]
    RoleGrant.objects.create(staff=agent, role="agent", site=office.bank.site)
    client = office.as_("admin")
    assert client.get(page_of(agent)).status_code == 200
    listed = client.get("/admin/people/staff/").content.decode()
    assert listed.count(page_of(agent)) == listed.count(page_of(office.mall.people["colleague"]))


def test_a_role_is_withdrawn(office: Office) -> None:
    client, colleague = office.as_("manager"), office.mall.people["colleague"]
    sent = fields(client.get(page_of(colleague))) | {"grants-0-DELETE": "on"}
    assert client.post(page_of(colleague), sent).status_code == 302
    assert not RoleGrant.objects.filter(staff=colleague).exists()
    assert client.get(page_of(colleague)).status_code == 404


def test_nobody_locks_themselves_out(office: Office) -> None:
    client, chief = office.as_("chief"), office.chief
    for sent in ({"grants-0-DELETE": "on"}, {"grants-0-role": "manager"}):
        answer = client.post(page_of(chief), fields(client.get(page_of(chief))) | sent)
        assert answer.status_code == 409
        assert "take away your own access" in answer.content.decode()
    body = fields(client.get(page_of(chief)))
    body.pop("is_active")
    assert client.post(page_of(chief), body).status_code == 409
    chief.refresh_from_db()
    assert chief.is_active
    assert RoleGrant.objects.get(staff=chief).role == "admin"


def test_people_stay_in_the_records(office: Office) -> None:
    agent = office.mall.people["agent"]
    assert (
        office.as_("chief").post(f"/admin/people/staff/{agent.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )


# --- Skills ------------------------------------------------------------------------------------------


def test_skills_belong_to_the_organisations_administrators(office: Office) -> None:
    assert office.as_("manager").get("/admin/people/skill/").status_code == 403
    client = office.as_("chief")
    sent = fields(client.get("/admin/people/skill/add/")) | {"names_en": "Sign language", "slug": "signing"}
    assert client.post("/admin/people/skill/add/", sent).status_code == 302
    assert Skill.objects.filter(slug="signing").exists()


def test_a_skill_that_a_stage_requires_stays(office: Office) -> None:
    skill = Skill.objects.get(slug="lending")
    answer = office.as_("chief").post(f"/admin/people/skill/{skill.pk}/delete/", {"post": "yes"}, follow=True)
    assert "required by a stage" in answer.content.decode()
    assert Skill.objects.filter(pk=skill.pk).exists()


# --- Tokens ------------------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_works(office: Office) -> None:
    client = office.as_("admin")
    sent = fields(client.get("/admin/people/apitoken/add/")) | {"name": "Door kiosk", "role": "kiosk"}
    answer = client.post("/admin/people/apitoken/add/", sent)
    assert "no-store" in answer.headers["Cache-Control"]
    found = re.search(r"sh_[\w-]{43}", answer.content.decode())
    assert found
    actor = queries.actor_for_token(found[0])
    assert actor is not None
    assert actor.may("ticket.issue", office.mall.id)
    row = ApiToken.objects.get(name="Door kiosk")
    for page in ("/admin/people/apitoken/", f"/admin/people/apitoken/{row.pk}/change/"):
        body = client.get(page).content.decode()
        assert found[0] not in body
        assert row.digest not in body


def test_a_token_is_revoked_after_a_question(office: Office) -> None:
    row, raw = actions.create_token(role="kiosk", site_id=office.mall.id, name="Old", by=SYSTEM)
    client = office.as_("admin")
    address = f"/admin/people/apitoken/{row.pk}/revoke/"
    assert "Revoke the token?" in client.get(address).content.decode()
    assert queries.actor_for_token(raw)
    answer = client.post(address, follow=True)
    assert "Old is revoked" in answer.content.decode()
    assert queries.actor_for_token(raw) is None


def test_tokens_of_other_sites_and_for_lesser_roles_are_not_there(office: Office) -> None:
    row, _raw = actions.create_token(role="kiosk", site_id=office.bank.id, name="Theirs", by=SYSTEM)
    assert "Theirs" not in office.as_("admin").get("/admin/people/apitoken/").content.decode()
    for address in (f"/admin/people/apitoken/{row.pk}/change/", f"/admin/people/apitoken/{row.pk}/revoke/"):
        assert office.as_("admin").post(address).status_code in {403, 404}
    assert ApiToken.objects.get(pk=row.pk).revoked_at is None
    assert office.as_("manager").get("/admin/people/apitoken/").status_code == 403
    with pytest.raises(NotAllowed):
        actions.create_token(role="kiosk", site_id=office.mall.id, name="", by=office.mall.actors["manager"])


def test_roles_within_reach_are_those_up_to_the_own(office: Office) -> None:
    reach = {who: staffing.roles_at(office.mall.actors[who], office.mall.id) for who in office.mall.actors}
    assert reach["agent"] == reach["supervisor"] == ()
    assert reach["manager"] == ("agent", "supervisor", "manager")
    assert reach["admin"] == ("agent", "supervisor", "manager", "admin")
    assert staffing.roles_at(office.mall.actors["admin"], office.bank.id) == ()


def test_somebody_with_roles_in_two_organisations_is_one_person(office: Office) -> None:
    for hall in (office.mall, office.bank):
        RoleGrant.objects.get_or_create(
            staff=office.chief, role="admin", organisation_id=hall.site.region.organisation_id
        )
    assert office.as_("chief").get(page_of(office.chief)).status_code == 200
