"""Sends checkpoints to the witnesses, as C2SP tlog-witness says, and keeps what they sign.

A witness that is down, slow or wrong holds up nobody: each is asked by itself, for a few seconds at most,
and less and less often while it does not answer.
"""

from __future__ import annotations

import http.client
import logging
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db import connection

from servicehall.kernel import outgoing

from . import actions, notes
from .models import Cosignature
from .notes import Witness
from .queries import CheckpointView, checkpoint_of, consistency

log = logging.getLogger(__name__)
PATIENCE = 5.0
"""Seconds that an answer may take."""
LONGEST_REST = 60.0
LONGEST_ANSWER = 16 * 1024


@dataclass(slots=True)
class _Rest:
    until: float = 0.0
    failures: int = 0


_resting: dict[str, _Rest] = {}
NO_ANSWER = 0


@lru_cache(maxsize=4)
def _of_setting(setting: str) -> tuple[Witness, ...]:
    """The witnesses; of a setting that names none one line is logged, and doctor says more."""
    try:
        return tuple(notes.witnesses(setting))
    except notes.NoWitness as error:
        log.error("witness.no_such setting=%s", error)
        return ()


def rest_no_more() -> None:
    """Forget who did not answer, so that everybody is asked at once."""
    _resting.clear()


def submit_to_all() -> None:
    """Give every witness the newest checkpoint that it has not signed yet."""
    found = _of_setting(settings.WITNESSES)
    if not found or (newest := checkpoint_of()) is None:
        return
    now = time.monotonic()
    asked = [one for one in found if _resting.setdefault(one.name, _Rest()).until <= now]
    if asked:
        with ThreadPoolExecutor(max_workers=len(asked)) as pool:
            list(pool.map(lambda one: _in_thread(one, newest), asked))


def _in_thread(witness: Witness, newest: CheckpointView) -> None:
    try:
        submit(witness, newest)
    except Exception:
        log.exception("witness.failed name=%s", witness.name)
    finally:
        connection.close()


def submit(witness: Witness, newest: CheckpointView) -> bool:
    """Ask one witness for its cosignature; whether it has signed this checkpoint now."""
    known = _signed_by(witness)
    if known >= newest.size:
        return True
    status, said = _send(witness, known, newest)
    if status == 409 and (other := _size_in(said)) is not None and other != known and other <= newest.size:
        # It signed for us before (and we forgot, or its answer was lost): prove from what it knows.
        status, said = _send(witness, other, newest)
    line = witness.own_line(_text_of(newest), said) if status == 200 else None
    if line is not None:
        actions.keep_cosignature(newest.size, witness.name, line)
    _rest(witness, failed=line is None)
    said_last = status if line is not None or status != 200 else NO_ANSWER
    actions.note_answer(witness.name, status=said_last, size=0 if said_last in {0, 200} else newest.size)
    if line is None:
        log.warning("witness.did_not_sign name=%s status=%s size=%s", witness.name, status, newest.size)
    return line is not None


def _signed_by(witness: Witness) -> int:
    found = (
        Cosignature.objects.filter(witness=witness.name)
        .order_by("-checkpoint__size")
        .values_list("checkpoint__size", flat=True)
        .first()
    )
    return int(found or 0)


def _text_of(checkpoint: CheckpointView) -> str:
    return checkpoint.note.split("\n\n", 1)[0] + "\n"


def _size_in(said: str) -> int | None:
    text = said.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _rest(witness: Witness, *, failed: bool) -> None:
    rest = _resting.setdefault(witness.name, _Rest())
    rest.failures = rest.failures + 1 if failed else 0
    rest.until = time.monotonic() + min(LONGEST_REST, 2.0**rest.failures) if failed else 0.0


def _send(witness: Witness, old: int, newest: CheckpointView) -> tuple[int, str]:
    """(status, what was said); status 0: no answer came."""
    proof = "".join(f"{notes.b64(one)}\n" for one in consistency(old, newest.size))
    own = newest.note.split(f"\n{notes.DASH} ")
    body = f"old {old}\n{proof}\n{own[0]}\n{notes.DASH} {own[1].rstrip(chr(10))}\n"
    request = urllib.request.Request(  # noqa: S310 - a witness's address begins with http: or https:
        f"{witness.url}/add-checkpoint", data=body.encode(), method="POST"
    )
    try:
        with outgoing.ask(request, timeout=PATIENCE) as answer:
            return answer.status, answer.read(LONGEST_ANSWER).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read(LONGEST_ANSWER).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return NO_ANSWER, ""
