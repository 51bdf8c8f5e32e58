"""Icons of the npm package lucide-static, read once and put inline so that they take the text's colour."""

from __future__ import annotations

import re
from functools import cache

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_NAME = re.compile(r"[a-z0-9-]+")
_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class NoSuchIcon(LookupError):
    """The icon package has no icon of this name."""


@cache
def _body(name: str) -> SafeString:
    if not _NAME.fullmatch(name):
        raise NoSuchIcon(name)
    path = settings.ROOT / "node_modules" / "lucide-static" / "icons" / f"{name}.svg"
    match = _BODY.search(path.read_text(encoding="utf-8")) if path.is_file() else None
    if match is None:
        raise NoSuchIcon(name)
    return mark_safe(re.sub(r"\s+", " ", match[1]).strip())  # noqa: S308 - a file of a pinned package


@cache
def inline(name: str, size: str = "") -> SafeString:
    """The icon as ``<svg class="icon">``, hidden from screen readers.

    Raises:
        NoSuchIcon: the package has no icon of this name.
    """
    return format_html(
        '<svg class="icon{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2"'
        ' stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        f" icon-{size}" if size else "",
        _body(name),
    )
