"""Template tags of the shared look: texts in languages, icons, lengths of time, states, QR codes.

The words for time are in times.py, the words and colours of states in states.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import segno
from django import template
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from servicehall.channels.look import icons, states, times
from servicehall.channels.look.assets import ALL, MODULES, SHEETS
from servicehall.kernel import languages

register = template.Library()


@register.simple_tag
def stylesheets() -> tuple[str, ...]:
    """The addresses of the stylesheets of every page: one where files are collected, else each by itself."""
    joined = ALL in getattr(staticfiles_storage, "hashed_files", {})
    return tuple(staticfiles_storage.url(sheet) for sheet in ((ALL,) if joined else SHEETS))


@register.simple_tag
def modules() -> tuple[str, ...]:
    """The addresses of the modules that page.js imports."""
    return tuple(staticfiles_storage.url(f"look/{name}.js") for name in MODULES)


@register.simple_tag
def lexicon() -> str:
    """The address of what pinyin input looks up; empty where setup did not make it, and the keyboard has letters only."""
    name = "vendor/pinyin/lexicon.txt"
    return staticfiles_storage.url(name) if finders.find(name) else ""


@register.simple_tag
def page_language() -> str:
    """The BCP 47 tag for ``<html lang>``."""
    return languages.current()


@register.simple_tag
def offered_languages() -> list[tuple[str, str, str]]:
    """(code that Django's ``set_language`` takes, BCP 47 tag, name in that language)."""
    return [(tag.lower(), tag, name) for tag, name in languages.NAMES.items()]


@register.filter
def say(text: Mapping[str, str] | None, lang: str | None = None) -> str:
    """A text kept in several languages, in the reader's (or the given) one."""
    return languages.say(text, lang)


@register.filter
def say_other(text: Mapping[str, str] | None) -> str:
    """The same text in the first language that is not the reader's; empty when there is none."""
    mine = languages.say(text)
    for tag in languages.NAMES:
        other = (text or {}).get(tag, "")
        if other and other != mine and tag != languages.current():
            return other
    return ""


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """An icon of lucide-static, inline and hidden from screen readers; ``size`` s, l or xl.

    Raises:
        icons.NoSuchIcon: the package has no icon of that name.
    """
    return icons.inline(name, size)


@register.filter
def duration(value: timedelta | float | None) -> str:
    """ "1 h 5 min" / "1 小时 5 分钟"; under a minute "40 s" / "40 秒". Seconds or timedelta."""
    return times.duration(value)


@register.filter
def minutes(value: timedelta | float | None) -> str:
    """Whole minutes, rounded up: "12 min" / "12 分钟". Seconds or timedelta."""
    return times.minutes(value)


@register.filter
def wait_range(low: timedelta | float | None, high: timedelta | float | None = None) -> str:
    """ "about 5–12 min" / "约 5–12 分钟"; empty when nothing is known. Seconds or timedelta."""
    return times.wait_range(low, high)


@register.filter
def stopwatch(value: timedelta | float | None) -> str:
    """ "4:05" or "1:04:05", as time.js goes on counting it. Seconds or timedelta."""
    return times.stopwatch(value)


@register.filter
def since(moment: datetime | None) -> str:
    """The ``data-since`` value that time.js counts from: ISO 8601 in UTC."""
    return times.iso(moment)


@register.inclusion_tag("look/components/pill.html")
def state_pill(state: str, kind: str = "ticket", size: str = "") -> dict[str, Any]:
    """The pill of a ticket's (``kind="counter"``: a counter's) state, in words, colour and icon."""
    return {"size": size, "state": state, **states.shown(kind, state)._asdict()}


@register.filter
def state_name(state: str, kind: str = "ticket") -> str:
    """The state in words only."""
    return str(states.shown(kind, state).label)


@register.simple_tag
def qr(content: str, label: str = "") -> SafeString:
    """A QR code as an inline SVG that fills its box, always dark on white so that it scans."""
    code = segno.make(content, error="m", micro=False)
    svg = code.svg_inline(
        border=2, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None, title=label or None
    )
    return mark_safe(svg)  # noqa: S308 - made by segno; it escapes the title


@register.filter
def initials(name: str) -> str:
    """Two letters of a Latin name, the last two characters of a Chinese one."""
    words = name.split()
    if len(words) == 1 and not words[0].isascii():
        return words[0][-2:]
    return "".join(word[0] for word in words[:2]).upper()


@register.filter
def avatar_tone(name: str) -> int:
    """One of six colours, always the same for the same name."""
    return sum(name.encode()) % 6


@register.filter
def chart_rows(data: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    """The figures of a chart as rows of a table: (label, one value a series)."""
    columns = [series["values"] for series in data["series"]]
    return [(label, [column[at] for column in columns]) for at, label in enumerate(data["labels"])]


@register.filter
def contains(values: Iterable[Any] | None, value: Any) -> bool:
    """Whether a checkbox or chip is chosen, told by its value as text."""
    return str(value) in {str(item) for item in values or ()}


@register.simple_block_tag(takes_context=True)
def dialog(context: Context, content: str, id: str, title: str, size: str = "") -> str:  # noqa: A002
    """A native dialog around the block; opened by any button with ``data-dialog-open="<id>"``."""
    return render_to_string(
        "look/components/dialog.html",
        {"id": id, "title": title, "size": size, "content": content},
        request=context.get("request"),
    )


@register.simple_block_tag
def banner(content: str, tone: str = "info", title: str = "") -> str:
    """A notice in the page's flow; ``tone`` info, good, warn, bad or call."""
    return render_to_string("look/components/banner.html", {"tone": tone, "title": title, "content": content})
