"""The chime before a call: two bell strokes, computed here so that no sound file needs a licence."""

from __future__ import annotations

import math
from array import array
from functools import lru_cache

from servicehall.channels.voice import levels, wav

RATE = 22050
# E5 then C5, a falling major third: the "ding-dong" that halls and stations use.
_STROKES = ((0.0, 659.26), (0.42, 523.25))
_SECONDS = 1.7
# Partials of a struck bar: (multiple of the pitch, strength, seconds to fall to 1/e).
_PARTIALS = ((1.0, 1.0, 0.50), (2.0, 0.34, 0.30), (3.0, 0.12, 0.18), (5.4, 0.05, 0.07))
_ATTACK = 0.006


@lru_cache(maxsize=1)
def chime() -> bytes:
    """The chime as a WAV file, at the loudness of the speech that follows it."""
    length = int(RATE * _SECONDS)
    wave = [0.0] * length
    for start, pitch in _STROKES:
        first = int(start * RATE)
        for multiple, strength, fall in _PARTIALS:
            step = 2 * math.pi * pitch * multiple / RATE
            for i in range(length - first):
                t = i / RATE
                rise = min(1.0, t / _ATTACK)
                wave[first + i] += strength * rise * math.exp(-t / fall) * math.sin(step * i)
    most = max(map(abs, wave))
    # The last tenth fades to nothing, so that the end does not click.
    fade = length // 10
    samples = array(
        "h",
        (round(v / most * 0.5 * wav.FULL_SCALE * min(1.0, (length - i) / fade)) for i, v in enumerate(wave)),
    )
    return wav.write(levels.level(wav.Sound(RATE, samples)))
