"""The back office's pages for places, and what holds for all of its pages: scope, record, removal."""

from __future__ import annotations

import subprocess
import sys
from datetime import time
from typing import Any

import pytest

from servicehall.kernel import events
from servicehall.kernel.errors import NotAllowed, NotFound
from servicehall.kernel.transactions import INSTALLATION
from servicehall.rooms.hall import actions
from servicehall.rooms.hall.models import Floor, OpeningHours, Organisation, Region, Site, SpecialDay, Zone
from servicehall.rooms.queueing import configuration
from servicehall.rooms.queueing.models import Counter, PriorityClass, QueueRules, Series, Service
from tests.hall import Hall, text
from tests.rooms.office import Office, errors, fields, make_office


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


def changes(site_id: Any) -> list[dict[str, Any]]:
    return [e.data for e in events.after(site_id, 0, 1000) if e.kind == "setup.changed"]


PAGES = {
    "hall.organisation": "chief",
    "hall.region": "chief",
    "hall.site": "manager",
    "hall.zone": "manager",
    "queueing.series": "manager",
    "queueing.priorityclass": "manager",
    "queueing.service": "manager",
    "queueing.counter": "manager",
    "queueing.queuerules": "manager",
    "people.staff": "manager",
    "people.skill": "chief",
    "people.apitoken": "admin",
    "feedback.rating": "manager",
}


def row_of(hall: Hall, page: str) -> Any:
    """A row of that table at the hall."""
    site = Site.objects.select_related("region__organisation").get(pk=hall.id)
    known: dict[str, Any] = {
        "hall.organisation": site.region.organisation,
        "hall.region": site.region,
        "hall.site": site,
        "hall.zone": hall.zone,
        "queueing.series": Series.objects.filter(site=site).first(),
        "queueing.priorityclass": PriorityClass.objects.filter(site=site).first(),
        "queueing.service": hall.services["consult"],
        "queueing.counter": hall.counters["1"],
        "people.staff": hall.people["agent"],
    }
    return known.get(page)


def path(page: str, row: Any = None, act: str = "") -> str:
    base = f"/admin/{page.replace('.', '/')}/"
    return base + (f"{row.pk}/{act or 'change'}/" if row else f"{act}/" if act else "")


# --- Who sees what ---------------------------------------------------------------------------------


def test_a_page_opens_for_its_least_role(office: Office) -> None:
    for page, who in PAGES.items():
        assert office.as_(who).get(path(page)).status_code == 200, page


@pytest.mark.parametrize("who", ["agent", "supervisor"])
def test_who_does_not_manage_has_no_back_office(office: Office, who: str) -> None:
    client = office.as_(who)
    for address in ("/admin/", *map(path, PAGES)):
        answer = client.get(address, follow=True)
        assert answer.status_code == 403, address
        assert "You may not do this" in answer.content.decode()


def test_nobody_signed_in_goes_to_the_staffs_sign_in(client: Any, office: Office) -> None:
    answer = client.get("/admin/queueing/service/", follow=True)
    assert answer.redirect_chain[-1] == ("/sign-in?next=/admin/queueing/service/", 302)


@pytest.mark.parametrize("act", ["change", "delete", "history"])
def test_another_sites_row_is_not_there(office: Office, act: str) -> None:
    """Not "forbidden": whoever does not work there learns nothing."""
    client = office.as_("manager")
    for page, who in PAGES.items():
        row = row_of(office.bank, page)
        if who != "manager" or row is None:
            continue
        for method in (client.get, client.post):
            answer = method(path(page, row, act))
            assert answer.status_code == 404, (page, act)
            assert "Bank" not in answer.content.decode()


def test_lists_show_the_readers_places_only(office: Office) -> None:
    for page, who in PAGES.items():
        answer = office.as_(who).get(path(page)).content.decode()
        assert "Bank hall" not in answer, page
        assert "bank-" not in answer, page
        if page != "people.skill" and (other := row_of(office.bank, page)) is not None:
            assert str(other.pk) not in answer, page


