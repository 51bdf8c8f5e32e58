"""Static files as they are collected: one stylesheet for every page, modules that agree on their names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from servicehall.channels.look.assets import MODULES, SHEETS
from servicehall.processes.preparation import NOT_SERVED

pytestmark = pytest.mark.one_database


@pytest.fixture
def collected(settings: Settings, tmp_path: Path) -> Path:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "servicehall.channels.look.served.ServedFiles"}
    }
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=list(NOT_SERVED))
    return tmp_path


def stored_name(name: str) -> str:
    return staticfiles_storage.url(name).removeprefix("/static/")


def test_a_page_asks_for_one_stylesheet_of_the_look(collected: Path, client: Client) -> None:
    page = client.get("/gallery/plain").text
    sheets = re.findall(r'rel="stylesheet" href="/static/([^"]+)"', page)
    assert [re.sub(r"\.[0-9a-f]{12}\.", ".", sheet) for sheet in sheets] == [
        "look/all.css",
        "look/frames/plain.css",
    ]
    joined = (collected / sheets[0]).read_text("utf-8")
    own = [(collected / stored_name(sheet)).read_text("utf-8") for sheet in SHEETS]
    assert joined.split() == "\n".join(own).split()


def test_modules_import_one_another_by_the_same_names_as_pages(collected: Path, client: Client) -> None:
    preloaded = re.findall(
        r'rel="modulepreload" href="/static/look/([^"]+)"', client.get("/gallery/plain").text
    )
    page = (collected / stored_name("look/page.js")).read_text("utf-8")
    imported = set(re.findall(r"""import[^"';]*"\./([^"]+)";""", page))
    live = (collected / stored_name("look/live.js")).read_text("utf-8")
    imported |= set(re.findall(r"""^import[^"']*"\./([^"]+)";""", live, re.M))
    assert imported == set(preloaded)
    assert len(preloaded) == len(MODULES)
    assert all((collected / "look" / name).is_file() for name in preloaded)


def test_every_module_that_is_named_exists(collected: Path) -> None:
    missing = [
        f"{path.name}: {name}"
        for path in collected.rglob("*.js")
        if "vendor" not in path.parts
        for name in re.findall(
            r"""^(?:import|export)[^"'/*]*["'](\.[^"']+)["'];""", path.read_text("utf-8"), re.M
        )
        if not (path.parent / name).resolve().is_file()
    ]
    assert missing == []
