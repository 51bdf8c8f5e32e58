"""Texts in several languages, with fallback in a stated order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

Text = dict[str, str]
FALLBACK = ("en", "zh-Hans")
NAMES = {"zh-Hans": "简体中文", "en": "English"}
_TAGS = {"zh-hans": "zh-Hans", "zh": "zh-Hans", "zh-cn": "zh-Hans", "zh-sg": "zh-Hans", "en": "en"}


def tag(code: str | None) -> str:
    """The BCP 47 tag that our texts are kept under (``zh-hans``, ``zh-CN`` → ``zh-Hans``)."""
    if not code:
        return FALLBACK[0]
    lower = code.lower()
    return _TAGS.get(lower) or _TAGS.get(lower.split("-")[0]) or code


def current() -> str:
    """The language of this request, as a tag."""
    return tag(get_language())


def say(text: Mapping[str, str] | None, lang: str | None = None) -> str:
    """The text in ``lang`` (default: the request's), else English, else Chinese, else any."""
    if not text:
        return ""
    for code in (tag(lang) if lang else current(), *FALLBACK):
        if found := text.get(code):
            return found
    return next((value for value in text.values() if value), "")


def check_text(value: Any) -> None:
    """Refuse what is not a mapping of language tag → non-empty string, at most 500 long."""
    if not isinstance(value, dict) or not any(value.values()):
        raise ValidationError(_("Write the text in at least one language."))
    for code, words in value.items():
        if not isinstance(code, str) or not isinstance(words, str) or len(words) > 500:
            raise ValidationError(_("A text is at most 500 characters in each language."))


class TextField(models.JSONField):
    """A column that holds a :data:`Text`; the admin shows one input a language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)
        if check_text not in self.validators and not self.blank:
            self.validators.append(check_text)

    def formfield(self, **kwargs: Any) -> Any:
        from servicehall.kernel.language_forms import TextFormField

        # With a callable default Django compares with a hidden copy in the form; ours compares with the row.
        return models.Field.formfield(
            self, form_class=TextFormField, **{"show_hidden_initial": False, **kwargs}
        )
