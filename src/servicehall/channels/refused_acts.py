"""Refused acts in the log: who tried what, where. Missing pages and input that does not fit are nobody's attack.

A line names ids and words of the program only. Addresses of pages stand there without what they carry (a
ticket's code, a customer's id); the site's short name stays. Anybody can cause a line, so a process writes
thirty a minute of each kind and then counts.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.http import HttpRequest

from servicehall.kernel.errors import NotSignedIn, Refused

log = logging.getLogger(__name__)
MOST = 30
WITHIN = 60.0
"""Seconds in which so many lines of a kind are written."""
_PLACES = frozenset({"site", "slug"})


@dataclass(slots=True)
class _Count:
    since: float
    lines: int = 0
    left_out: int = 0


_counts: dict[str, _Count] = {}
_lock = Lock()


def note(request: HttpRequest, error: Refused, refs: Mapping[str, Any] | None = None) -> None:
    """Write that an act was refused, if it was: for want of a right, a valid token or a form's own token.

    ``refs`` are the parts of the address that stand for something; without them what Django found.
    """
    wrong_token = isinstance(error, NotSignedIn) and "HTTP_AUTHORIZATION" in request.META
    if (error.status != 403 and not wrong_token) or not _has_room(error.kind):
        return
    log.warning(
        "act.refused kind=%s right=%s who=%s method=%s where=%s",
        error.kind,
        error.facts.get("right", "-"),
        _who(request),
        request.method,
        _where(request, refs),
    )


def _has_room(kind: str) -> bool:
    now = time.monotonic()
    with _lock:
        count = _counts.get(kind)
        left_out = 0
        if count is None or now - count.since >= WITHIN:
            left_out = count.left_out if count else 0
            count = _counts[kind] = _Count(now)
        has_room = count.lines < MOST
        if has_room:
            count.lines += 1
        else:
            count.left_out += 1
        ends = count.left_out == 1
    if left_out:
        log.warning("act.refused kind=%s left_out=%d", kind, left_out)
    if ends:
        log.warning("act.refused kind=%s more=counted", kind)
    return has_room


def _who(request: HttpRequest) -> str:
    """``staff:<id>``, ``token:<id>`` or ``-`` for nobody known."""
    caller: Any = getattr(request, "auth", None)
    if (actor := getattr(caller, "actor", None)) is not None:
        return f"{actor.kind}:{actor.id}" if actor.id else "-"
    user: Any = getattr(request, "user", None)
    return f"staff:{user.pk}" if user is not None and user.is_authenticated else "-"


def _where(request: HttpRequest, refs: Mapping[str, Any] | None) -> str:
    """The address with names in place of what it carries; ``-`` for one that leads nowhere."""
    if refs is None:
        if request.resolver_match is None:
            return "-"
        refs = request.resolver_match.kwargs
    names = {str(value): f"<{name}>" for name, value in refs.items() if name not in _PLACES}
    return "/".join(names.get(part, part) for part in request.path.split("/"))


def forget() -> None:
    """Begin to count anew (for tests)."""
    with _lock:
        _counts.clear()
