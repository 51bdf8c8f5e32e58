"""The addresses of this channel: what is declared, each behind the door, and the document about it."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from . import endpoints
from .declaring import api
from .document import openapi
from .door import door, nowhere

assert endpoints.__all__  # importing the endpoints is what declares them  # noqa: S101

_declared: list[URLPattern] = [p for p in api.urls[0] if isinstance(p, URLPattern)]
for _pattern in _declared:
    _pattern.callback = door(_pattern.callback)

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/openapi.json", door(openapi), name="api-document"),
    *(path("v1/" + str(p.pattern), p.callback, name=p.name) for p in _declared if p.name != "api-root"),
    re_path(r"", door(nowhere)),
]
