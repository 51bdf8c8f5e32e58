"""Once means once: the first answer to a request with a key is kept and given again.

The answer is written in the transaction of the act, so there is never an act without its
answer or an answer without its act. Of two requests with one key at the same time the second
waits in the site's line (or fails on the unique key and reads the first one's answer).
Form follows draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError

from . import sql
from .errors import BadInput, KeyReused
from .timers import Due, at_start, set_timer, timer
from .transactions import transaction

KEPT_FOR = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: HTTP status and body, and whether it is a repetition."""

    status: int
    body: str
    repeated: bool = False


def fingerprint(*parts: str | bytes) -> str:
    """A digest of what makes two requests the same (method, path, body)."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def once(
    *, site_id: UUID, scope: str, key: str | None, fingerprint: str, act: Callable[[], Answer]
) -> Answer:
    """Do ``act`` in the site's line unless ``key`` was used before in ``scope``.

    A refusal changes nothing and is not kept: the same key may be sent again.

    Raises:
        KeyReused: the key belongs to a different request.
        BadInput: the key is empty or longer than 200 characters.
    """
    if key is None:
        with transaction(site_id):
            return act()
    if not 1 <= len(key) <= 200 or not key.isprintable():
        raise BadInput(errors={"Idempotency-Key": "1–200"})
    try:
        return _kept(site_id, scope, key, fingerprint, act)
    except IntegrityError:
        # The same key at two sites at the same time: the other one was first and its answer is there now.
        return _kept(site_id, scope, key, fingerprint, act)


def _kept(site_id: UUID, scope: str, key: str, fingerprint: str, act: Callable[[], Answer]) -> Answer:
    with transaction(site_id):
        found = sql.row(
            "SELECT fingerprint, status, body FROM kernel_keptanswer WHERE scope = %s AND key = %s",
            scope,
            key,
        )
        if found:
            if found[0] != fingerprint:
                raise KeyReused
            return Answer(int(found[1]), found[2], repeated=True)
        answer = act()
        sql.run(
            "INSERT INTO kernel_keptanswer (scope, key, fingerprint, status, body, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            scope,
            key,
            fingerprint,
            answer.status,
            answer.body,
            datetime.now(UTC),
        )
        return answer


@timer("kernel.forget-answers")
def forget_answers(due: Due) -> None:
    """Remove kept answers past their time, and come again in an hour."""
    sql.run("DELETE FROM kernel_keptanswer WHERE created_at < %s", datetime.now(UTC) - KEPT_FOR)
    set_timer(due.kind, due.key, datetime.now(UTC) + timedelta(hours=1))


@at_start
def _start() -> None:
    with transaction():
        set_timer("kernel.forget-answers", "all", datetime.now(UTC) + timedelta(hours=1))
