"""How tests start Chromium, and what axe finds on a page. The one Playwright of a process is a fixture in conftest.py."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--mute-audio",
)
SPEAKING = "--autoplay-policy=no-user-gesture-required"
"""As a hall's player starts it: sound needs no touch."""
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"


def launch(play: Playwright, *more: str) -> Browser:
    """Chromium as tests use it. Without a window's frame, where there is that build, it takes half the work."""
    program = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
    return play.chromium.launch(executable_path=program, args=[*FLAGS, *more])


SETTLED = """async (turns) => {
  const pause = () => new Promise((done) => setTimeout(done, 50));
  const ends = (one) => Number.isFinite(one.effect?.getComputedTiming().endTime);
  const fading = () => document.getAnimations().some((one) => one.playState === "running" && ends(one));
  // What inherits a colour that fades begins to fade itself when that has ended.
  for (let still = 0, n = 0; still < turns && n < 60; n += 1) {
    still = fading() ? 0 : still + 1;
    if (still < turns) await pause();
  }
}"""


def dress(page: Page, *, theme: str = "light", contrast: str = "normal") -> None:
    """Change a page's colours as its settings do, and wait until they have faded in."""
    page.evaluate(
        "(dress) => Object.assign(document.documentElement.dataset, dress)",
        {"theme": theme, "contrast": contrast},
    )
    page.evaluate(SETTLED, 3)


def violations(page: Page, *, colours_only: bool = False) -> list[Any]:
    """What axe finds on the page: rule, places, why. A page whose dress alone changed need not be read again."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if colours_only:
        options["runOnly"] = ["color-contrast", "link-in-text-block"]
    page.evaluate(SETTLED, 1)
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        (r["id"], [n["html"][:160] for n in r["nodes"][:4]], r["nodes"][0]["failureSummary"]) for r in found
    ]
