"""Customers' own pages and the pages about them in Chromium: axe finds nothing in both languages; one whole story."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.customers import actions
from tests.channels.portal.pocket import Pocket
from tests.chromium import violations
from tests.hall import text
from tests.rooms.customers.counter import NUMBER, code_for, organisation

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

PICTURES = os.environ.get("SERVICEHALL_PICTURES", "")
"""A folder for pictures of every page, for looking at them."""


def seen(page: Any, name: str, language: str) -> list[Any]:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.{language}.png", full_page=True)
    return [(name, language, fault) for fault in violations(page)]


LANGUAGES = {"en": NUMBER, "zh-Hans": "139 0000 0000"}


def test_a_customer_signs_in_agrees_takes_a_ticket_and_asks_to_be_erased(pocket: Pocket) -> None:
    tenant = organisation(pocket.hall)
    actions.add_purpose(
        organisation_id=tenant, slug="news", titles=text("News of our services", "服务消息"),
        texts=text("We write to you about new services, at most once a month.", "我们每月至多一次向您介绍新服务。"),
        uses=["name", "email"], by=SYSTEM,
    )  # fmt: skip
    ask_by_a_form(pocket, "own-page")
    assert [fault for language in LANGUAGES for fault in story(pocket, language)] == []


def ask_by_a_form(pocket: Pocket, step: str) -> None:
    """Name, e-mail (news only) and a question in own words."""
    add: dict[str, Any] = {"organisation_id": organisation(pocket.hall), "by": SYSTEM}
    words: dict[str, Any] = {
        "titles": text("To serve you", "为您服务"),
        "texts": text("We address you by it.", "我们用它来称呼您。"),
    }
    serve = actions.add_purpose(slug="serve", uses=["name", "words"], basis="service", **words, **add)
    news = actions.add_purpose(
        slug="news", titles=text("News of our services", "服务消息"), uses=["name", "email"],
        texts=text("We write to you about new services, at most once a month.", "我们每月至多一次向您介绍新服务。"), **add,
    )  # fmt: skip
    needs: dict[str, Any] = {
        "key": "own-needs",
        "field": "words",
        "labels": text("Any needs?", "有什么需要我们注意的吗？"),
    }
    questions: list[dict[str, Any]] = [
        {"key": "name", "field": "name", "required": True},
        {"key": "email", "field": "email"},
        needs,
    ]
    draft = actions.draft_form(
        step=step, questions=questions, purposes=[serve.purpose_id, news.purpose_id], **add
    )
    actions.publish_form(version_id=draft.pk, by=SYSTEM)


def story(pocket: Pocket, language: str) -> list[Any]:
    """One customer's way through their own pages; what axe finds on them."""
    number = LANGUAGES[language]
    phone = pocket.open("/me?hall=mall", language=language)
    page = phone.page
    faults: list[Any] = []
    faults += seen(page, "me-sign-in", language)
    page.locator("#address").fill("none")
    page.locator("main form button[type=submit]").first.click()
    page.locator(".error-summary").wait_for()
    faults += seen(page, "me-sign-in-wrong", language)
    page.locator("#address").fill(number)
    page.locator("main form button[type=submit]").first.click()
    page.locator("#code").wait_for()
    faults += seen(page, "me-code", language)
    page.locator("#code").fill(code_for(pocket.hall))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/me/register")
    faults += seen(page, "me-register", language)
    page.locator("main form button[type=submit]").first.click()
    page.locator(".error-summary").wait_for()
    faults += seen(page, "me-register-wrong", language)
    page.locator("#name").fill("王晓明")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/me")
    page.goto(f"{pocket.url}/me/edit")
    page.locator("#name").fill("王小明")
    faults += seen(page, "me-edit", language)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/me")
    page.goto(f"{pocket.url}/s/mall/take/consult")
    page.locator(".phone-actions button").click()
    page.wait_for_url("**/t/*")
    page.goto(f"{pocket.url}/me")
    assert re.search("A00[12]", page.inner_text("main"))
    faults += seen(page, "me-record", language)
    page.goto(f"{pocket.url}/me/privacy")
    page.locator("button[name=version]").click()
    page.locator("a[href*='receipt']").wait_for()
    page.locator("button[name=wanted][value=yes]").click()
    page.locator("button[name=wanted][value=no]").wait_for()
    faults += seen(page, "me-privacy", language)
    page.locator("details:has(#c-wish) summary").click()
    faults += seen(page, "me-privacy-correction", language)
    page.locator("#c-wish").fill("13900000000")
    page.locator("#c-wish").press("Tab")
    page.locator("details button[type=submit]").click()
    page.locator("form[action$=correction] button[name=withdraw]").wait_for()
    faults += seen(page, "me-privacy-corrections", language)
    page.goto(f"{pocket.url}/me/privacy/data")
    faults += seen(page, "me-export", language)
    page.goto(f"{pocket.url}/me/contact")
    faults += seen(page, "me-contact", language)
    return faults


