"""How answers are written: JSON in the API's own form, and writes that happen once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpResponse

from servicehall.kernel import idempotency
from servicehall.kernel.idempotency import Answer

from .callers import Request
from .schemas.base import Shown

JSON = "application/json"
KEY = "Idempotency-Key"
T = TypeVar("T")


def rendered(form: type[Shown], found: Any) -> bytes:
    """What a room shows, in the API's form."""
    return form.__pydantic_serializer__.to_json(form.__pydantic_validator__.validate_python(found))


def show(form: type[Shown], found: Any, *, status: int = 200) -> HttpResponse:
    """An answer to a read."""
    return HttpResponse(rendered(form, found), status=status, content_type=JSON)


def write(
    request: Request,
    site_id: UUID,
    act: Callable[[], T],
    body: Callable[[T], bytes],
    *,
    status: int = 200,
    about: UUID | None = None,
    told: Callable[[bytes], bytes] | None = None,
) -> HttpResponse:
    """Act once in the site's line and answer; an empty body makes it 204.

    With an ``Idempotency-Key`` the answer is kept in the transaction of the act and given again.
    Keys belong to the token, or (``about``) to the ticket or request whose code was used.

    Args:
        told: makes what is sent of what is kept, each time: for answers that must not be kept as they are.

    Raises:
        KeyReused: the key belongs to a different request.
    """
    key = request.headers.get(KEY) if "HTTP_IDEMPOTENCY_KEY" in request.META else None
    if key is None:
        found = body(act())
        return _sent(told(found) if told else found, status if found else 204)

    def kept() -> Answer:
        found = body(act())
        return Answer(status if found else 204, found.decode())

    actor = request.auth.actor
    scope = f"token:{actor.id}" if actor.id else f"public:{about}"
    mark = idempotency.fingerprint(str(request.method), request.path, request.body)
    answer = idempotency.once(site_id=site_id, scope=scope, key=key, fingerprint=mark, act=kept)
    found = answer.body.encode()
    response = _sent(told(found) if told else found, answer.status)
    if answer.repeated:
        response["Idempotency-Replayed"] = "true"
    return response


def _sent(body: bytes, status: int) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type=JSON)
    if status == 204:
        del response["Content-Type"]
    return response
