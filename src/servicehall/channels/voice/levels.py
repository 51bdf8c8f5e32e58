"""One loudness for every sound of the hall, whichever engine made it, and no silence around it.

Pauses between sounds are the page's business (announcer.js), so the files carry none.
"""

from __future__ import annotations

import math
from array import array
from functools import lru_cache
from operator import mul

from servicehall.channels.voice.wav import FULL_SCALE, Sound

# Speech at -18 dBFS, the usual level of a public address feed; peaks bend softly below -1 dBFS.
TARGET_DB = -18.0
CEILING_DB = -1.0
KNEE_DB = -6.0
MOST_GAIN_DB = 30.0
# Quieter than this is room, not speech.
SILENCE_DB = -46.0
_BLOCK = 0.02
_EDGE = 0.03


def _ratio(db: float) -> float:
    return float(10 ** (db / 20))


def _block_powers(sound: Sound) -> tuple[int, list[float]]:
    """Mean square (1.0 = full scale) of each 20 ms block, and the block's length in samples."""
    size = max(1, int(sound.rate * _BLOCK))
    scale = FULL_SCALE**2
    powers = []
    for start in range(0, len(sound.samples), size):
        block = sound.samples[start : start + size]
        powers.append(sum(map(mul, block, block)) / len(block) / scale)
    return size, powers


def loudness(sound: Sound) -> float:
    """Loudness of the spoken parts in dBFS (-inf: silence).

    Blocks are gated as in ITU-R BS.1770 (an absolute gate, then one 10 dB below the mean of what
    passed), without its ear-weighting: all our sounds are speech or a chime.
    """
    _, powers = _block_powers(sound)
    loud = [p for p in powers if p > _ratio(SILENCE_DB) ** 2]
    if not loud:
        return -math.inf
    gate = sum(loud) / len(loud) / 10
    spoken = [p for p in loud if p > gate]
    return 10 * math.log10(sum(spoken) / len(spoken))


def trim(sound: Sound) -> Sound:
    """The sound without silence before and after it, but for 30 ms."""
    size, powers = _block_powers(sound)
    heard = [i for i, p in enumerate(powers) if p > _ratio(SILENCE_DB) ** 2]
    if not heard:
        return sound
    edge = int(sound.rate * _EDGE)
    return Sound(sound.rate, sound.samples[max(0, heard[0] * size - edge) : (heard[-1] + 1) * size + edge])


@lru_cache(maxsize=32)
def _curve(gain_db: float) -> array[int]:
    """Every 16-bit value after the gain and the soft ceiling; index with the sample itself.

    Negative samples index from the end, which is where their values stand.
    """
    gain, knee, ceiling = _ratio(gain_db), _ratio(KNEE_DB), _ratio(CEILING_DB)

    def bent(value: int) -> int:
        loud = value / FULL_SCALE * gain
        if loud > knee:
            loud = knee + (ceiling - knee) * math.tanh((loud - knee) / (ceiling - knee))
        return round(loud * FULL_SCALE)

    rising = [bent(value) for value in range(32768)]
    return array("h", [*rising, -bent(32768), *(-value for value in reversed(rising[1:]))])


def level(sound: Sound) -> Sound:
    """The sound at the hall's loudness, trimmed; silence stays silence."""
    found = loudness(sound)
    if found == -math.inf:
        return sound
    # Half decibels: nobody hears the difference, and few curves are ever computed.
    gain = round(2 * min(TARGET_DB - found, MOST_GAIN_DB)) / 2
    short = trim(sound)
    return Sound(short.rate, array("h", map(_curve(gain).__getitem__, short.samples)))
