"""A photo by the kiosk's camera, a signature by a finger, a code by a scanner that types: and nothing of it stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from servicehall.rooms.services.instances import answers_of
from servicehall.rooms.services.models import Instance, Upload
from tests.channels.kiosk.standing import Kiosk, Lobby
from tests.chromium import violations
from tests.rooms.services.repair import work, workshop

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

GO_ON = "button[form=flow].kiosk-main-action"
CAMERA = """() => {
  window.tracks = [];
  navigator.mediaDevices.enumerateDevices = async () => [{ kind: "videoinput" }];
  navigator.mediaDevices.getUserMedia = async () => {
    const sheet = document.createElement("canvas");
    [sheet.width, sheet.height] = [640, 480];
    const draw = () => { const pen = sheet.getContext("2d"); pen.fillStyle = "teal"; pen.fillRect(0, 0, 640, 480); };
    setInterval(draw, 50);
    draw();
    const stream = sheet.captureStream(20);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
}"""
JPEG = re.compile("^data:image/jpeg")
NONE = "() => { navigator.mediaDevices.enumerateDevices = async () => []; }"
DARK = "() => window.tracks.every((one) => one.readyState === 'ended')"


@pytest.fixture(autouse=True)
def _open(lobby: Lobby) -> Iterator[Any]:
    with workshop(lobby.hall.site.region.organisation_id) as found:
        yield found


def begin(lobby: Lobby, camera: str = CAMERA, language: str = "en") -> Kiosk:
    kiosk = lobby.stand(language=language)
    kiosk.page.evaluate(camera)
    kiosk.touch('[data-service="do.repair"]')
    kiosk.wait("request")
    expect(kiosk.page.locator("[data-scan][data-awake]")).to_be_visible()
    return kiosk


def shoot(kiosk: Kiosk, name: str = "photos") -> None:
    kiosk.touch(f'[data-shoot="q.{name}"] [data-open]')
    video = kiosk.page.locator(f'[data-shoot="q.{name}"] video')
    kiosk.until("(one) => document.querySelector(one).videoWidth > 0", f'[data-shoot="q.{name}"] video')
    expect(video).to_be_visible()
    kiosk.touch(f'[data-shoot="q.{name}"] [data-take]')


def sign(kiosk: Kiosk) -> None:
    pad = kiosk.page.locator("[data-pad] > svg")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    mouse = kiosk.page.mouse
    mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.5)
    mouse.down()
    for part in (0.3, 0.4, 0.5, 0.6, 0.7):
        mouse.move(
            box["x"] + box["width"] * part, box["y"] + box["height"] * (0.3 if part in {0.4, 0.6} else 0.7)
        )
    mouse.up()


def test_all_is_brought_by_touch_and_nothing_of_it_stays(lobby: Lobby) -> None:
    kiosk = begin(lobby)
    page, home = kiosk.page, kiosk.page.url
    # A scanner types, wherever the focus is, and presses Enter.
    page.keyboard.type("M-4711")
    expect(page.locator("#q-code")).to_have_value("M-4711")
    sign(kiosk)
    shoot(kiosk)
    thumb = page.locator(".flow-kept img[data-file]")
    expect(thumb).to_be_visible()
    expect(thumb).to_have_attribute("src", JPEG)
    expect(page.locator("#q-code")).to_have_value("M-4711")
    assert page.locator("[data-ink]").get_attribute("d"), "what was signed is still there"
    kiosk.until(DARK)
    assert violations(page) == []
    for target in page.locator(".kiosk-main button:visible, .flow-kept label:visible").all():
        box = target.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 15 * 1080 / 476, "fifteen millimetres to touch"
    kiosk.touch(".language-switch [lang=zh-Hans]")
    kiosk.until("document.documentElement.lang === 'zh-Hans'")
    expect(thumb).to_be_visible()
    assert page.locator("[data-ink]").get_attribute("d")
    kiosk.touch(GO_ON)
    kiosk.until("document.querySelector('[data-look-again]')")
    work()
    kiosk.until(
        "document.getElementById('main').dataset.kind === 'book' && document.querySelector('.flow-times')"
    )
    row = Instance.objects.get()
    held = answers_of(row)["bring"].value
    assert (held["code"], len(held["photos"]), held["sign"]["way"]) == ("M-4711", 1, "drawn")
    assert Upload.objects.get().media_type == "image/jpeg"
    assert violations(page) == []
    kiosk.touch('.flow-times button[name="slot"]')
    kiosk.until("document.querySelector('[data-look-again]')")
    work()
    kiosk.until("document.getElementById('main').dataset.kind === 'confirm'")
    expect(page.locator(".flow-answers img[data-file]")).to_have_attribute("src", JPEG)
    kiosk.touch(".kiosk-actions [data-dialog-open=quit]")
    kiosk.touch("#quit [data-reset]")
    kiosk.wait("home")
    left = page.content()
    for trace in ("data:image/jpeg", "M-4711", str(Upload.objects.get().pk), "M100"):
        assert trace not in left
    assert page.url == home


def test_the_camera_goes_out_with_its_screen(lobby: Lobby) -> None:
    kiosk = begin(lobby)
    kiosk.touch('[data-shoot="q.photos"] [data-open]')
    expect(kiosk.page.locator('[data-shoot="q.photos"] video')).to_be_visible()
    assert not kiosk.page.evaluate(DARK)
    kiosk.touch(".kiosk-actions [data-dialog-open=quit]")
    kiosk.touch("#quit [data-reset]")
    kiosk.wait("home")
    kiosk.until(DARK)


def test_without_a_camera_the_way_to_the_phone_is_said(lobby: Lobby) -> None:
    kiosk = begin(lobby, NONE)
    expect(kiosk.page.locator('[data-shoot="q.photos"] [data-no-camera]')).to_be_visible()
    expect(kiosk.page.locator('[data-shoot="q.photos"] [data-open]')).to_be_hidden()
    expect(kiosk.page.locator(".flow-ways [form=move]")).to_be_visible()
