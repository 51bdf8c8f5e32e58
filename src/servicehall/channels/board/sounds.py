"""From a call in the log to the file that says it.

Only calls that happened can be spoken: an address names the call's place in the log or carries our
signature, so nobody outside can make the server say, or store, anything else.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.core import signing

from servicehall.channels.board import phrases
from servicehall.channels.voice.speaking import engine, shelf
from servicehall.kernel import events, tampering
from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import NAMES
from servicehall.rooms.queueing import queries as queueing

CALLS = frozenset({"ticket.called", "ticket.recalled"})
# Events behind the newest one; a call further back is history and not spoken any more.
RECENT = 5000
_SALT = "board.speech"
_VALID = 24 * 3600


def speech(site_id: UUID, call: str, language: str) -> Path:
    """The WAV file in which the call is spoken.

    ``call`` is the call's place in the site's log (live events have it), or what :func:`token`
    signed (snapshots have that).

    Raises:
        NotFound: there is no such call, it is history, or the language is not one of ours.
        VoiceUnavailable: nothing can speak it now.
    """
    if language not in NAMES:
        raise NotFound
    return shelf().sound(engine(), words(site_id, call, language), language)


def words(site_id: UUID, call: str, language: str) -> str:
    """What is said for the call.

    Raises:
        NotFound: there is no such call, or it is history.
    """
    number, counter_id = _logged(site_id, int(call[:20])) if call.isdecimal() else _signed(call)
    for counter in queueing.counters(site_id):
        if counter["id"] == counter_id:
            return phrases.call(number, counter["names"], counter["label"], language)
    raise NotFound


def token(number: str, counter_id: str) -> str:
    """The call of a number to a counter, signed: proof that it happened."""
    return signing.dumps([number, counter_id], salt=_SALT)


def _signed(call: str) -> tuple[str, str]:
    try:
        number, counter_id = signing.loads(call, salt=_SALT, max_age=_VALID)
    except signing.SignatureExpired as error:
        raise NotFound from error
    except signing.BadSignature as error:
        tampering.tell("board-call")
        raise NotFound from error
    return number, counter_id


def _logged(site_id: UUID, seq: int) -> tuple[str, str]:
    found = events.after(site_id, seq - 1, limit=1) if 0 < seq < 2**62 else []
    if not found or found[0].seq != seq or found[0].kind not in CALLS:
        raise NotFound
    if events.last_seq(site_id) - seq > RECENT:
        raise NotFound
    return found[0].data["number"], found[0].data["counter"]


def sound_on(language: str) -> Path:
    """The WAV file that confirms that the sound is on.

    Raises:
        NotFound: the language is not one of ours.
        VoiceUnavailable: nothing can speak it now.
    """
    if language not in NAMES:
        raise NotFound
    return shelf().sound(engine(), phrases.sound_on(language), language)
