"""Whoever reads our pages in Chinese is addressed politely (您), also by what the libraries say."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils import translation
from django.utils.translation.trans_real import DjangoTranslation

pytestmark = pytest.mark.one_database
ADMIN = Path(admin.__file__).parent / "locale"


@pytest.mark.parametrize(("domain", "folders"), [("django", None), ("djangojs", [str(ADMIN)])])
def test_no_text_of_any_catalogue_is_impolite(domain: str, folders: list[str] | None) -> None:
    """``djangojs`` is what the scripts of the back office say, read as its page of texts reads it."""
    said = DjangoTranslation("zh-hans", domain=domain, localedirs=folders)
    catalogue = said._catalog  # type: ignore[attr-defined]
    # Looked up, since what is said otherwise stands beside what it hides.
    texts = {str(key): str(catalogue[key]) for key in list(catalogue.keys())}
    assert len(texts) > 50
    assert {key: text for key, text in texts.items() if "你" in text} == {}


def test_hints_for_a_new_password_are_polite() -> None:
    with translation.override("zh-hans"):
        hints = password_validators_help_texts()
    assert any("您的密码" in hint for hint in hints)
    assert not any("你" in hint for hint in hints)


def test_what_we_say_otherwise_is_still_said_by_the_library() -> None:
    """A text that Django has changed would stand here for nothing."""
    from babel.messages.pofile import read_po

    [ours] = settings.LOCALE_PATHS
    theirs = [Path(admin.__file__).parents[2] / name for name in ("conf", "contrib/admin", "contrib/auth")]
    for domain in ("django", "djangojs"):
        known: set[object] = set()
        for folder in theirs:
            path = folder / "locale" / "zh_Hans" / "LC_MESSAGES" / f"{domain}.po"
            if path.exists():
                with path.open("rb") as file:
                    known |= {(one.context, str(one.id)) for one in read_po(file)}
        with (ours / "zh_Hans" / "LC_MESSAGES" / f"{domain}.po").open("rb") as file:
            assert {(one.context, str(one.id)) for one in read_po(file)} - known == set()
