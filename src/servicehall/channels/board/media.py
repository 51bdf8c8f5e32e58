"""Serving the files of the media slot."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from servicehall.channels.board.models import Medium
from servicehall.channels.files import serve
from servicehall.kernel.errors import NotFound


@require_safe
def medium(request: HttpRequest, medium_id: UUID) -> HttpResponseBase:
    """One file of a playlist."""
    item = Medium.objects.filter(pk=medium_id).first()
    if item is None or not item.file or not item.media_type:
        raise NotFound
    try:
        file = item.file.open("rb")
    except FileNotFoundError as error:
        raise NotFound from error
    response = serve(request, file, item.media_type)
    response["Cache-Control"] = "public, max-age=86400, immutable"
    return response
