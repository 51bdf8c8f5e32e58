"""``/live/…`` on the web port, for pages that cannot reach the live port (one open port, a proxy).

Each relayed stream holds one of the web process's threads, so there are few of them; further
readers are sent to the live port with a redirect. No rule lives here: the live program's answer
is passed on as it is. No database is touched while a stream is passed on.
"""

from __future__ import annotations

import http.client
import re
import select
import ssl
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.views.decorators.csrf import csrf_exempt

from servicehall.channels.addresses import address_of
from servicehall.channels.live.callers import RELAYED, relayed
from servicehall.channels.live.refusals import LiveProgramAway
from servicehall.channels.live.shutdown import bell
from servicehall.channels.page_context import live_base

PASSED_ON = ("Accept", "Accept-Language", "Authorization", "Cookie", "Last-Event-ID", "Origin")
PASSED_BACK = (
    "Content-Type",
    "Content-Language",
    "Cache-Control",
    "Retry-After",
    "WWW-Authenticate",
    "Allow",
)
LOOK = 1.0
"""Seconds between two looks whether the reader is still there when nothing is sent."""
ANSWER_WITHIN = 5.0

_places = threading.BoundedSemaphore(settings.LIVE_RELAY_STREAMS or 1)


class _Connection(http.client.HTTPConnection):
    """Speaks HTTP/1.0: without chunks, the bytes on the wire are the stream, and none hide in a buffer."""

    _http_vsn = 10
    _http_vsn_str = "HTTP/1.0"


class _Encrypted(_Connection):
    """The same inside TLS, to nobody but the holder of our own certificate."""

    def connect(self) -> None:
        super().connect()
        self.sock = _context(settings.TLS_CERT).wrap_socket(self.sock)
        if self.sock.getpeercert(binary_form=True) != _leaf(settings.TLS_CERT):
            raise ssl.SSLCertVerificationError("the live program shows another certificate")


@cache
def _leaf(path: str) -> bytes:
    return ssl.PEM_cert_to_DER_cert(
        re.sub(r"(?s)(-----END CERTIFICATE-----).*", r"\1", Path(path).read_text())
    )


@cache
def _context(path: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=path)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # The certificate names the hall's host, and this is the machine itself; so the very certificate of the
    # settings is asked for instead, which also need not lead to a root that this machine trusts.
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def _connection() -> _Connection:
    kind = _Encrypted if settings.TLS_CERT else _Connection
    return kind("127.0.0.1", settings.LIVE_PORT, timeout=ANSWER_WITHIN)


class SentThere(HttpResponseRedirect):
    """307: the same request, at the live port."""

    status_code = 307


@csrf_exempt
def relay(request: HttpRequest, path: str) -> HttpResponseBase:
    """Pass on the live program's answer for ``/live/<path>``.

    Raises:
        LiveProgramAway: it does not answer now.
    """
    del path  # the live program reads it again, with its query
    if settings.LIVE_RELAY_STREAMS < 1 or not _places.acquire(blocking=False):
        return SentThere(_direct(request))
    taken = True
    try:
        answer = _ask(request)
        if answer.status == 200 and request.method == "GET":
            taken = False  # the stream gives the place back
            body: HttpResponseBase = StreamingHttpResponse(_Relayed(answer))
            body["X-Accel-Buffering"] = "no"
        else:
            body = HttpResponse(answer.read(), status=answer.status)
            answer.close()
    finally:
        if taken:
            _places.release()
    for name in PASSED_BACK:
        if value := answer.getheader(name):
            body[name] = value
    return body


def _direct(request: HttpRequest) -> str:
    return live_base(request) + _target(request)


def _target(request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    return quote(request.path, safe="/-._~") + (f"?{query}" if query else "")


def _ask(request: HttpRequest) -> http.client.HTTPResponse:
    connection = _connection()
    headers = {name: request.headers[name] for name in PASSED_ON if name in request.headers}
    headers["Host"] = request.get_host()
    headers[RELAYED] = relayed(address_of(request), encrypted=request.is_secure())
    try:
        connection.request(request.method or "GET", _target(request), headers=headers)
        # The answer keeps the socket; the connection, being HTTP/1.0, is done with it.
        return connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        raise LiveProgramAway from error


class _Relayed(Iterator[bytes]):
    """The stream's bytes; empty ones now and then, at which the server notices a reader that left."""

    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self._answer = answer
        self._poll = select.poll()
        self._poll.register(answer.fileno(), select.POLLIN)
        self._bell = bell()
        if self._bell is not None:
            self._poll.register(self._bell, select.POLLIN)
        self._first = True
        self._open = True
        self._lock = threading.Lock()

    def __next__(self) -> bytes:
        try:
            # The first words may already be in the buffer that the headers were read through.
            ready = [] if self._first else self._poll.poll(LOOK * 1000)
            if not self._first and not ready:
                return b""
            self._first = False
            # A program that is told to stop waits for its streams: they end at once, and readers connect again.
            stopping = any(descriptor == self._bell for descriptor, _event in ready)
            piece = b"" if stopping else self._answer.read1(65536)
        except (OSError, ValueError, http.client.HTTPException):
            piece = b""
        if not piece:  # the live program ended the stream, or is gone: the reader connects again
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        """Let go of the live program, and of the place for a relayed stream."""
        with self._lock:
            if not self._open:
                return
            self._open = False
        self._answer.close()
        _places.release()
