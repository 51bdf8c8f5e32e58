"""The back office's pages of purposes and retention rules."""

from __future__ import annotations

import pytest

from servicehall.kernel.models import RetentionRule
from servicehall.rooms.customers.models import Purpose, PurposeVersion
from tests.rooms.office import Office, errors, fields, make_office

ADD = "/admin/customers/purpose/add/"


@pytest.fixture
def office(db: None) -> Office:
    return make_office()


def test_a_purpose_is_added_with_a_wording_in_both_languages(office: Office) -> None:
    client = office.as_("chief")
    organisation = str(office.mall.site.region.organisation_id)
    form = fields(client.get(ADD)) | {
        "organisation": organisation,
        "slug": "news",
        "uses": ["name", "email"],
        "versions-TOTAL_FORMS": "1",
        "versions-0-titles_zh_Hans": "消息",
        "versions-0-titles_en": "News",
        "versions-0-texts_zh_Hans": "我们给您写信。",
        "versions-0-texts_en": "We write to you.",
    }
    answer = client.post(ADD, form | {"versions-0-texts_zh_Hans": ""})
    assert answer.status_code == 200
    assert "every language" in errors(answer)
    answer = client.post(ADD, form)
    assert answer.status_code == 302, errors(answer)
    purpose = Purpose.objects.get()
    assert purpose.uses == ["name", "email"]
    assert PurposeVersion.objects.get().number == 1
    page = client.get(f"/admin/customers/purpose/{purpose.pk}/change/")
    assert "我们给您写信。" in page.content.decode()
    assert (
        office.as_("manager", office.bank).get(f"/admin/customers/purpose/{purpose.pk}/change/").status_code
        == 404
    )


def test_a_retention_rule_is_of_a_known_kind(office: Office) -> None:
    client = office.as_("chief")
    path = "/admin/kernel/retentionrule/add/"
    assert client.post(path, {"kind": "nonsense", "days": "3"}).status_code == 200
    assert client.post(path, {"kind": "queueing.notes", "days": "30"}).status_code == 302
    assert RetentionRule.objects.get().days == 30
