"""What a kiosk says of a service is spoken soon after it is published, so that nobody waits for the first time.

The shelf is the only memory: what is on it is passed over, and what was pushed off it by newer speech is made again.
"""

from __future__ import annotations

from servicehall.channels.voice.shelf import VoiceUnavailable
from servicehall.channels.voice.speaking import can_speak, engine, shelf
from servicehall.kernel.chores import chore
from servicehall.rooms.services import queries

EVERY = 30.0
"""Seconds from publishing to speaking, at most; a service of ten steps takes about as long again."""
_spoken: set[object] = set()
"""The versions of which this process has made all; a version never changes."""


def forget_versions() -> None:
    """As a process that has just begun."""
    _spoken.clear()


@chore("kiosk.voice", every=EVERY, aside=True)
def speak_ahead() -> int:
    """Makes what is not there yet, one text after the other; says how many there were. A failed one is tried again later."""
    if not can_speak():
        return 0
    made = 0
    for version, texts in queries.said_at_kiosks().items():
        if version in _spoken:
            continue
        try:
            for language, text in texts:
                made += not shelf().has(engine(), text, language)
                shelf().sound(engine(), text, language)
        except VoiceUnavailable:
            continue
        _spoken.add(version)
    return made
