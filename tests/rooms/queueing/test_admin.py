"""The back office's pages of the queue's setup: services with stages, counters, classes, rules."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicehall.kernel import events
from servicehall.rooms.queueing import configuration
from servicehall.rooms.queueing.models import Counter, PriorityClass, QueueRules, Series, Service, Stage
from tests.rooms.office import Office, errors, fields, make_office

ADD = "/admin/queueing/service/add/"


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


def page_of(row: Any) -> str:
    return f"/admin/queueing/{row._meta.model_name}/{row.pk}/change/"


def save(client: Any, address: str, **changed: Any) -> Any:
    return client.post(address, fields(client.get(address)) | changed)


def test_a_service_is_added_and_can_be_served_at_once(office: Office) -> None:
    client, counter = office.as_("manager"), office.mall.counters["1"]
    series = Series.objects.get(site=office.mall.id, prefix="A")
    answer = save(
        client, ADD, names_en="Gifts", slug="gifts", icon="gift", series=str(series.pk), expected_minutes="4"
    )
    assert answer.status_code == 302, errors(answer)
    service = Service.objects.get(slug="gifts")
    stage = Stage.objects.get(service=service)
    # It was given no stage, and has one of its own name.
    assert (stage.position, stage.names) == (1, {"en": "Gifts"})
    ticked = [str(s.pk) for s in counter.stages.all()] + [str(stage.pk)]
    assert save(client, page_of(counter), stages=ticked).status_code == 302
    office.mall.open()
    office.mall.issue("gifts")
    assert office.mall.next().service_id == service.pk


def test_stages_are_added_with_skills_and_change_places(office: Office) -> None:
    from servicehall.rooms.people.models import Skill

    client, service = office.as_("manager"), office.mall.services["refund"]
    skill = Skill.objects.get(slug="lending")
    answer = save(
        client,
        page_of(service),
        **{
            "stages-0-position": "2",
            "stages-1-position": "1",
            "stages-TOTAL_FORMS": "3",
            "stages-2-position": "3",
            "stages-2-names_en": "Advice",
            "stages-2-skills": [str(skill.pk)],
            "stages-2-service": str(service.pk),
        },
    )
    assert answer.status_code == 302, errors(answer)
    names = [s.names["en"] for s in configuration.of_site(office.mall.id).services[service.pk].stages]
    assert names == ["Cashier", "Check", "Advice"]
    assert configuration.of_site(office.mall.id).services[service.pk].stages[2].skills == {skill.pk}


def test_a_stage_in_use_stays(office: Office) -> None:
    office.mall.issue("refund")
    service = office.mall.services["refund"]
    answer = save(office.as_("manager"), page_of(service), **{"stages-0-DELETE": "on"})
    assert "still used by: tickets" in errors(answer)
    assert Stage.objects.filter(service=service).count() == 2


def test_the_last_stage_cannot_go_without_another(office: Office) -> None:
    """A service without a stage could be chosen and never be served."""
    service = office.mall.services["loan"]
    assert save(office.as_("manager"), page_of(service), **{"stages-0-DELETE": "on"}).status_code == 302
    assert [s.names for s in Stage.objects.filter(service=service)] == [service.names]


def test_limits_are_explained_beside_the_field(office: Office) -> None:
    client, service = office.as_("manager"), office.mall.services["consult"]
    for changed, words in (
        ({"expected_minutes": "0"}, "greater than or equal to 0.1"),
        ({"slug": "refund"}, "already exists"),
        ({"icon": "no-such-icon"}, "Select a valid choice"),
    ):
        answer = save(client, page_of(service), **changed)
        assert answer.status_code == 200
        assert words in errors(answer)


def test_a_site_has_one_ordinary_class(office: Office) -> None:
    client, other = office.as_("manager"), PriorityClass.objects.get(site=office.mall.id, key="vip")
    answer = save(client, page_of(other), is_default="on")
    assert "Standard is the ordinary class of this site" in errors(answer)


def test_a_counters_label_is_once_a_site(office: Office) -> None:
    client = office.as_("manager")
    answer = save(client, page_of(office.mall.counters["2"]), label="1")
    assert answer.status_code == 200
    assert Counter.objects.get(pk=office.mall.counters["2"].pk).label == "2"


def test_languages_of_the_voice_are_ticked(office: Office) -> None:
    client = office.as_("manager")
    assert save(client, "/admin/queueing/queuerules/add/", announce_languages=["en"]).status_code == 302
    rules = QueueRules.objects.get(site=office.mall.id)
    assert rules.announce_languages == ["en"]
    assert save(client, page_of(rules), announce_languages=[]).status_code == 302
    rules.refresh_from_db()
    assert rules.announce_languages == []
    assert configuration.of_site(office.mall.id).rules.announce_languages == []


def test_many_to_many_rows_are_named_in_the_record(office: Office) -> None:
    counter = office.mall.counters["1"]
    client = office.as_("manager")
    sent = fields(client.get(page_of(counter)))
    client.post(page_of(counter), sent | {"stages": sent["stages"][1:]})
    assert events.after(office.mall.id, 0, 1000)[-1].data["fields"] == ["stages"]


def test_nothing_changed_leaves_no_record(office: Office) -> None:
    before = events.last_seq(office.mall.id)
    assert save(office.as_("manager"), page_of(office.mall.services["refund"])).status_code == 302
    assert events.last_seq(office.mall.id) == before


def test_a_list_takes_the_same_queries_for_few_rows_and_many(office: Office) -> None:
    client, pages = office.as_("manager"), ("service", "counter", "series", "priorityclass", "queuerules")

    def queries() -> list[int]:
        counts = []
        for page in pages:
            with CaptureQueriesContext(connection) as seen:
                assert client.get(f"/admin/queueing/{page}/").status_code == 200
            counts.append(len(seen))
        return counts

    queries()  # the first page of a session asks for more
    few = queries()
    series = Series.objects.get(site=office.mall.id, prefix="A")
    for number in range(30):
        service = Service.objects.create(
            site=office.mall.site, slug=f"s{number}", names={"en": f"S{number}"}, series=series
        )
        Stage.objects.create(service=service, names={"en": "Stage"})
        Counter.objects.create(
            site=office.mall.site, zone=office.mall.zone, label=f"x{number}", names={"en": f"X{number}"}
        )
    assert queries() == few
    assert max(few) <= 22
