"""The addresses of this channel: what is declared, each behind the door, and the document about it."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from . import endpoints
from .declaring import api
from .document import openapi
from .door import door, nowhere
from .problems import MOST_BYTES, MOST_WITH_FILE

assert endpoints.__all__  # importing the endpoints is what declares them  # noqa: S101

_FIRST = ("tickets/<ticket>/finish", "counters/<counter>/next", "sites/<site>/tickets")
"""The busiest addresses: the list is searched from its start."""

_WITH_FILE = "requests/<request_code>/files"
"""Where a body may be as large as a file."""

_declared = [p for p in api.urls[0] if isinstance(p, URLPattern) and p.name != "api-root"]
_declared.sort(key=lambda p: -_FIRST.index(str(p.pattern)) if str(p.pattern) in _FIRST else 1)


def _most(pattern: URLPattern) -> int:
    return MOST_WITH_FILE if str(pattern.pattern) == _WITH_FILE else MOST_BYTES


urlpatterns: list[URLPattern | URLResolver] = [
    *(path(f"v1/{p.pattern}", door(p.callback, most=_most(p)), name=p.name) for p in _declared),
    path("v1/openapi.json", door(openapi), name="api-document"),
    re_path(r"", door(nowhere)),
]
