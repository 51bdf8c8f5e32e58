"""Forms on their pages: made and published in operations, asked exactly so on the phone and at the desk."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions
from servicehall.rooms.customers.models import Answer, Consent, Customer, FormVersion
from tests.channels.ops.watching import Halls
from tests.hall import MORNING, make_hall, text
from tests.rooms.customers.counter import NUMBER, code_for, organisation

EDIT = "/ops/mall/forms/desk-new"
NEW = "/desk/mall/customers/new"


@pytest.fixture
def halls(db: None) -> Any:
    with clock.at(MORNING):
        yield Halls(make_hall("mall"), make_hall("bank"), None, {})


@pytest.fixture
def purposes(halls: Halls) -> dict[str, Any]:
    """To serve (needs name and own words), and news (needs e-mail, with consent)."""
    wanted = {"serve": (["name", "words"], "service"), "news": (["email"], "consent")}
    return {
        slug: actions.add_purpose(
            organisation_id=organisation(halls.mall), slug=slug, titles=text(slug.title()), texts=text(f"Why {slug}."),
            uses=uses, basis=basis, by=SYSTEM,
        )
        for slug, (uses, basis) in wanted.items()
    }  # fmt: skip


def filled(client: Client, path: str, purposes: dict[str, Any], **more: str) -> dict[str, Any]:
    """The page's form: both purposes, a name that is needed, and a question in own words."""
    key = re.findall(r'name="own" value="([^"]+)"', client.get(path).content.decode())[0]
    return {
        "purposes": [str(one.purpose_id) for one in purposes.values()],
        "ask-name": "required",
        "own": [key],
        f"{key}-en": "Any needs?",
        f"{key}-zh-Hans": "有什么需要吗？",
        f"ask-{key}": "optional",
        **more,
    }


def publish(halls: Halls, purposes: dict[str, Any], step: str, **more: str) -> tuple[FormVersion, str]:
    """Publish the form of a step from its page; the version, and the key of the question in own words."""
    client = halls.as_("manager")
    path = f"/ops/mall/forms/{step}"
    form = filled(client, path, purposes, publish="yes", **more)
    assert client.post(path, form).status_code == 303
    return FormVersion.objects.get(form__step=step), form["own"][0]


def test_what_no_purpose_needs_is_said_beside_its_question_and_nothing_is_asked_yet(
    halls: Halls, purposes: dict[str, Any]
) -> None:
    client = halls.as_("manager")
    form = filled(client, EDIT, purposes)
    answer = client.post(EDIT, {**form, "ask-id_number": "optional", "publish": "yes"})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "None of the purposes of this form needs “ID number”" in body
    assert 'id="ask-id_number_error"' in body
    assert "Any needs?" in body, "what was written stays"
    assert FormVersion.objects.get().published_at is None
    half = {**form, f"{form['own'][0]}-zh-Hans": ""}
    assert "in every language" in client.post(EDIT, half).content.decode()
    assert client.post(EDIT, {**form, "purposes": "nonsense"}).status_code == 422
    assert client.post(EDIT, form)["Location"] == "/ops/mall/forms"
    assert "draft 1" in client.get("/ops/mall/forms").content.decode()
    assert "Any needs?" not in client.get(NEW).content.decode()


