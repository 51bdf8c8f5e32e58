"""A hall of one's own from nothing: what the back office shows before anything is set up."""

from __future__ import annotations

import pytest
from django.test import Client

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import actions
from servicehall.rooms.people import actions as people
from servicehall.rooms.queueing.models import PriorityClass, Service
from tests.hall import text
from tests.rooms.office import Office, fields, make_office


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


def test_an_administrator_of_an_empty_installation_finds_regions_and_sites(db: None) -> None:
    organisation = actions.add_organisation(slug="main", names=text("Main"), by=SYSTEM)
    chief = people.add_staff(
        username="first",
        names=text("First"),
        password="a long enough password",
        by=SYSTEM,
        roles=[people.RoleAt("admin", organisation=organisation.pk)],
    )
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(chief)
    body = client.get("/admin/").content.decode()
    assert "/admin/hall/region/" in body
    assert client.get("/admin/hall/region/").status_code == 200
    assert "/admin/hall/site/" not in body
    actions.add_region(organisation=organisation, slug="east", names=text("East"), by=SYSTEM)
    assert '"/admin/hall/site/"' in client.get("/admin/").content.decode()
    assert client.get("/admin/hall/site/").status_code == 200


def test_the_checklist_ticks_nothing_that_cannot_be_judged_yet(office: Office) -> None:
    Service.objects.filter(site=office.mall.id).update(is_active=False)
    body = office.as_("manager").get("/admin/").content.decode()
    assert "Add what customers come for." in body
    assert "Counters for every service" not in body


def test_the_first_class_of_a_site_is_proposed_as_the_ordinary_one(office: Office) -> None:
    client, address = office.as_("manager"), "/admin/queueing/priorityclass/add/"
    assert "is_default" not in fields(client.get(address))
    PriorityClass.objects.filter(site=office.mall.id).update(is_default=False)
    assert fields(client.get(address))["is_default"] == ["on"]


def test_a_password_that_is_too_short_is_explained_in_chinese(office: Office) -> None:
    client = office.as_("chief")
    sent = {"old": "a long enough password", "new": "12345", "again": "12345"}
    page = client.post("/account/password", sent, headers={"Accept-Language": "zh-Hans"}).content.decode()
    assert "密码太短，至少需要 12 个字符。" in page
