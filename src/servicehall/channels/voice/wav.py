"""Reading and writing WAV: 16-bit PCM in, 16-bit PCM mono out.

Not the ``wave`` module: engines that write to a pipe leave the lengths in the header unset, and
it refuses WAVE_FORMAT_EXTENSIBLE, which several engines write. What the samples mean is levels.py's.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

_PCM, _EXTENSIBLE = 0x0001, 0xFFFE
FULL_SCALE = 32767


class NotWav(ValueError):
    """The bytes are not a WAV file of 16-bit PCM samples."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono sound: signed 16-bit samples at ``rate`` Hz."""

    rate: int
    samples: array[int]

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def read(data: bytes) -> Sound:
    """The sound in a WAV file, its channels mixed to one.

    A data chunk that claims to be longer than the file ends with the file.

    Raises:
        NotWav: no RIFF/WAVE, no samples, or samples that are not 16-bit PCM.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise NotWav("no RIFF/WAVE header")
    place, form = 12, None
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        body = data[place + 8 : place + 8 + size]
        if name == b"fmt " and len(body) >= 16:
            form = struct.unpack_from("<HHIIHH", body)
        elif name == b"data":
            return _mono(form, body)
        place += 8 + size + size % 2
    raise NotWav("no samples")


def _mono(form: tuple[int, ...] | None, body: bytes) -> Sound:
    if form is None or form[0] not in {_PCM, _EXTENSIBLE} or form[5] != 16 or not form[1] or not form[2]:
        raise NotWav("the samples are not 16-bit PCM")
    channels, rate = form[1], form[2]
    samples = array("h", body[: len(body) - len(body) % (2 * channels)])
    if not samples:
        raise NotWav("no samples")
    if sys.byteorder == "big":
        samples.byteswap()
    if channels > 1:
        parts = [samples[i::channels] for i in range(channels)]
        samples = array("h", (sum(frame) // channels for frame in zip(*parts, strict=True)))
    return Sound(rate, samples)


def joined(sounds: Sequence[Sound], pause: float) -> Sound:
    """One sound after another, with so many seconds of silence between them.

    Raises:
        NotWav: there is none, or they are not of one rate.
    """
    if len({one.rate for one in sounds}) != 1:
        raise NotWav("no sounds of one rate")
    rate = sounds[0].rate
    silence = array("h", bytes(2 * int(rate * pause)))
    samples = array("h")
    for number, one in enumerate(sounds):
        if number:
            samples.extend(silence)
        samples.extend(one.samples)
    return Sound(rate, samples)


def write(sound: Sound) -> bytes:
    """The sound as a WAV file."""
    samples = sound.samples
    if sys.byteorder == "big":
        samples = array("h", samples)
        samples.byteswap()
    body = samples.tobytes()
    form = struct.pack("<HHIIHH", _PCM, 1, sound.rate, sound.rate * 2, 2, 16)
    head = struct.pack("<4sI4s4sI", b"RIFF", 36 + len(body), b"WAVE", b"fmt ", len(form))
    return head + form + struct.pack("<4sI", b"data", len(body)) + body