def test_pages_of_staff_about_customers(pocket: Pocket, settings: Any) -> None:
    from django.test import Client

    tenant = organisation(pocket.hall)
    add: dict[str, Any] = {"organisation_id": tenant, "by": SYSTEM}
    wang = actions.add_customer(
        fields={"name": "王小明", "phone": NUMBER, "email": "wang@example.com"}, **add
    )
    twin = actions.add_customer(fields={"name": "Wang Xiaoming", "phone": NUMBER}, **add)
    other = actions.add_customer(fields={"name": "李静", "phone": NUMBER, "address": "建国路 1 号"}, **add)
    actions.verify_identity(
        customer_id=wang.pk, document="resident-id", number="11010519491231002x", by=SYSTEM
    )
    actions.add_purpose(
        organisation_id=tenant, slug="news", titles=text("News", "服务消息"), texts=text("We write.", "我们给您写信。"),
        uses=["email"], by=SYSTEM,
    )  # fmt: skip
    actions.send_code(organisation_id=tenant, address=NUMBER, client="1", by=SYSTEM)
    actions.ask_erasure(customer_id=twin.pk, by=SYSTEM)
    actions.ask_correction(customer_id=wang.pk, field="notes", wish="慢一点说", by=SYSTEM)
    actions.restrict_use(customer_id=twin.pk, restricted=True, by=SYSTEM)
    with_a_reader_and_faces(tenant, wang.pk, settings)
    pocket.hall.issue(customer_id=wang.pk)
    actions.join_customers(kept_id=wang.pk, gone_id=other.pk, by=SYSTEM)
    ask_by_a_form(pocket, "desk-new")
    client = Client()
    client.force_login(pocket.hall.people["manager"])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    faults: list[Any] = []
    pages = {
        "desk-customers": "/desk/mall/customers",
        "desk-customer": f"/desk/mall/customers/{wang.pk}",
        "desk-customer-new": "/desk/mall/customers/new",
        "ops-duplicates": "/ops/mall/duplicates",
        "ops-compare": f"/ops/mall/duplicates/compare?one={wang.pk}&other={twin.pk}",
        "ops-erasures": "/ops/mall/erasures",
        "ops-corrections": "/ops/mall/corrections",
        "ops-forms": "/ops/mall/forms",
        "ops-form": "/ops/mall/forms/desk-new",
        "ops-mailbox": "/ops/mall/mailbox",
    }
    for language in LANGUAGES:
        phone = pocket.open("/sign-in", language=language, size=(1440, 900))
        phone.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": pocket.url}]
        )
        for name, path in pages.items():
            answer = phone.page.goto(pocket.url + path)
            assert answer is not None
            assert answer.status == 200, path
            faults += seen(phone.page, name, language)
        phone.page.goto(f"{pocket.url}/ops/mall/corrections")
        phone.page.locator("main button[name=request]").click()
        phone.page.locator("button[value=correct]").wait_for()
        faults += seen(phone.page, "ops-correction", language)
    assert faults == []


def with_a_reader_and_faces(tenant: Any, customer: Any, settings: Any) -> None:
    """A card reader at the desk, a verifier of faces, and the customer's consent to it."""
    settings.ID_READERS = [("mall", "Reader 1", "tcp://127.0.0.1:9")]
    settings.FACE_VERIFIER = "tests.rooms.customers.resemblance.Resemblance"
    face = actions.add_purpose(
        organisation_id=tenant, slug="face", titles=text("Comparing faces", "人脸比对"), uses=["face"], by=SYSTEM,
        texts=text("We compare your face with a template.", "我们将您的面部与模板比对。"),
    )  # fmt: skip
    actions.give_consent(customer_id=customer, version_id=face.pk, by=SYSTEM)
