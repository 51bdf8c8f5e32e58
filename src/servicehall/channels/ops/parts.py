"""Parts of a page that renew themselves: each has a version, and only changed ones are sent again.

A page names the versions that it has in the header ``X-Parts: tiles=ab12 services=90fe`` and gets
the others as HTML, with the moment they hold for in ``X-As-Of``. ops.js is the other side.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_AS_OF = "\u241fas-of\u241f"
# A running stopwatch is another text every second, and not another content.
_RUNNING = re.compile(r'(data-since="[^"]*"[^>]*>)[^<]*')


@dataclass(frozen=True, slots=True)
class Part:
    """A rendered part and the version of its content."""

    name: str
    version: str
    html: SafeString


def part(name: str, context: Mapping[str, Any], *, as_of: str, request: HttpRequest) -> Part:
    """Render ``ops/parts/<name>.html``; in it ``as_of`` is the moment, which is not part of the version."""
    body = render_to_string(f"ops/parts/{name}.html", {**context, "as_of": _AS_OF}, request=request)
    version = hashlib.sha256(_RUNNING.sub(r"\1", body).encode()).hexdigest()[:12]
    html = format_html(
        '<div class="ops-part" id="part-{0}" data-part="{0}" data-version="{1}">{2}</div>',
        name,
        version,
        mark_safe(body.replace(_AS_OF, as_of)),  # noqa: S308 - our own template's output
    )
    return Part(name, version, html)


def wants_parts(request: HttpRequest) -> bool:
    """Whether a page asks for what has changed."""
    return "X-Parts" in request.headers


def changed(request: HttpRequest, found: list[Part], *, as_of: str, seq: int, late: bool) -> HttpResponse:
    """The parts whose version the page does not have."""
    known = set(request.headers.get("X-Parts", "").split())
    body = "".join(one.html for one in found if f"{one.name}={one.version}" not in known)
    response = HttpResponse(body)
    response["X-As-Of"] = as_of
    response["X-Seq"] = str(seq)
    response["X-Late"] = "yes" if late else "no"
    return response
