"""One request to a provider's interface. Nothing of it is logged; where it cannot have arrived, that is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import requests
from django.conf import settings

from .interface import NotDone, Unclear

LONGEST_ANSWER = 20 * 1024 * 1024
"""A day's statement of a big hall; all other answers have a few kilobytes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, byte for byte: signatures are over bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    form: Mapping[str, str] | None = None,
) -> Answer:
    """Send a request and read the answer.

    Raises:
        NotDone: nothing got there.
        Unclear: it got there and no whole answer came back.
    """
    patience = settings.PAYMENT_PATIENCE
    try:
        with requests.request(
            method, url, headers=dict(headers or {}), data=form if body is None else body,
            timeout=(min(5, patience), patience), allow_redirects=False, stream=True,
        ) as found:  # fmt: skip
            whole = found.raw.read(LONGEST_ANSWER + 1, decode_content=True)
            if len(whole) > LONGEST_ANSWER:
                raise Unclear("answer-too-long")
            return Answer(found.status_code, {k.lower(): v for k, v in found.headers.items()}, whole)
    except (requests.ConnectTimeout, requests.exceptions.SSLError):
        raise NotDone(reason="unreachable") from None
    except requests.ConnectionError as problem:
        # A refused connection never carried anything; one that broke may have.
        if "NewConnectionError" in repr(problem) or "NameResolutionError" in repr(problem):
            raise NotDone(reason="unreachable") from None
        raise Unclear("no-answer") from None
    except (requests.RequestException, OSError):
        raise Unclear("no-answer") from None
