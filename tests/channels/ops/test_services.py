"""Services in operations: written, looked through, published now or later, taken back, compared, as files; by whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.services import actions
from servicehall.rooms.services.models import Flow
from tests.channels.ops.watching import Halls
from tests.hall import MORNING, make_hall
from tests.rooms.connectors.test_setup import chief_of

TEXT = """flow: lost
name: {en: Report a loss, zh-Hans: 遗失登记}
category: found
channels: [phone, desk]
steps:
  - inform: first
    title: {en: Read this, zh-Hans: 请阅读}
  - end: done
    title: {en: Thanks, zh-Hans: 谢谢}
"""
OTHER = TEXT.replace("Read this", "Please read this")


@pytest.fixture
def halls(db: None) -> Any:
    with clock.at(MORNING):
        yield Halls(make_hall("mall"), make_hall("bank"), None, {})


def writer(halls: Halls, language: str = "en") -> Client:
    """Somebody with a role at the organisation."""
    from servicehall.rooms.people.models import Staff

    client = Client(headers={"Accept-Language": language})
    client.force_login(Staff.objects.get(pk=chief_of(halls.mall.site).id))
    return client


def flow_of(halls: Halls, text: str = TEXT, slug: str = "lost") -> Flow:
    organisation = halls.mall.site.region.organisation_id
    return actions.create_flow(organisation_id=organisation, slug=slug, text=text, by=SYSTEM)


def shown(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


def at(flow: Flow, page: str = "") -> str:
    return f"/ops/mall/services/{flow.pk}{f'/{page}' if page else ''}"


def test_all_pages_of_a_service_open(halls: Halls) -> None:
    flow = flow_of(halls)
    client = writer(halls)
    for path in (
        "/ops/mall/services",
        "/ops/mall/services/add",
        at(flow),
        at(flow, "text"),
        at(flow, "compare"),
        at(flow, "publish"),
    ):
        shown(client, path)
