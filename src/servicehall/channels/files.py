"""Serving what was uploaded: whole or in part (browsers play video by ranges), from a place where nothing runs.

A thread that writes to a slow reader waits for it. So a range is answered with its first piece, small enough for
the server to take at once; browsers ask for the next one when they want it (RFC 9110, 15.3.7 lets a server send
less than was asked for). Who asks for all of a large file without a range holds a thread, so there are few of
those, and they have to keep a pace.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

from django.core.files import File
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from servicehall.kernel.errors import Busy

from .addresses import address_of
from .turnstile import Turnstile

PIECE = 512 * 1024
"""The most bytes of an answer that the server takes without waiting for the reader."""
_AT_ONCE = 256 * 1024
PACE, GRACE = 32 * 1024, 20.0
"""Bytes a second that a reader of all of a large file takes at least, and the seconds before one counts."""
MOST, MOST_OF_ONE = 16, 8
"""Such readers at once in a process: in all, and from one address."""
_places = Turnstile(MOST, MOST_OF_ONE)
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
    """The part that the request's Range asks for (RFC 9110, one range) or its beginning, else all of it."""
    size = file.size
    first, last = 0, size - 1
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked and (asked[1] or asked[2]):
        first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
        last = min(size - 1, int(asked[2])) if asked[1] and asked[2] else size - 1
        if first > last:
            file.close()
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        last = min(last, first + PIECE - 1)
    elif size > PIECE:
        return _whole(request, file, media_type)
    with file:
        file.seek(first)
        response = HttpResponse(
            file.read(last - first + 1), status=206 if asked else 200, content_type=media_type
        )
    response["Content-Length"] = str(last - first + 1)
    if asked:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _whole(request: HttpRequest, file: File[bytes], media_type: str) -> HttpResponseBase:
    response = StreamingHttpResponse(_Pieces(file, address_of(request)), content_type=media_type)
    response["Content-Length"] = str(file.size)
    return response


class _Pieces(Iterator[bytes]):
    """A large file from its beginning to its end, for a reader that takes it at a fair pace."""

    def __init__(self, file: File[bytes], address: str) -> None:
        if not _places.enter(address):
            file.close()
            raise Busy
        self._file, self._address, self._open = file, address, True
        self._began, self._sent = time.monotonic(), 0

    def __next__(self) -> bytes:
        took = time.monotonic() - self._began
        too_slow = took > GRACE and self._sent < took * PACE
        piece = b"" if too_slow or not self._open else self._file.read(_AT_ONCE)
        if not piece:
            self.close()
            raise StopIteration
        self._sent += len(piece)
        return piece

    def close(self) -> None:
        """Let go of the file and of the place, once."""
        if self._open:
            self._open = False
            self._file.close()
            _places.leave(self._address)
