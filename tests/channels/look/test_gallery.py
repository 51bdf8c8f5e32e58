"""The gallery renders in both languages and leaves nothing out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client, override_settings

from servicehall.channels import look
from servicehall.channels.look.assets import COMPONENTS
from servicehall.channels.look.views import FRAMES

pytestmark = pytest.mark.one_database

FOLDER = Path(look.__file__).parent
ADDRESSES = ["/gallery", *(f"/gallery/{frame}" for frame in FRAMES)]
LANGUAGES = {"en": "en", "zh-hans": "zh-Hans"}


def test_a_hall_serves_no_gallery_unless_it_is_told_to(client: Client) -> None:
    with override_settings(GALLERY=False):
        assert {client.get(address).status_code for address in ADDRESSES} == {404}


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_says_its_language(client: Client, address: str, code: str) -> None:
    answer = client.get(address, headers={"Accept-Language": code})
    assert answer.status_code == 200
    assert f'<html lang="{LANGUAGES[code]}"' in answer.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_in_chinese_has_no_english_sentence_left(client: Client, address: str) -> None:
    text = client.get(address, headers={"Accept-Language": "zh-hans"}).text
    visible = re.sub(r"<(script|style|svg|code)\b.*?</\1>|<!--.*?-->|<[^>]+>", " ", text, flags=re.S)
    # Names in the other language stand under the Chinese ones on purpose.
    other = {
        "Membership cards",
        "Returns and exchanges",
        "Parking and gifts",
        "Ada Lovelace",
        "High contrast",
    }
    words = {found.strip() for found in re.findall(r"[A-Za-z]+(?: [A-Za-z]+)+", visible)}
    assert words - other == set()


def test_the_gallery_shows_every_component(client: Client) -> None:
    shown = "".join(path.read_text("utf-8") for path in (FOLDER / "templates").rglob("*.html"))
    shown += (FOLDER / "templatetags" / "look.py").read_text("utf-8")
    names = {path.name for path in (FOLDER / "templates" / "look" / "components").glob("*.html")}
    assert {name for name in names if f"look/components/{name}" not in shown} == set()


def test_every_component_stylesheet_is_on_every_page(client: Client) -> None:
    files = {path.stem for path in (FOLDER / "static" / "look" / "components").glob("*.css")}
    assert set(COMPONENTS) == files
    page = client.get("/gallery/plain").text
    assert all(f"look/components/{name}.css" in page for name in files)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_has_no_inline_script_style_or_handler(client: Client, address: str) -> None:
    text = client.get(address).text
    assert not re.search(r"\sstyle=|<style\b|\son\w+=\"", text)
    assert not re.search(r"<script(?![^>]*(src=|application/json))", text)


def test_the_look_can_be_asked_for_in_the_address(client: Client) -> None:
    text = client.get("/gallery?theme=dark&contrast=more&size=large").text
    assert 'data-theme="dark" data-theme-fixed data-contrast="more" data-size="large"' in text


def test_an_unknown_look_is_left_out(client: Client) -> None:
    assert 'data-theme="light"' in client.get('/gallery?theme="><script>').text


def test_an_unknown_frame_is_not_there(client: Client) -> None:
    assert client.get("/gallery/fridge").status_code == 404


def test_messages_are_shown_once_with_their_tone(client: Client) -> None:
    text = client.get("/gallery?messages").text
    assert text.count('class="messages') == 1
    assert "banner-good" in text.split("messages")[1] + text
    assert "Counter 3 is paused" in text