def test_choices_are_limited_to_the_rows_of_the_site(office: Office) -> None:
    """Also for somebody who manages several sites: a counter of one hall cannot stand in another's zone."""
    other, _zone = _second_site(office)
    zones = Zone.objects.exclude(site=office.mall.id).values_list("pk", flat=True)
    for page in ("hall.zone", "queueing.service", "queueing.counter", "queueing.priorityclass"):
        addresses = path(page, row_of(office.mall, page)), f"{path(page, act='add')}?site={office.mall.id}"
        for who in ("manager", "chief"):
            for address in addresses:
                body = office.as_(who).get(address).content.decode()
                for hidden in (office.bank.id, other.pk, *zones):
                    assert str(hidden) not in body, (page, who)


def _second_site(office: Office) -> tuple[Site, Zone]:
    from servicehall.kernel.rights import SYSTEM

    region = Region.objects.get(sites=office.mall.id)
    site = actions.add_site(region=region, slug="mall-two", names=text("Second hall"), by=SYSTEM)
    floor = actions.add_floor(site=site, level=0, names=text("Ground"), by=SYSTEM)
    return site, actions.add_zone(floor=floor, slug="other", names=text("Other zone"), by=SYSTEM)


def test_a_choice_from_another_site_is_refused_when_sent_by_hand(office: Office) -> None:
    client, address = office.as_("manager"), path("queueing.counter", office.mall.counters["1"])
    sent = fields(client.get(address)) | {"zone": str(office.bank.zone.pk)}
    answer = client.post(address, sent)
    assert answer.status_code == 200
    assert "Select a valid choice" in errors(answer)
    assert Counter.objects.get(pk=office.mall.counters["1"].pk).zone_id == office.mall.zone.pk


def test_a_row_cannot_be_sent_to_another_site(office: Office) -> None:
    client, address = office.as_("manager"), path("queueing.counter", office.mall.counters["1"])
    client.post(address, fields(client.get(address)) | {"site": str(office.bank.id)})
    assert Counter.objects.get(pk=office.mall.counters["1"].pk).site_id == office.mall.id


def test_the_act_itself_refuses_to_pull_a_row_over(office: Office) -> None:
    counter = Counter.objects.get(pk=office.bank.counters["1"].pk)
    counter.site_id, counter.zone_id = office.mall.id, office.mall.zone.pk
    with pytest.raises(NotFound):
        actions.save_setup(counter, by=office.mall.actors["manager"])


def test_the_first_page_of_a_manager_is_about_their_hall(office: Office) -> None:
    body = office.as_("manager").get("/admin/").content.decode()
    assert "Mall hall" in body
    assert "Bank hall" not in body
    assert "Organisations" not in body


# --- Setting places up -----------------------------------------------------------------------------


def test_a_site_is_added_with_its_hours_by_whoever_manages_the_region(office: Office) -> None:
    client, region = office.as_("chief"), Region.objects.get(sites=office.mall.id)
    sent = fields(client.get("/admin/hall/site/add/")) | {
        "region": str(region.pk),
        "names_en": "Annex",
        "names_zh_Hans": "分厅",
        "slug": "annex",
        "open_days": ["0", "2"],
        "opens": "08:30",
        "closes": "17:00",
    }
    answer = client.post("/admin/hall/site/add/", sent, follow=True)
    site = Site.objects.get(slug="annex")
    assert site.names == {"en": "Annex", "zh-Hans": "分厅"}
    assert list(OpeningHours.objects.filter(site=site).values_list("weekday", "opens", "closes")) == [
        (0, time(8, 30), time(17)),
        (2, time(8, 30), time(17)),
    ]
    assert "Annex is set up" in answer.content.decode()


