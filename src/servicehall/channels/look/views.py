"""The gallery: every component in every state, and a specimen page of each frame."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from servicehall.channels.look import specimens
from servicehall.channels.look.specimen_words import words

FRAMES = ("phone", "kiosk", "kiosk-ticket", "board", "staff", "plain")
_CHOICES = {"theme": {"light", "dark"}, "contrast": {"more"}, "size": {"large", "largest"}}


def _look(request: HttpRequest) -> dict[str, Any]:
    """Theme, contrast and size asked for in the address; anything else is left out."""
    asked = {name: request.GET.get(name) for name in _CHOICES}
    return {f"look_{name}": value for name, value in asked.items() if value in _CHOICES[name]}


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """All components on one page; ``?theme=dark&contrast=more&size=large`` fixes the look."""
    if "messages" in request.GET:
        messages.success(request, words("saved"))
        messages.error(request, words("refused"))
    return render(request, "look/gallery/index.html", {**specimens.content(), **_look(request)})


@require_safe
def specimen(request: HttpRequest, frame: str) -> HttpResponse:
    """A page of one frame (phone, kiosk, board, staff, plain) with believable content."""
    if frame not in FRAMES:
        raise Http404
    mm = request.GET.get("mm", "")
    context = {**specimens.content(), **_look(request), "mm": mm if mm.replace(".", "", 1).isdigit() else ""}
    return render(request, f"look/gallery/{frame}.html", context)
