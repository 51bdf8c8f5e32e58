"""The gallery: every component in every state, and a specimen page of each frame.

It is there for who works on the pages, and only where SERVICEHALL_GALLERY says so.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from servicehall.channels.look import specimens
from servicehall.channels.look.specimen_words import words

FRAMES = ("phone", "kiosk", "kiosk-ticket", "kiosk-keyboard", "board", "staff", "plain")
_CHOICES = {"theme": {"light", "dark"}, "contrast": {"more"}, "size": {"large", "largest"}}


def _look(request: HttpRequest) -> dict[str, Any]:
    """Theme, contrast and size asked for in the address; anything else is left out."""
    asked = {name: request.GET.get(name) for name in _CHOICES}
    return {f"look_{name}": value for name, value in asked.items() if value in _CHOICES[name]}


def _need_gallery() -> None:
    """Answer as an address that does not exist where the gallery is not wanted."""
    if not settings.GALLERY:
        raise Http404


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """All components on one page; ``?theme=dark&contrast=more&size=large`` fixes the look."""
    _need_gallery()
    if "messages" in request.GET:
        messages.success(request, words("saved"))
        messages.error(request, words("refused"))
    return render(request, "look/gallery/index.html", {**specimens.content(), **_look(request)})


@require_safe
def specimen(request: HttpRequest, frame: str) -> HttpResponse:
    """A page of one frame (phone, kiosk, board, staff, plain) with believable content."""
    _need_gallery()
    if frame not in FRAMES:
        raise Http404
    mm = request.GET.get("mm", "")
    context = {**specimens.content(), **_look(request), "mm": mm if mm.replace(".", "", 1).isdigit() else ""}
    return render(request, f"look/gallery/{frame}.html", context)
