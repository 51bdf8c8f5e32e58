"""Accepting, dismissing and undoing, with one press."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from servicehall.rooms.diversion import actions

from .ground import asked, back


def _done(request: HttpRequest, slug: str, episode_id: UUID, act: Any, words: Promise) -> HttpResponse:
    actor, place = asked(request, slug)
    try:
        act(episode_id, site_id=place.id, by=actor)
    except actions.AlreadyDecided as refused:
        messages.warning(request, refused.sentences)
    else:
        messages.success(request, str(words))
    return back(slug)


@require_POST
def accept(request: HttpRequest, slug: str, episode_id: UUID) -> HttpResponse:
    """Let it take effect."""
    return _done(request, slug, episode_id, actions.accept, _("It is in effect now."))


@require_POST
def dismiss(request: HttpRequest, slug: str, episode_id: UUID) -> HttpResponse:
    """Let it be."""
    return _done(
        request, slug, episode_id, actions.dismiss, _("Dismissed. It is not proposed again during this load.")
    )


@require_POST
def undo(request: HttpRequest, slug: str, episode_id: UUID) -> HttpResponse:
    """Take back what runs."""
    return _done(
        request, slug, episode_id, actions.undo, _("Undone. It does not come again during this load.")
    )
