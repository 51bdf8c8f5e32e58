"""Takes the documentation's pictures from the running product: `make pictures`.

A demo hall is made in a temporary folder, filled with a busy half hour (busy_hour.py), started on a free port
and photographed in both languages, each screen at its own size. Chromium draws the pictures smaller at once, so
that no picture has to be scaled afterwards. Changes nothing but docs/pictures.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from servicehall.cli import surroundings

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
COMMAND = str(Path(sys.executable).with_name("servicehall"))
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--autoplay-policy=no-user-gesture-required",
]
LANGUAGES = {"en": "en", "zh": "zh-Hans"}
PASSWORD = "servicehall-demo"
LARGEST = 150 * 1024
PATIENCE = 120
LIVE = "html[data-live-state=online]"

Size = tuple[int, int]
KIOSK: tuple[Size, float] = ((1080, 1920), 0.5)
PHONE: tuple[Size, float] = ((390, 844), 1.25)
BOARD: tuple[Size, float] = ((1920, 1080), 0.5)
STAFF: tuple[Size, float] = ((1440, 900), 0.75)


@dataclass
class Hall:
    """The demo hall that runs for the pictures."""

    url: str
    api: httpx.Client

    def get(self, path: str) -> Any:
        return self.api.get(path).raise_for_status().json()

    def post(self, path: str, **body: Any) -> Any:
        answer = self.api.post(path, json=body, headers={"Idempotency-Key": str(uuid4())}).raise_for_status()
        return answer.json() if answer.content else None


@contextlib.contextmanager
def open_hall(data: Path) -> Iterator[Hall]:
    """The busy hall on a free port, with a token for its API."""
    surroundings.data_folder(data)
    subprocess.run([COMMAND, "prepare", "--demo", "--data", str(data)], check=True)
    surroundings.start_django()
    from scripts import busy_hour

    busy_hour.fill()
    token = subprocess.run(
        [COMMAND, "token", "--role", "integration", "--site", busy_hour.SITE, "--data", str(data)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    url = f"http://127.0.0.1:{_free_port()}"
    running = subprocess.Popen([COMMAND, "run", "--port", url.rpartition(":")[2], "--data", str(data)])
    try:
        with httpx.Client(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30
        ) as api:
            hall = Hall(url, api)
            _wait(lambda: hall.get("/me"))
            yield hall
    finally:
        running.terminate()
        running.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(ready: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(httpx.HTTPError):
            ready()
            return
        if time.monotonic() > end:
            raise TimeoutError("the hall does not open")
        time.sleep(0.2)


class Camera:
    """Takes pictures of the hall in one language."""

    def __init__(self, browser: Browser, hall: Hall, language: str) -> None:
        self.browser, self.hall, self.language = browser, hall, language
        self.taken: list[Path] = []

    @contextlib.contextmanager
    def at(
        self, path: str, screen: tuple[Size, float], *, user: str = "", shows: str = LIVE
    ) -> Iterator[Page]:
        """A page on a screen of that kind, signed in if need be, when it ``shows`` a part (a selector)."""
        (width, height), scale = screen
        code = LANGUAGES[self.language]
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            locale=code,
            reduced_motion="reduce",
        )
        context.add_cookies([{"name": "servicehall_language", "value": code.lower(), "url": self.hall.url}])
        page = context.new_page()
        page.goto(self.hall.url + path)
        if user:
            page.fill("[name=username]", user)
            page.fill("[name=password]", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(re.compile(re.escape(path)))
        page.wait_for_selector(shows, state="attached", timeout=PATIENCE * 1000)
        page.evaluate("document.fonts.ready.then(() => true)")
        page.wait_for_timeout(1000)
        yield page
        context.close()

    def take(self, page: Page, name: str) -> None:
        """Keep what the page shows."""
        place = PICTURES / f"{name}.{self.language}.png"
        page.screenshot(path=place)
        self.taken.append(place)


def customers(camera: Camera, ticket: str) -> None:
    """What customers see before they are called."""
    with camera.at("/kiosk/mall-door", KIOSK) as page:
        camera.take(page, "kiosk")
    with camera.at(f"/t/{ticket}", PHONE) as page:
        camera.take(page, "phone")


def called(camera: Camera, ticket: str) -> None:
    """What they see when they are."""
    with camera.at("/board/mall/service-desk", BOARD) as page:
        camera.take(page, "board")
    with camera.at(f"/t/{ticket}", PHONE) as page:
        camera.take(page, "turn")


def staff(camera: Camera) -> None:
    """What staff see."""
    with camera.at("/desk", STAFF, user="mall-agent1") as page:
        camera.take(page, "desk")
    with camera.at("/desk/mall/queue", STAFF, user="mall-supervisor") as page:
        camera.take(page, "queue")
    with camera.at("/ops/mall", STAFF, user="mall-manager", shows=".chart-plot svg") as page:
        camera.take(page, "ops")
    with camera.at("/admin/", STAFF, user="admin", shows=".office-hall") as page:
        # The theme's icons are a type face; until it is there they are words.
        page.wait_for_load_state("networkidle")
        camera.take(page, "admin")


def main() -> int:
    """Take all pictures; the exit code says whether one came out too large."""
    os.environ.pop("DATABASE_URL", None)
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="servicehall-pictures-") as folder,
        open_hall(Path(folder) / "data") as hall,
        sync_playwright() as play,
    ):
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        cameras = [Camera(browser, hall, language) for language in LANGUAGES]
        waiting = hall.post("/sites/mall/tickets", service="enquiries", language="en")
        for camera in cameras:
            customers(camera, waiting["code"])
        # Counter 1 takes the next one on, counter 2 has finished and calls.
        hall.post(f"/tickets/{hall.post('/counters/mall:1/next')['id']}/start")
        busy = hall.get("/sites/mall/queue")["at_counters"]
        hall.post(f"/tickets/{next(t['id'] for t in busy if t['counter_label'] == '2')}/finish")
        now = hall.post("/counters/mall:2/next")
        for camera in cameras:
            called(camera, now["code"])
            staff(camera)
        browser.close()
    large = [place.name for camera in cameras for place in camera.taken if place.stat().st_size > LARGEST]
    for camera in cameras:
        for place in camera.taken:
            print(f"{place.stat().st_size // 1024:4} KiB  {place.relative_to(ROOT)}")
    if large:
        print(f"Too large for a page that loads fast: {', '.join(large)}", file=sys.stderr)
    return 1 if large else 0


if __name__ == "__main__":
    sys.exit(main())
