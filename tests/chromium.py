"""How tests start Chromium, and what axe finds on a page. The one Playwright of a process is a fixture in conftest.py."""

from __future__ import annotations

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
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"


def launch(play: Playwright) -> Browser:
    """Chromium as tests use it."""
    return play.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))


def dress(page: Page, *, theme: str = "light", contrast: str = "normal") -> None:
    """Change a page's colours as its settings do, and wait until they have faded in."""
    page.evaluate(
        """async ([theme, contrast]) => {
          Object.assign(document.documentElement.dataset, {theme, contrast});
          const pause = () => new Promise((done) => setTimeout(done, 50));
          const fading = () => document.getAnimations().some((one) => one instanceof CSSTransition);
          // What inherits a colour that fades begins to fade itself when that has ended.
          for (let still = 0, n = 0; still < 3 && n < 40; still = fading() ? 0 : still + 1, n += 1) await pause();
        }""",
        [theme, contrast],
    )


def violations(page: Page, *, colours_only: bool = False) -> list[Any]:
    """What axe finds on the page: rule, places, why. A page whose dress alone changed need not be read again."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if colours_only:
        options["runOnly"] = ["color-contrast", "link-in-text-block"]
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        (r["id"], [n["html"][:160] for n in r["nodes"][:4]], r["nodes"][0]["failureSummary"]) for r in found
    ]