def test_a_sites_manager_adds_no_sites_and_does_not_remove_theirs(office: Office) -> None:
    client = office.as_("manager")
    assert client.get("/admin/hall/site/add/").status_code == 403
    assert client.post(path("hall.site", office.mall.site, "delete"), {"post": "yes"}).status_code == 403
    region = Region.objects.get(sites=office.mall.id)
    with pytest.raises(NotFound):
        actions.save_setup(
            Site(region=region, slug="mine", names=text("Mine")), by=office.mall.actors["manager"]
        )


def test_hours_special_days_and_floors_are_saved_on_the_sites_page(office: Office) -> None:
    client, address = office.as_("manager"), path("hall.site", office.mall.site)
    sent = fields(client.get(address)) | {
        "opening_hours-0-closes": "12:00",
        "special_days-TOTAL_FORMS": "1",
        "special_days-0-site": str(office.mall.id),
        "special_days-0-date": "2026-10-01",
        "special_days-0-names_zh_Hans": "国庆节",
        "floors-TOTAL_FORMS": "2",
        "floors-1-site": str(office.mall.id),
        "floors-1-level": "1",
        "floors-1-names_en": "First",
    }
    answer = client.post(address, sent)
    assert answer.status_code == 302, errors(answer)
    assert OpeningHours.objects.get(site=office.mall.id, weekday=0).closes == time(12)
    assert SpecialDay.objects.get(site=office.mall.id).names == {"zh-Hans": "国庆节"}
    assert Floor.objects.filter(site=office.mall.id).count() == 2
    things = [(c["thing"], c["act"]) for c in changes(office.mall.id)[-3:]]
    assert things == [("hall.openinghours", "changed"), ("hall.specialday", "added"), ("hall.floor", "added")]


def test_a_wrong_field_is_explained_beside_it_and_nothing_is_saved(office: Office) -> None:
    client, address = office.as_("manager"), path("hall.site", office.mall.site)
    before = changes(office.mall.id)
    for sent, words in (
        ({"slug": "Not A Slug"}, "Use small letters, digits and single hyphens"),
        ({"names_en": "", "names_zh_Hans": ""}, "This field is required."),
        ({"temporary_from": "2026-05-02", "temporary_to": "2026-05-01"}, "The last day is before the first."),
    ):
        answer = client.post(address, fields(client.get(address)) | sent)
        assert answer.status_code == 200
        assert words in errors(answer)
    assert changes(office.mall.id) == before


def test_messages_come_in_the_readers_language(office: Office) -> None:
    client, address = office.as_("manager"), path("hall.site", office.mall.site)
    sent = fields(client.get(address)) | {"slug": "Not A Slug"}
    answer = client.post(address, sent, headers={"Accept-Language": "zh-Hans"})
    assert "小写字母" in errors(answer)


# --- Recorded, seen by all, removed with care --------------------------------------------------------


def test_a_save_is_recorded_with_who_and_what(office: Office) -> None:
    client, address = office.as_("manager"), path("hall.zone", office.mall.zone)
    client.post(address, fields(client.get(address)) | {"names_en": "Front"})
    last = events.after(office.mall.id, 0, 1000)[-1]
    assert (last.kind, last.actor_kind, last.actor_id, last.channel) == (
        "setup.changed",
        "staff",
        office.mall.people["manager"].pk,
        "admin",
    )
    assert last.data == {
        "thing": "hall.zone",
        "id": str(office.mall.zone.pk),
        "act": "changed",
        "fields": ["names"],
    }


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_a_change_at_once(database_kind: str) -> None:
    """Also one of many-to-many rows only, which Django writes after the row itself."""
    office = make_office()
    known = configuration.of_site(office.mall.id)
    client, address = office.as_("manager"), path("queueing.counter", office.mall.counters["1"])
    sent = fields(client.get(address))
    sent["stages"] = sent["stages"][:1]
    assert client.post(address, sent).status_code == 302
    assert _elsewhere(office.mall.id) == "1"
    # This process kept what it knew, and looks again by itself.
    assert len(configuration.of_site(office.mall.id).counters[office.mall.counters["1"].pk].stages) == 1
    assert len(known.counters[office.mall.counters["1"].pk].stages) == 4


