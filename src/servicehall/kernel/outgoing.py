"""Requests that this program makes: to the address that it was given, and nowhere else."""

from __future__ import annotations

import urllib.request
from http.client import HTTPResponse
from typing import Any


class _StayThere(urllib.request.HTTPRedirectHandler):
    """A redirect is an error: who can answer for an address must not choose another one inside our network."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


# Neither files nor FTP, which the library would open too; certificates are checked by its default context.
_opener = urllib.request.OpenerDirector()
for _handler in (
    urllib.request.ProxyHandler,
    urllib.request.HTTPHandler,
    urllib.request.HTTPSHandler,
    urllib.request.HTTPDefaultErrorHandler,
    urllib.request.HTTPErrorProcessor,
    urllib.request.UnknownHandler,
    _StayThere,
):
    _opener.add_handler(_handler())


def ask(request: urllib.request.Request, *, timeout: float) -> HTTPResponse:
    """The answer of the address itself; ``timeout`` in seconds.

    Raises:
        OSError: no answer in time, a wrong certificate, a status from 300 on, or neither http nor https.
    """
    answer: HTTPResponse = _opener.open(request, timeout=timeout)
    return answer
