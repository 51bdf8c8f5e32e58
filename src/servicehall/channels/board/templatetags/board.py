"""Template tags of the board: one text in each of its languages, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.template import Context
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


def _spans(texts: Iterable[tuple[str, str]]) -> SafeString:
    """Each text once, marked with its language; the first is the board's main one."""
    kept: dict[str, str] = {}
    for language, text in texts:
        if text and text not in kept.values():
            kept[language] = text
    inner = format_html_join("", '<span lang="{}">{}</span>', kept.items())
    return format_html('<span class="tongues">{}</span>', inner)


@register.simple_tag(takes_context=True)
def in_languages(context: Context, text: Any) -> SafeString:
    """A marked text, ``_("…")``, in each of the board's ``languages``."""
    found = []
    for language in context["languages"]:
        with translation.override(language.lower()):
            found.append((language, str(text)))
    return _spans(found)


@register.simple_tag(takes_context=True)
def say_all(context: Context, texts: Mapping[str, str] | None) -> SafeString:
    """A text of the hall's setup in each of the board's languages that it has, else in any."""
    texts = texts or {}
    found = [(language, texts[language]) for language in context["languages"] if texts.get(language)]
    return _spans(found or [pair for pair in texts.items() if pair[1]][:1])
