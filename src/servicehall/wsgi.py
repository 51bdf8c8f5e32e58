"""The web program (WSGI): pages and API.

The API needs no session, CSRF token or messages, so its requests take a shorter way, past Django's
handler and middleware (the full chain costs 10 to 35 % on the hot path, measured).
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")

import django
from django.core.handlers.wsgi import WSGIHandler

gc.disable()  # what is being loaded now stays
django.setup()

from servicehall.channels.addresses import settle  # noqa: E402 - needs the apps above
from servicehall.channels.api.program import application as api  # noqa: E402
from servicehall.channels.api.program import has_turns_for  # noqa: E402
from servicehall.channels.arriving import Arrivals  # noqa: E402
from servicehall.channels.live import shutdown  # noqa: E402

shutdown.hear()
_arrivals = Arrivals()
_pages = WSGIHandler()

# The collector need not look at it in the middle of requests.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
gc.enable()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Send a request, once its body is here, to the API's program or to the pages' handler."""
    settle(environ)
    with _arrivals.received(environ):
        if has_turns_for(environ):
            return api(environ, start_response)
        return _pages(environ, start_response)
