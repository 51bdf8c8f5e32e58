"""What this installation speaks with: its engine, its shelf, and texts that are of one customer and kept nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from . import engines, wav
from .shelf import Shelf, VoiceUnavailable

PAUSE = 0.45
"""Seconds between two parts."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something to say. ``of_all``: the same for every customer, so that its sound may be kept."""

    text: str
    of_all: bool = True


@lru_cache(maxsize=1)
def shelf() -> Shelf:
    """The installation's kept speech."""
    return Shelf(settings.SERVICEHALL_DATA / "voice")


def engine() -> engines.Engine:
    """The installation's engine."""
    return engines.chosen(settings.VOICE_COMMAND)


def can_speak() -> bool:
    """Whether an engine is installed."""
    return engines.is_installed(settings.VOICE_COMMAND)


def speech(parts: Sequence[Part], language: str) -> bytes:
    """The parts one after another as a WAV file.

    Raises:
        VoiceUnavailable: nothing can speak it now.
    """
    speaks = engine()
    sounds = []
    for part in parts:
        if part.of_all:
            sounds.append(shelf().sound(speaks, part.text, language).read_bytes())
        else:
            sounds.append(shelf().unkept(speaks, part.text, language))
    try:
        return wav.write(wav.joined([wav.read(one) for one in sounds], PAUSE))
    except wav.NotWav as error:
        raise VoiceUnavailable(str(error)) from error
