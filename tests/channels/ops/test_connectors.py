"""Connectors in operations and in the back office: seen by managers, set up and tried out by administrators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from servicehall.kernel.models import Event
from servicehall.rooms.connectors import breaker
from servicehall.rooms.connectors.models import Call, Connector
from tests.channels.ops.watching import Halls
from tests.confirming import Confirming
from tests.hall import make_hall
from tests.rooms.connectors.sample import SECRET, Line, Sample, connect, fields
from tests.rooms.connectors.test_setup import chief_of
from tests.rooms.office import errors
from tests.rooms.office import fields as form_of


@pytest.fixture
def sample(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sample]:
    settings.CONNECTOR_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setenv("SERVICEHALL_CONNECTOR_SECRET_MALL_GROUP__BACK_OFFICE", SECRET)
    breaker.forget()
    found = Sample()
    yield found
    found.close()


@pytest.fixture
def halls(db: None) -> Halls:
    return Halls(make_hall("mall"), make_hall("bank"), None, {})


@pytest.fixture
def line(halls: Halls, sample: Sample) -> Line:
    return connect(sample, halls.mall)


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def test_managers_see_how_it_goes_and_why_it_does_not(halls: Halls, line: Line) -> None:
    line.sample.behave(failing=1, status=502)
    with pytest.raises(Exception, match="cannot be reached"):
        line.call("findMember", phone="13800006621")
    line.sample.behave()
    line.call("findMember", phone="13800006621")
    page = shown(halls.as_("manager"), "/ops/mall/connectors")
    assert "Back office" in page
    assert "50.0 %" in page
    page = shown(halls.as_("manager"), f"/ops/mall/connectors/{line.connector.pk}")
    for words in ("findMember", "502", "It answered with a fault of its own.", "calls go through"):
        assert words in page
    assert "13800006621" not in page
    assert "Try it" not in page
    assert halls.as_("manager").get("/ops/connectors")["Location"] == "/ops/mall/connectors"
    assert "/ops/mall/connectors" in shown(halls.as_("manager"), "/ops/mall")


def test_a_system_that_is_left_alone_is_marked(halls: Halls, line: Line) -> None:
    line.connector.faults_to_open = 1
    line.sample.behave(failing=1)
    with pytest.raises(Exception, match="cannot be reached"):
        line.call("memberTiers")
    assert "left alone" in shown(halls.as_("manager"), "/ops/mall/connectors")


def test_an_administrator_tries_a_reading_operation_out(halls: Halls, line: Line) -> None:
    where = f"/ops/mall/connectors/{line.connector.pk}/try?operation=findAccount"
    client = halls.as_("admin")
    assert "Try it" in shown(client, f"/ops/mall/connectors/{line.connector.pk}")
    assert 'name="in-number"' in shown(client, where)
    assert client.post(where, {}).status_code == 422
    page = client.post(where, {"in-number": "10023345"}).content.decode()
    assert "陈静" in page
    assert "1 try" in page
    page = client.post(where, {"in-number": "<b>9"}).content.decode()
    assert "account-unknown: There is no account of this number." in page
    assert "<b>9" not in page
    assert Event.objects.filter(kind="connector.tried").count() == 2
    day = f"/ops/mall/connectors/{line.connector.pk}/try?operation=listSlots"
    answer = client.post(day, {"in-doctor": "d101", "in-day": "tomorrow"})
    assert answer.status_code == 422
    assert "pattern" in answer.content.decode()
    line.sample.behave(lying=1)
    page = client.post(where, {"in-number": "10023345"}).content.decode()
    assert "cannot be understood" in page


def test_nothing_else_is_tried_and_by_nobody_else(halls: Halls, line: Line) -> None:
    base = f"/ops/mall/connectors/{line.connector.pk}"
    assert halls.as_("admin").post(f"{base}/try?operation=payBill", {}).status_code == 404
    assert halls.as_("admin").post(f"{base}/try?operation=nothing", {}).status_code == 404
    assert halls.as_("manager").post(f"{base}/try?operation=findAccount", {}).status_code == 403
    assert halls.as_("supervisor").get(base).status_code == 403
    other = halls.as_("admin", halls.bank)
    assert other.get(base).status_code == 404
    assert other.get(f"/ops/bank/connectors/{line.connector.pk}").status_code == 404
    assert not Call.objects.exists()


def test_the_number_of_queries_does_not_grow(
    halls: Halls, line: Line, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        connect(line.sample, halls.mall, slug=f"another-{number}")
    client = halls.as_("manager")
    client.get("/ops/mall/connectors")
    with django_assert_max_num_queries(17):
        client.get("/ops/mall/connectors")


def browser(halls: Halls) -> Client:
    """Of an administrator of the mall's organisation, who confirms."""
    from servicehall.rooms.people.models import Staff

    client = Confirming(headers={"Accept-Language": "en"})
    client.force_login(Staff.objects.get(pk=chief_of(halls.mall.site).id))
    return client


def test_a_connector_is_added_changed_and_removed_in_the_back_office(halls: Halls, sample: Sample) -> None:
    client = browser(halls)
    add = "/admin/connectors/connector/add/"
    form = form_of(client.get(add))
    given = fields(sample.url)
    names, document = given.pop("names"), given.pop("definition")
    import json

    form |= {
        **given,
        "definition": json.dumps(document),
        "names_en": names["en"],
        "names_zh-Hans": names["zh-Hans"],
    }
    form |= {
        key: names[key.rpartition("_")[2]] for key in form if key.startswith("names_") and key[6:] in names
    }
    form["organisation"] = str(halls.mall.site.region.organisation_id)
    wrong = client.post(add, {**form, "allowed_hosts": "example.com", "definition": "{}"})
    assert "Allow the host of the address: 127.0.0.1" in errors(wrong)
    assert "not an OpenAPI 3 document" in errors(wrong)
    assert client.post(add, form).status_code == 302, errors(client.post(add, form))
    made = Connector.objects.get()
    assert made.definition == document
    assert Event.objects.filter(kind="connector.added").count() == 1
    change = f"/admin/connectors/connector/{made.pk}/change/"
    assert client.post(change, {**form_of(client.get(change)), "rest_seconds": "60"}).status_code == 302
    assert Connector.objects.get().rest_seconds == 60
    [changed] = Event.objects.filter(kind="connector.changed")
    assert changed.data["fields"] == ["rest_seconds"]
    assert client.post(f"/admin/connectors/connector/{made.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Connector.objects.exists()


def test_others_find_no_connector_in_the_back_office(halls: Halls, line: Line) -> None:
    change = f"/admin/connectors/connector/{line.connector.pk}/change/"
    for who in ("agent", "manager"):
        assert halls.as_(who).get(change).status_code in {302, 403, 404}
    assert halls.as_("admin", halls.bank).get(change).status_code == 404
