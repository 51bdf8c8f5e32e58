"""Serving what was uploaded: whole or in part (browsers play video by ranges), from a place where nothing runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.files import File
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

_PIECE = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
SANDBOX = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""A page of the hall's own may show itself and nothing else, with no scripts and no way out."""
SHOWN = (
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/avif",
    "image/gif",
    "video/mp4",
    "video/webm",
    "text/html",
)


def serve(
    request: HttpRequest, file: File[bytes], media_type: str, *, download_as: str = ""
) -> HttpResponseBase:
    """The file with the type that was found when it came, which the browser may not guess anew.

    What is in no known type of pictures, videos and pages, or has a name to download it as, is never shown.
    """
    response = _part(request, file, media_type)
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    if download_as or media_type.partition(";")[0] not in SHOWN:
        response["Content-Disposition"] = (
            content_disposition_header(as_attachment=True, filename=download_as or "file") or "attachment"
        )
    return response


def _part(request: HttpRequest, file: File[bytes], media_type: str) -> HttpResponseBase:
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
