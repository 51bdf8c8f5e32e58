"""Bringing what is no words, on the phone: a photo, a signature, a code in front of the camera, a time to come."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.connectors import actions as connectors
from servicehall.rooms.customers import actions as customers
from servicehall.rooms.services import actions, machines, queries
from servicehall.rooms.services.instances import answers_of
from servicehall.rooms.services.machines import Outcome
from tests.channels.portal.pocket import Pocket
from tests.chromium import violations
from tests.pictures import picture
from tests.rooms.services.keyed_machine import KeyedMachine
from tests.rooms.services.shop import operation

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

FLOW = """flow: bring
name: {en: Repair, zh-Hans: 维修}
category: trials
channels: [phone]
purposes: [service]
steps:
  - form: bring
    title: {en: What is broken?, zh-Hans: 哪里坏了？}
    fields:
      - {id: code, type: scan, label: {en: Number of the machine, zh-Hans: 机器编号}, help: {en: "Below the bar code", zh-Hans: 条码下方}}
      - {id: photos, type: photo, most: 3, megabytes: 1, label: {en: Photos, zh-Hans: 照片}}
      - {id: paper, type: file, optional: true, label: {en: Invoice, zh-Hans: 发票}}
      - {id: sign, type: signature, label: {en: Your signature, zh-Hans: 您的签名}}
  - book: time
    title: {en: When may we come?, zh-Hans: 我们何时上门？}
    connector: workshop
    slots: {operation: times, with: {day: time.day}, list: times}
    free: item.left > 0
    label: {en: "${item.starts}", zh-Hans: "${item.starts}"}
    detail: {en: "${item.left} left", zh-Hans: "余${item.left}"}
    take: {operation: take, with: {id: time.value}, reference: number}
    release: {operation: free, with: {number: time.reference}}
    empty: {en: Try another day., zh-Hans: 请选择其他日期。}
  - confirm: agree
    title: {en: Right?, zh-Hans: 请确认}
  - print: slip
    title: {en: Your slip, zh-Hans: 凭条}
    slip: {en: "REPAIR ${time.reference}", zh-Hans: "维修 ${time.reference}"}
  - end: done
    title: {en: "We come ${time.start | moment}", zh-Hans: "我们将于${time.start | moment}上门"}
"""
DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Workshop", "version": "1"},
    "paths": {
        "/times": {"post": operation("times", "read", {"day": "string"}, {"times": "array"})},
        "/take": {"post": operation("take", "keyed", {"id": "string"}, {"number": "string"})},
        "/free": {"post": operation("free", "keyed", {"number": "string"}, {"number": "string"})},
    },
}
CAMERA = """
window.BarcodeDetector = class { async detect() { return [{ rawValue: "M-4711" }]; } };
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
"""


class Workshop(KeyedMachine):
    """Offers two times a day; the first is taken by somebody else as soon as it was shown."""

    def ask(self, _instance: Any, step: Any, inputs: Mapping[str, Any], *, basis: str) -> Outcome:
        del basis
        if step.operation == "times":
            listed = [{"id": f"{inputs['day']}-{n}", "starts": f"{8 + n:02}:30", "left": n} for n in range(3)]
            return Outcome("done", {"times": listed})
        if inputs["id"].endswith("-1"):
            return Outcome("refused", words="taken")
        return Outcome("done", {"number": "W17"})


@pytest.fixture
def workshop(pocket: Pocket) -> Iterator[Workshop]:
    organisation = pocket.hall.site.region.organisation_id
    words = {"en": "To serve you", "zh-Hans": "为您服务"}
    customers.add_purpose(
        organisation_id=organisation, slug="service", titles=words, texts=words,
        uses=["name"], basis="service", by=SYSTEM,
    )  # fmt: skip
    connectors.add_connector(
        organisation_id=organisation, slug="workshop", names=words, address="https://workshop.example",
        allowed_hosts="workshop.example", definition=DOCUMENT, by=SYSTEM,
    )  # fmt: skip
    actions.publish_text(organisation_id=organisation, text=FLOW, by=SYSTEM)
    found = Workshop()
    machines.register(found)
    yield found
    machines.forget(found)


def work() -> None:
    while actions.work_due():
        pass


def test_a_photo_a_signature_a_code_and_a_time_are_brought_with_one_hand(
    pocket: Pocket, workshop: Workshop
) -> None:
    phone = pocket.open("/s/mall/do/bring")
    page = phone.page
    page.add_init_script(CAMERA)
    page.get_by_role("button", name="Begin").tap()
    expect(page).to_have_url(re.compile("/r/"))
    code = page.url.rsplit("/", 1)[1]

    page.get_by_role("button", name="Scan with the camera").tap()
    expect(page.get_by_label("Number of the machine")).to_have_value("M-4711")
    files = page.locator("input[name='q.photos']")
    large: FilePayload = {"name": "large.png", "mimeType": "image/png", "buffer": b"x" * (1024 * 1024 + 1)}
    small: FilePayload = {"name": "pump.png", "mimeType": "image/png", "buffer": picture(size=(400, 300))}
    files.set_input_files([large, small])
    expect(page.get_by_text("“large.png” is larger than 1 MB.")).to_be_visible()
    expect(page.locator(".flow-chosen").first).to_contain_text("pump.png")
    assert files.evaluate("one => [...one.files].map((file) => file.name)") == ["pump.png"]

    # The signature is missing: the photo is there already when the form comes back.
    page.get_by_role("button", name="Continue").tap()
    expect(page.locator(".error-summary")).to_contain_text("Please fill this in.")
    thumb = page.locator(".flow-kept .flow-thumb")
    expect(thumb).to_be_visible()
    assert thumb.evaluate("one => one.complete && one.naturalWidth > 0")
    assert violations(page) == []
    field = page.locator("[data-signature] svg").first
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for n in range(8):
        page.mouse.move(box["x"] + 30 + n * 30, box["y"] + (90 if n % 2 else 40), steps=3)
    page.mouse.up()
    expect(page.locator("[data-ink]")).to_have_attribute("d", re.compile("M"))
    page.get_by_role("button", name="Continue").tap()
    expect(page.locator(".flow-working")).to_be_visible()

    work()
    expect(page.get_by_role("heading", name="When may we come?")).to_be_visible()
    expect(page.locator(".flow-times button")).to_have_count(2)
    assert violations(page) == []
    page.locator(".flow-days button").nth(1).tap()
    expect(page.locator(".flow-working")).to_be_visible()
    work()
    expect(page.locator(".flow-days button").nth(1)).to_have_attribute("aria-current", "date")
    page.locator(".flow-times button").first.tap()
    expect(page.locator(".flow-working")).to_be_visible()
    work()
    page.get_by_text("This time is no longer free").wait_for()
    page.get_by_role("button", name="10:30").tap()
    expect(page.locator(".flow-working")).to_be_visible()
    work()
    expect(page.locator(".flow-signed")).to_be_visible()
    expect(page.locator(".flow-answers")).to_contain_text("1 photo")
    assert violations(page) == []
    page.get_by_role("button", name="Yes, go on").tap()
    page.get_by_role("link", name="Print or save it").tap()
    expect(page.get_by_text("REPAIR W17")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Back").tap()
    page.get_by_role("button", name="Continue").tap()
    expect(page.get_by_role("heading", name=re.compile("We come .* 10:30"))).to_be_visible()
    held = answers_of(queries.instance_by_code(code))["bring"].value
    assert held["sign"]["way"] == "drawn"
    assert len(held["photos"]) == 1
