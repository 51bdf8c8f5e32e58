"""The back office's pages of purposes and retention rules."""

from __future__ import annotations

from typing import Any

import pytest

from servicehall.kernel import events
from servicehall.kernel.models import RetentionRule
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions
from servicehall.rooms.customers.models import FaceTemplate, Purpose, PurposeVersion
from tests.hall import text
from tests.rooms.customers.counter import facts, organisation, signed_in
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


def test_closing_the_purpose_of_faces_in_the_back_office_destroys_them(office: Office, settings: Any) -> None:
    settings.FACE_VERIFIER = "tests.rooms.customers.resemblance.Resemblance"
    hall, agent = office.mall, office.mall.actors["agent"]
    version = actions.add_purpose(
        organisation_id=organisation(hall), slug="face", titles=text("Faces", "人脸"), texts=text("F", "脸"),
        uses=["face"], by=SYSTEM,
    )  # fmt: skip
    wang = signed_in(hall)
    actions.verify_identity(customer_id=wang.pk, document="passport", number="E1234567", by=agent)
    actions.give_consent(customer_id=wang.pk, version_id=version.pk, by=agent)
    actions.enrol_face(customer_id=wang.pk, image=b"face:wang", by=agent)
    client, path = office.as_("chief"), f"/admin/customers/purpose/{version.purpose_id}/change/"
    form = fields(client.get(path))
    del form["is_active"]
    answer = client.post(path, form)
    assert answer.status_code == 302, errors(answer)
    assert not FaceTemplate.objects.exists()
    assert facts(hall)[-2:] == ["protection.key-destroyed", "face.forgotten"]
    last = events.after(organisation(hall), 0)[-1]
    assert (last.data["why"], last.actor_id) == ("closed", office.chief.pk)