def _elsewhere(site_id: Any) -> str:
    """How many stages the counter 1 serves, in the eyes of a fresh process."""
    import os

    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    url = (
        f"sqlite:///{name.removeprefix('/')}"
        if connection.vendor == "sqlite"
        else os.environ["DATABASE_URL"].replace("/servicehall?", f"/{name}?")
    )
    code = (
        "import django; django.setup()\n"
        "from uuid import UUID\n"
        "from servicehall.rooms.queueing import configuration\n"
        f"setup = configuration.of_site(UUID('{site_id}'))\n"
        "print(len(setup.counter('1').stages))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_what_is_in_use_stays_and_says_by_what(office: Office) -> None:
    office.mall.issue()
    client = office.as_("manager")
    for page, row, user in (
        ("queueing.service", office.mall.services["consult"], "tickets"),
        ("hall.zone", office.mall.zone, "counters"),
        (
            "queueing.priorityclass",
            PriorityClass.objects.get(site=office.mall.id, is_default=True),
            "tickets",
        ),
    ):
        answer = client.post(path(page, row, "delete"), {"post": "yes"}, follow=True)
        assert f"still used by: {user}" in answer.content.decode()
        assert type(row).objects.filter(pk=row.pk).exists()


def test_what_is_free_is_removed_and_recorded(office: Office) -> None:
    client, service = office.as_("manager"), office.mall.services["loan"]
    page = client.get(path("queueing.service", service, "delete"))
    assert "1" in str(dict(page.context["model_count"]))
    assert client.post(path("queueing.service", service, "delete"), {"post": "yes"}).status_code == 302
    assert not Service.objects.filter(pk=service.pk).exists()
    assert changes(office.mall.id)[-1]["act"] == "removed"


def test_rows_of_several_sites_are_added_for_a_chosen_one(office: Office) -> None:
    other, _zone = _second_site(office)
    client = office.as_("chief")
    page = client.get("/admin/queueing/series/add/").content.decode()
    assert "Which site is the new number series for?" in page
    assert "Bank hall" not in page
    assert client.get(f"/admin/queueing/series/add/?site={office.bank.id}").status_code == 404
    address = f"/admin/queueing/series/add/?site={other.pk}"
    assert client.post(address, fields(client.get(address)) | {"prefix": "Z"}).status_code == 302
    assert Series.objects.get(prefix="Z").site_id == other.pk


def test_regions_belong_to_the_readers_organisation(office: Office) -> None:
    client = office.as_("chief")
    own = Organisation.objects.get(slug="mall-group")
    page = client.get("/admin/hall/region/add/")
    assert "bank-group" not in page.content.decode()
    sent = fields(page) | {"organisation": str(own.pk), "names_en": "West", "slug": "west"}
    assert client.post("/admin/hall/region/add/", sent).status_code == 302
    assert changes(INSTALLATION)[-1]["thing"] == "hall.region"
    other = Organisation.objects.get(slug="bank-group")
    with pytest.raises((NotFound, NotAllowed)):
        actions.save_setup(Region(organisation=other, slug="x", names=text("X")), by=_actor(office.chief))


def _actor(person: Any) -> Any:
    from servicehall.rooms.people import queries

    return queries.actor_of(person)


def test_rules_are_added_once_a_site(office: Office) -> None:
    client = office.as_("manager")
    page = client.get("/admin/queueing/queuerules/add/")
    sent = fields(page) | {"announce_languages": ["zh-Hans"], "near_places": "5"}
    assert client.post("/admin/queueing/queuerules/add/", sent).status_code == 302
    assert QueueRules.objects.get(site=office.mall.id).announce_languages == ["zh-Hans"]
    assert client.get("/admin/queueing/queuerules/add/").status_code == 403
