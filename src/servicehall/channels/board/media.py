"""Serving the files of the media slot, whole or in part (browsers play video by ranges)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

from django.core.files import File
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from servicehall.channels.board.models import Medium
from servicehall.kernel.errors import NotFound

_PIECE = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
# A page of the hall's own: it may show itself and nothing else, with no scripts and no way out.
_SANDBOX = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"


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
    response = _partial(request, file, item.media_type)
    response["Cache-Control"] = "public, max-age=86400, immutable"
    response["Accept-Ranges"] = "bytes"
    response["Content-Security-Policy"] = _SANDBOX
    return response


def _partial(request: HttpRequest, file: File[bytes], media_type: str) -> HttpResponseBase:
    """The part that the request's Range asks for (RFC 9110, one range), else all of it."""
    size = file.size
    first, last = 0, size - 1
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked and (asked[1] or asked[2]):
        first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
        last = min(size - 1, int(asked[2])) if asked[1] and asked[2] else size - 1
        if first > last:
            file.close()
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(
        _pieces(file, first, last - first + 1), status=206 if asked else 200, content_type=media_type
    )
    response["Content-Length"] = str(last - first + 1)
    if asked:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _pieces(file: File[bytes], first: int, count: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while count > 0 and (piece := file.read(min(_PIECE, count))):
            count -= len(piece)
            yield piece
