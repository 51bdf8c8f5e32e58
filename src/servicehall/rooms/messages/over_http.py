"""One request to a provider's HTTP interface, and what of it may be said again. Nothing of a message is logged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings

from .transports import NotSent, Unclear


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer: the status, the JSON object, and after how many seconds it wants to be asked again."""

    status: int
    said: dict[str, Any]
    retry_after: float


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    form: Mapping[str, str] | bytes | None = None,
    auth: tuple[str, str] | None = None,
) -> Answer:
    """Send a request and read the answer.

    Raises:
        NotSent: nothing got there.
        Unclear: it got there and no whole answer came back.
    """
    patience = settings.SMS_PATIENCE
    try:
        found = requests.request(
            method,
            url,
            headers=dict(headers),
            data=form,
            auth=auth,
            timeout=(min(5, patience), patience),
            allow_redirects=False,
        )
    except (requests.ConnectTimeout, requests.exceptions.SSLError):
        raise NotSent("unreachable", again=True) from None
    except requests.ConnectionError as problem:
        # A refused connection never carried anything; one that broke may have.
        if "NewConnectionError" in repr(problem) or "NameResolutionError" in repr(problem):
            raise NotSent("unreachable", again=True) from None
        raise Unclear("no-answer") from None
    except requests.RequestException:
        raise Unclear("no-answer") from None
    try:
        said = found.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        if found.status_code >= 500:
            raise Unclear(f"http-{found.status_code}")
        raise NotSent(f"http-{found.status_code}", again=False)
    after = found.headers.get("Retry-After", "")
    return Answer(found.status_code, said, float(after) if after.isdigit() else 0.0)
