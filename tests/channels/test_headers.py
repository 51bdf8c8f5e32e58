"""The headers of every page, file and piece of data: walked with every kind of reader, none is let off."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.template.backends.django import Template
from django.test import Client
from django.urls import reverse

from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.people import actions as people
from tests.hall import Hall, make_hall
from tests.journeys.pages import PAGES
from tests.rights.walking import World, address, make_world, pages

pytestmark = pytest.mark.one_database
KEPT = ("public, max-age=", "max-age=")
WALKED_BY = ("nobody", "manager")


def faults(where: str, answer: HttpResponseBase) -> list[str]:
    """What is wrong with the headers of an answer."""
    policy = answer.get("Content-Security-Policy", "")
    rules = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    expected = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    found = [
        f"{where}: {name} is {answer.get(name)}"
        for name, value in expected.items()
        if answer.get(name) != value
    ]
    # A kiosk puts one screen after another into one page, and some of them take photos.
    camera = "camera=(self)" if re.search(r" /kiosk/[\w-]+$", where) else "camera=()"
    if camera not in answer.get("Permissions-Policy", ""):
        found.append(f"{where}: no permissions policy")
    framed = {"'none'", "'self'"} if where.endswith("/preview/screen") else {"'none'"}
    if (
        rules.get("frame-ancestors") not in framed
        or rules.get("object-src") != "'none'"
        or rules.get("base-uri") != "'none'"
    ):
        found.append(f"{where}: {policy}")
    unsafe = set(re.findall(r"'unsafe-[\w-]+'", policy)) | set(
        re.findall(r"[\s;](?:\*|https?:)[\s;]", policy)
    )
    if unsafe:
        found.append(f"{where}: {policy}")
    if rules.get("default-src") != "'self'" or rules.get("form-action") != "'self'":
        found.append(f"{where}: {policy}")
    return found


@pytest.fixture
def world(db: None) -> World:
    return make_world()


def test_every_page_has_all_headers_and_who_is_signed_in_leaves_nothing_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Headers do not depend on what is drawn, and drawing all pages takes long; their markup is looked at below.
    monkeypatch.setattr(Template, "render", lambda *_page, **_context: "")
    found: list[str] = []
    for reader in WALKED_BY:
        client = world.clients[reader]
        for route in pages():
            where = address(world, route)
            answer: Any = client.get(where)
            name = f"{reader} {where}"
            found += faults(name, answer)
            cached = answer.get("Cache-Control", "")
            open_to_all = cached.startswith(KEPT) and ("no-store" not in cached) and "no-cache" not in cached
            if open_to_all and not where.startswith(
                ("/evidence/", "/checkpoint", "/tile/", "/board/", "/t/alerts.js", "/admin/jsi18n")
            ):
                found.append(f"{name}: kept by caches: {cached}")
            elif not open_to_all and "no-store" not in cached:
                found.append(f"{name}: {cached}")
    assert found == []


def test_no_page_holds_a_script_or_style_or_handler_in_its_markup(world: World) -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>\s*\S|<style|\sstyle=|\son\w+=[\"']|javascript:",
        re.IGNORECASE,
    )
    found = []
    routes = {row.path for row in PAGES if "{" not in row.path}
    for path in sorted(routes | {f"/t/{world.things['code']}", f"/desk/{world.things['counter_id']}"}):
        reader = "manager" if path.startswith(("/desk", "/ops", "/account")) else "nobody"
        text = world.clients[reader].get(path).content.decode()
        found += [f"{path}: {match[0]}" for match in inline.finditer(text)]
    assert found == []


def test_data_can_do_nothing_when_it_is_shown_as_a_page(world: World) -> None:
    client = Client()
    for path, token in (
        ("/api/v1/sites", world.tokens["desk"]),
        ("/api/v1/nowhere", ""),
        ("/api/v1/openapi.json", ""),
    ):
        answer: Any = client.get(path, headers={"Authorization": f"Bearer {token}"} if token else {})
        assert answer["Content-Security-Policy"].startswith("default-src 'none'"), path
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "json" in answer["Content-Type"]
        assert "Access-Control-Allow-Origin" not in answer


def test_refusals_and_missing_pages_have_them_too(world: World) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for answer in (
        client.get("/nowhere/at/all"),
        client.post("/sign-in"),
        client.get("/", headers={"Host": "bad host"}),
        client.get("/static/nothing.css"),
    ):
        assert answer.status_code in {400, 403, 404}
        assert faults(str(answer.status_code), answer) == []


def test_pages_of_customers_are_kept_by_no_cache(world: World) -> None:
    client = Client()
    for path in ("/", "/s/mall", f"/t/{world.things['code']}", "/me", "/kiosk/mall-door", "/sign-in"):
        assert "no-store" in client.get(path)["Cache-Control"], path


# --- What a browser keeps is cleared ---


@pytest.fixture
def hall(db: None) -> Hall:
    return make_hall()


def test_signing_out_clears_what_the_browser_kept(hall: Hall) -> None:
    client = Client()
    client.force_login(hall.people["agent"])
    assert "Clear-Site-Data" not in client.get("/account")
    answer = client.post("/sign-out")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/account").status_code == 302


def test_a_kiosk_that_begins_anew_clears_what_the_browser_kept_but_not_its_settings(hall: Hall) -> None:
    client = Client()
    client.get("/kiosk/mall-door?mm=4")
    answer = client.get(reverse("kiosk:forget", args=["mall-door"]))
    assert (answer.status_code, answer["Clear-Site-Data"]) == (204, '"cache", "storage"')
    assert 'data-mm="4"' in client.get("/kiosk/mall-door").content.decode()


# --- Requests from elsewhere ---


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in",
        "/sign-out",
        "/me/code",
        "/s/mall/take/consult",
        "/kiosk/mall-door/take",
        "/account/language",
    ],
)
def test_a_form_without_its_token_changes_nothing(hall: Hall, path: str) -> None:
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})
    client.force_login(hall.people["agent"])
    answer = client.post(path)
    assert answer.status_code == 403
    assert "has expired" in answer.content.decode()


def test_the_api_takes_no_cookies_so_no_other_page_can_use_them(hall: Hall) -> None:
    client = Client()
    client.force_login(hall.people["admin"])
    assert client.get("/api/v1/me").status_code == 401
    assert client.post(
        "/api/v1/sites/mall/tickets", "service=consult", content_type="text/plain"
    ).status_code in {401, 415}
    token = people.create_token(role="desk", site_id=hall.id, name="desk", by=SYSTEM)[1]
    shown = client.get(
        "/api/v1/me", headers={"Authorization": f"Bearer {token}", "Origin": "https://evil.example"}
    )
    assert "Access-Control-Allow-Origin" not in shown
