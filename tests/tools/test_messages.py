"""The translation tool: what counts as a text, and what counts as a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import messages

pytestmark = pytest.mark.one_database

TEMPLATE = """{% load i18n %}
<p title="{% translate 'Take a ticket' %}">don't {{ count }} "unbalanced
  {% blocktranslate count n=waiting trimmed %}
    {{ n }} person waits
  {% plural %}
    {{ n }} people wait
  {% endblocktranslate %}
  {# Translators: on a button #}
  {% translate "Call" context "verb" %}
  {% include "x.html" with title=_("Leave") %}
</p>
"""
CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
TITLE = _("Closed")
def say(n): return ngettext("%(n)s ticket", "%(n)s tickets", n), pgettext("state", "Held")
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source tree with one app, in which the tool works."""
    package = tmp_path / "src" / "servicehall"
    desk = package / "channels" / "desk"
    (desk / "templates" / "desk").mkdir(parents=True)
    (package / "kernel").mkdir()
    (desk / "__init__.py").write_text(CODE, encoding="utf-8")
    (desk / "templates" / "desk" / "page.html").write_text(TEMPLATE, encoding="utf-8")
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "SOURCE", package)
    return desk


def catalogue(source: Path) -> Path:
    return source / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def translate(source: Path, **said: str) -> None:
    """Fill in translations by their text's first word; the rest get a placeholder-true filler."""
    path = catalogue(source)
    there = messages.read_catalogue(path, "zh_Hans")
    for message in messages.messages(there).values():
        first = message.id if isinstance(message.id, str) else message.id[0]
        text = said.get(first.split()[0], "译文 %(n)s" if "%(n)s" in first else "译文")
        message.string = text if isinstance(message.id, str) else (text,)
    messages.write_catalogue(path, there)


def faults(capsys: pytest.CaptureFixture[str]) -> str:
    code = messages.check(["channels/desk"])
    said = capsys.readouterr().out
    assert bool(code) == bool(said)
    return said


def test_texts_are_found_in_templates_and_code(source: Path) -> None:
    found = {text.identity for text in messages.texts_by_app()["channels/desk"]}
    assert found == {
        (None, "Take a ticket"),
        (None, ("%(n)s person waits", "%(n)s people wait")),
        ("verb", "Call"),
        (None, "Leave"),
        (None, "Closed"),
        (None, ("%(n)s ticket", "%(n)s tickets")),
        ("state", "Held"),
    }


def test_a_complete_catalogue_passes(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    messages.extract_into_catalogues(["channels/desk"])
    translate(source)
    capsys.readouterr()
    assert faults(capsys) == ""


def test_a_missing_text_is_named_with_its_place(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = faults(capsys)
    assert "missing 'Closed', used in src/servicehall/channels/desk/__init__.py:3" in said
    assert "missing 'Call' (context 'verb')" in said


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not translated"),
        ("有人在等", "must contain exactly %(n)"),
        ("%(m)s 人", "must contain exactly %(n)"),
    ],
)
def test_an_empty_or_wrong_translation_is_a_fault(
    source: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    messages.extract_into_catalogues(["channels/desk"])
    translate(source, **{"%(n)s": text})
    capsys.readouterr()
    assert reason in faults(capsys)


def test_a_doubtful_translation_is_a_fault(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    messages.extract_into_catalogues(["channels/desk"])
    translate(source)
    path = catalogue(source)
    path.write_text(path.read_text().replace('msgid "Closed"', '#, fuzzy\nmsgid "Closed"'))
    capsys.readouterr()
    assert "'Closed': marked as doubtful" in faults(capsys)


def test_an_unused_text_is_a_fault_and_extraction_drops_it(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages.extract_into_catalogues(["channels/desk"])
    translate(source)
    (source / "__init__.py").write_text(CODE.replace("Closed", "Shut"))
    capsys.readouterr()
    assert "unused 'Closed'" in faults(capsys)
    messages.extract_into_catalogues(["channels/desk"])
    assert "Closed" not in catalogue(source).read_text()


def test_extraction_keeps_translations_and_changes_nothing_the_second_time(source: Path) -> None:
    messages.extract_into_catalogues(["channels/desk"])
    translate(source, Closed="已关闭")
    messages.extract_into_catalogues(["channels/desk"])
    first = catalogue(source).read_text()
    messages.extract_into_catalogues(["channels/desk"])
    assert catalogue(source).read_text() == first
    assert 'msgid "Closed"\nmsgstr "已关闭"' in first


def test_one_text_has_one_translation_in_all_apps(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kiosk = source.parent / "kiosk"
    kiosk.mkdir()
    (kiosk / "__init__.py").write_text('from django.utils.translation import gettext as _\nA = _("Closed")\n')
    for app, said in ((source, "已关闭"), (kiosk, "关了")):
        messages.extract_into_catalogues([f"channels/{app.name}"])
        translate(app, Closed=said)
    capsys.readouterr()
    said = faults(capsys)
    assert "'Closed' is '已关闭' in channels/desk but '关了' in channels/kiosk" in said
