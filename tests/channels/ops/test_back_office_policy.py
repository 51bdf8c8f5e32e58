"""The back office in Chromium under the policy of all pages: nothing is evaluated, no style in a page, all of it moves."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Page, expect
from unfold.settings import CONFIG_DEFAULTS

from servicehall.channels.ops.theme_files import INSTEAD
from tests.channels.ops.watching import Screens

pytestmark = [pytest.mark.browser, pytest.mark.one_database]
SITES, STAFF = "/admin/hall/site/", "/admin/people/staff/"
ADDRESSES = "links => [...new Set(links.map((link) => new URL(link.href).pathname))]"
# Those that only name things (ref, sort:item) or say how (transition) are no expressions.
EXPRESSIONS = """() => {
  const found = [];
  const read = (root) => {
    for (const element of root.querySelectorAll("*")) {
      for (const { name, value } of element.attributes)
        if (/^x-(data|init|show|if|text|model|bind|on|resize)/.test(name)) found.push(value);
      if (element.tagName === "TEMPLATE") read(element.content);
    }
  };
  read(document);
  return found;
}"""
READER = """
import { readFileSync } from "node:fs";
const [, , parser, expressions] = process.argv;
const { generateRuntimeFunction } = await import(parser);
for (const text of JSON.parse(readFileSync(expressions, "utf-8")))
  try { generateRuntimeFunction(text); } catch (problem) { console.log(`${text}: ${problem.message}`); }
"""


def open_office(screens: Screens, path: str, *, who: str = "admin") -> Page:
    """A page on which every violation of the policy and every complaint of Alpine is noted."""
    screens.set_up()
    page = screens.open(path, who=who)
    page.on("console", lambda m: screens.complaints.append(m.text) if m.type == "warning" else None)
    return page


def addresses(page: Page, address: str) -> Iterator[str]:
    """The first page, each list, its form for a new record and for its first one."""
    yield "/admin/"
    lists = [
        path
        for path in page.locator("a[href^='/admin/']").evaluate_all(ADDRESSES)
        if re.fullmatch(r"/admin/\w+/\w+/", path)
    ]
    for path in lists:
        yield path
        inside = page.locator("a[href*='/change/'], a[href*='/add/']").evaluate_all(ADDRESSES)
        for last in ("/add/", "/change/"):
            yield from [one for one in inside if one.startswith(path) and one.endswith(last)][:1]


def test_nothing_unsafe_is_allowed(client: Client, db: None) -> None:
    assert "unsafe" not in client.get("/admin/")["Content-Security-Policy"]


def test_the_alpine_that_evaluates_is_never_served() -> None:
    for name, place in INSTEAD.items():
        assert finders.find(name) == str(Path(settings.ROOT) / "node_modules" / place)
    collected = [name for finder in finders.get_finders() for name, _storage in finder.list([])]
    assert (
        collected.index("unfold/js/alpine/alpine.js") == 0
    )  # the first of a name is the one that is collected


def test_the_file_of_colours_has_all_that_the_theme_uses() -> None:
    sheet = Path(str(finders.find("ops/back-office-colours.css"))).read_text(encoding="utf-8")
    named = {
        f"--color-{name}-{weight}" for name, all_ in CONFIG_DEFAULTS["COLORS"].items() for weight in all_
    }
    assert named == set(re.findall(r"(--color-[\w-]+):", sheet))


def test_every_page_says_only_what_is_understood(screens: Screens, tmp_path: Path) -> None:
    page = open_office(screens, "/admin/")
    said: set[str] = set()
    seen = []
    for path in addresses(page, screens.address):
        page.goto(screens.address + path)
        page.wait_for_function("Alpine.version && !document.querySelector('[x-cloak]')")
        said |= set(page.evaluate(EXPRESSIONS))
        seen.append(path)
    assert len(seen) > 25
    assert screens.complaints == []
    # What happens only at a click is read here, by the same reader that the page has.
    (tmp_path / "parser.mjs").write_bytes(
        (Path(settings.ROOT) / "node_modules" / "@alpinejs" / "csp" / "src" / "parser.js").read_bytes()
    )
    (tmp_path / "read.mjs").write_text(READER, encoding="utf-8")
    (tmp_path / "said.json").write_text(json.dumps(sorted(said - {""})), encoding="utf-8")
    done = subprocess.run(
        ["node", "read.mjs", "./parser.mjs", "said.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""


def test_menus_themes_and_the_sidebar(screens: Screens) -> None:
    page = open_office(screens, SITES)
    menu = page.get_by_role("link", name="Sign out").or_(page.locator("form#logout-form button")).first
    expect(menu).to_be_hidden()
    page.locator("[x-on\\:click='openUserLinks = !openUserLinks']").click()
    expect(menu).to_be_visible()
    page.locator("[x-on\\:click=\"switchTheme('dark')\"]").click()
    expect(page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
    page.mouse.click(900, 700)
    expect(menu).to_be_hidden()
    page.reload()
    expect(page.locator("html")).to_have_class(re.compile(r"\bdark\b"))
    sidebar, handle = page.locator("#nav-sidebar"), page.locator("[x-on\\:click^='sidebarDesktopOpen']")
    expect(sidebar).to_be_visible()
    handle.click()
    expect(sidebar).to_be_hidden()
    page.reload()  # it stays as it was left
    expect(sidebar).to_be_hidden()
    assert screens.complaints == []


def test_dialogs_searches_and_rows(screens: Screens) -> None:
    page = open_office(screens, STAFF)
    page.locator("[x-on\\:click='filterOpen = true']").click()
    expect(page.locator("#changelist-filter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#changelist-filter")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#searchbar")).to_be_focused()
    page.locator("#searchbar").blur()
    page.keyboard.press("Control+k")
    words = page.locator("#search-input-command")
    expect(words).to_be_focused()
    words.press_sequentially("counters")
    expect(page.locator("#command-results li").first).to_be_visible()
    words.press("ArrowDown")
    words.press("Enter")
    page.wait_for_url(re.compile(r"/admin/queueing/counter/"))
    assert screens.complaints == []


def test_clocks_and_rows_of_a_form(screens: Screens) -> None:
    page = open_office(screens, SITES)
    page.locator("#result_list a[href*='/change/']").first.click()
    page.locator(".clock-icon").first.click()
    expect(page.locator(".clockbox").first).to_be_visible()
    page.locator(".clockbox .timelist a").nth(1).click()
    expect(page.locator(".clockbox").first).to_be_hidden()
    counts = page.locator("input[name$='-TOTAL_FORMS']")
    before = counts.first.input_value()
    page.locator(".add-row a, a.add-row").first.click()
    expect(counts.first).to_have_value(str(int(before) + 1))
    assert screens.complaints == []