def test_the_desk_asks_by_the_published_form(halls: Halls, purposes: dict[str, Any]) -> None:
    version, key = publish(halls, purposes, "desk-new", **{"ask-email": "optional"})
    client = halls.as_("agent")
    body = client.get(NEW).content.decode()
    assert [name in body for name in ('name="name"', 'name="email"', f'name="{key}"')] == [True] * 3
    assert [name in body for name in ('name="phone"', 'name="address"', 'name="notes"')] == [False] * 3
    assert "Why serve." in body
    assert f'name="agreed" value="{purposes["news"].pk}"' in body
    sent = {"version": str(version.pk), "name": "Li", "email": "li@example.com", key: "花生"}
    answer = client.post(NEW, sent)
    assert answer.status_code == 422
    assert "Only “News” needs this" in answer.content.decode()
    assert client.post(NEW, {**sent, "phone": NUMBER}).status_code == 422, "it was not asked"
    assert client.post(NEW, {**sent, "version": "nonsense"}).status_code == 422
    assert not Customer.objects.exists()
    answer = client.post(NEW, {**sent, "agreed": str(purposes["news"].pk)})
    li = Customer.objects.get()
    assert answer["Location"] == f"/desk/mall/customers/{li.pk}"
    assert (li.name, li.email, Answer.objects.get().words) == ("Li", "li@example.com", "花生")
    assert Consent.objects.get().given_to == halls.mall.people["agent"].pk
    path, field = answer["Location"], f"answer-{Answer.objects.get().pk}"
    body = client.get(path).content.decode()
    assert "Any needs?" in body
    assert "花生" not in body
    assert client.post(f"{path}/unmask", {"field": field, "reason": "asked"}).status_code == 403
    manager = halls.as_("manager")
    assert "花生" in manager.post(f"{path}/unmask", {"field": field, "reason": "asked"}).content.decode()
    for nothing in ("answer-x", f"answer-{li.pk}"):
        assert manager.post(f"{path}/unmask", {"field": nothing, "reason": "asked"}).status_code == 404
    publish_again = filled(halls.as_("manager"), EDIT, purposes, publish="yes")
    halls.as_("manager").post(EDIT, publish_again)
    assert "has changed meanwhile" in client.post(NEW, sent).content.decode()


def test_a_customer_who_comes_for_the_first_time_is_asked_and_may_go_on_without(
    halls: Halls, purposes: dict[str, Any]
) -> None:
    version, key = publish(halls, purposes, "own-page", **{"ask-email": "optional"})
    phone = Client(headers={"Accept-Language": "en"})
    form = {"address": NUMBER, "organisation": str(organisation(halls.mall))}
    phone.post("/me/code", form)
    entered = phone.post("/me/enter", {**form, "code": code_for(halls.mall)})
    assert entered["Location"] == "/me/register"
    body = phone.get("/me/register").content.decode()
    assert 'name="phone"' not in body
    assert 'name="email"' not in body, "an address is proved, not written"
    assert 'href="/me/contact"' in body
    assert "3 are not answered yet" in phone.get("/me").content.decode()
    sent = {"version": str(version.pk), key: "花生"}
    answer = phone.post("/me/register", sent)
    assert answer.status_code == 422
    assert "This is needed" in answer.content.decode()
    assert phone.post("/me/register", {**sent, "name": "王", "email": "x@example.com"}).status_code == 422
    assert phone.post("/me/register", {**sent, "name": "王", "version": "x"}).status_code == 409
    assert phone.post("/me/register", {**sent, "name": "王小明"})["Location"] == "/me"
    row = Customer.objects.get()
    assert (row.name, row.email, row.level) == ("王小明", "", "contact")
    copy = phone.get("/me/privacy/data").content.decode()
    assert "花生" in copy
    assert 'name="address"' not in phone.get("/me/edit").content.decode(), "neither known nor asked"
    assert phone.post("/me/edit", {"name": "王", "address": "1 号"}).status_code == 303
    assert Customer.objects.get().address == ""


def test_only_who_may_see_the_setup_sees_forms_and_only_of_their_hall(
    halls: Halls, purposes: dict[str, Any]
) -> None:
    for path in ("/ops/mall/forms", EDIT):
        assert halls.as_("supervisor").get(path).status_code == 403
        assert halls.as_("manager", halls.bank).get(path).status_code == 404
        assert halls.as_("manager").get(path).status_code == 200
    assert 'href="/ops/mall/forms"' in halls.as_("manager").get("/ops/mall").content.decode()
    assert 'href="/ops/mall/forms"' not in halls.as_("supervisor").get("/ops/mall").content.decode()
    assert halls.as_("manager").get("/ops/mall/forms/nowhere").status_code == 404
    assert halls.as_("supervisor").post(EDIT, {}).status_code == 403
