"""Requests under way in operations: who sees them, what a dry run says, taking over, giving back, the last day of a version, or of a service."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock, timers
from servicehall.kernel.rights import SYSTEM, customer
from servicehall.rooms.people import actions as people
from servicehall.rooms.people.models import Staff
from servicehall.rooms.services import actions, queries
from servicehall.rooms.services.models import Flow, Instance, Publication
from tests.channels.ops.test_services import LIST, TEXT, at, flow_of, follow, shown
from tests.channels.ops.watching import Halls
from tests.hall import MORNING, make_hall, minutes
from tests.rooms.connectors.test_setup import chief_of

NEWER = TEXT.replace("Read this", "Please read this")
SHORTER = TEXT.replace("inform: first", "inform: other")
LONGER = TEXT.replace("  - end: done", "  - inform: second\n    title: {en: B, zh-Hans: 乙}\n  - end: done")
TRIAL = TEXT.replace(
    "channels:", "experiment: {name: greeting, variants: {plain: 1, warm: 1}}\nchannels:"
).replace(
    "    title: {en: Read this, zh-Hans: 请阅读}\n",
    "    title: {en: Read this, zh-Hans: 请阅读}\n    variants: {warm: {title: {en: Welcome, zh-Hans: 欢迎}}}\n",
)


@pytest.fixture
def halls(db: None) -> Any:
    with clock.at(MORNING):
        yield Halls(make_hall("mall"), make_hall("bank"), None, {})


def writer(halls: Halls) -> Client:
    """Somebody with a role at the organisation."""
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(Staff.objects.get(pk=chief_of(halls.mall.site).id))
    return client


def begun(halls: Halls, flow: Flow, count: int = 1) -> list[Instance]:
    guest = customer("phone")
    return [
        actions.begin(site_id=halls.mall.site.pk, flow=flow.slug, channel="phone", by=guest).instance
        for _ in range(count)
    ]


def two_versions(halls: Halls, second: str = NEWER, first: str = TEXT) -> tuple[Flow, list[Instance]]:
    flow = flow_of(halls, first)
    actions.publish(flow_id=flow.pk, by=SYSTEM, at=minutes(-60))
    rows = begun(halls, flow, 3)
    actions.save_draft(flow_id=flow.pk, text=second, number=1, by=SYSTEM)
    actions.publish(flow_id=flow.pk, by=SYSTEM)
    return flow, rows


def numbers(rows: list[Instance]) -> set[int]:
    return set(
        Instance.objects.filter(pk__in=[one.pk for one in rows]).values_list("version__number", flat=True)
    )


def sent(client: Client, flow: Flow, status: int = 303, **values: object) -> str:
    answer = client.post(at(flow, "upgrade"), values)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_dry_run_is_shown_and_done_when_somebody_says_so(halls: Halls) -> None:
    flow, rows = two_versions(halls)
    client = writer(halls)
    page = shown(client, at(flow, "upgrade"))
    assert "<strong>3</strong> requests would go over" in page
    assert numbers(rows) == {1}
    sent(client, flow, act="upgrade", to=2)
    assert "It has begun at 1 hall" in shown(client, at(flow, "upgrade"))
    while timers.run_due():
        pass
    assert numbers(rows) == {2}
    page = shown(client, at(flow, "upgrade"))
    assert "Nobody is half-way through an older version." in page
    assert "Give back…" in page
    sent(client, flow, act="revert", to=2)
    while timers.run_due():
        pass
    assert numbers(rows) == {1}


def test_why_requests_stay_is_said_in_the_readers_language(halls: Halls) -> None:
    flow, (row, *_others) = two_versions(halls, SHORTER, LONGER)
    actions.submit(instance_id=row.pk, step="first", revision=0, answer=True, by=customer("phone"))
    client = writer(halls)
    page = shown(client, at(flow, "upgrade"))
    assert "An answer would be lost or asked for again." in page
    assert "<code>first</code>" in page
    assert (
        "会丢失已填内容"
        in client.get(at(flow, "upgrade"), headers={"Accept-Language": "zh-hans"}).content.decode()
    )


def test_the_last_day_of_a_version_is_set_and_taken_back(halls: Halls) -> None:
    flow, _rows = two_versions(halls)
    client = writer(halls)
    assert "This moment is over" in sent(client, flow, 422, act="lasts", version=1, until="2020-01-01T10:00")
    assert "Enter a valid date/time" in sent(client, flow, 422, act="lasts", version=1, until="soon")
    sent(client, flow, act="lasts", version=1, until="2027-01-01T10:00")
    assert "2027-01-01 10:00" in shown(client, at(flow, "upgrade"))
    sent(client, flow, act="lasts", version=1, until="")
    assert not flow.versions.exclude(retires_at=None).exists()


def test_an_experiment_has_its_table(halls: Halls) -> None:
    flow = flow_of(halls, TRIAL)
    actions.publish(flow_id=flow.pk, by=SYSTEM)
    begun(halls, flow, 4)
    page = shown(writer(halls), at(flow, "upgrade"))
    assert "Experiment “greeting”" in page
    assert "warm" in page


def test_odd_wishes_are_refused_and_nothing_goes_over(halls: Halls) -> None:
    flow, rows = two_versions(halls)
    client = writer(halls)
    for values in ({"act": "upgrade"}, {"act": "nothing", "to": 2}, {"act": "upgrade", "to": "x"}, {}):
        sent(client, flow, 422, **values)
    sent(client, flow, 404, act="upgrade", to=9)
    assert numbers(rows) == {1}
    manager = Client()
    manager.force_login(
        people.add_staff(
            username="at-the-site", names={"en": "M"}, password="a long enough password", by=SYSTEM,
            roles=[people.RoleAt("manager", site=halls.mall.site.pk)], check_password=False,
        )
    )  # fmt: skip
    assert "Take them over…" not in shown(manager, at(flow, "upgrade"))
    assert manager.post(at(flow, "upgrade"), {"act": "upgrade", "to": 2}).status_code == 403


def test_the_page_makes_as_many_queries_with_many_requests(
    halls: Halls, django_assert_max_num_queries: Any
) -> None:
    flow, _rows = two_versions(halls)
    client = writer(halls)
    shown(client, at(flow, "upgrade"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        shown(client, at(flow, "upgrade"))
    begun(halls, flow, 5)
    with django_assert_max_num_queries(len(few)):
        shown(client, at(flow, "upgrade"))


def test_a_service_is_withdrawn_from_a_moment_on(halls: Halls) -> None:
    who, flow = writer(halls), flow_of(halls)
    actions.publish(flow_id=flow.pk, by=SYSTEM)
    late = {"act": "withdraw", "when": "later"}
    for moment, words in (("", "Say the day and the time."), ("2020-01-01T08:00", "This moment is past.")):
        assert words in follow(who, at(flow, "act"), {**late, "from_at": moment})
    assert Publication.objects.count() == 1
    page = follow(who, at(flow, "act"), {**late, "from_at": "2099-01-01T08:00"})
    assert "Nobody can begin this service from" in page
    assert "Withdrawn from 2099-01-01 08:00" in page
    assert "withdrawn from 2099-01-01 08:00" in shown(who, LIST)
    assert "The service is withdrawn from 2099-01-01 08:00 on" in shown(who, at(flow, "publish"))
    assert len(queries.offered(flow.organisation_id)) == 1
