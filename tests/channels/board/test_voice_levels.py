"""WAV files and loudness: what engines send is read, and all sounds leave equally loud."""

from __future__ import annotations

import math
import struct
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicehall.channels.board.chime import chime
from servicehall.channels.voice import levels, wav

pytestmark = pytest.mark.one_database


def tone(peak: float, seconds: float = 1.0, rate: int = 22050) -> wav.Sound:
    """A 440 Hz tone with the given peak (1.0 = full scale)."""
    count = int(seconds * rate)
    return wav.Sound(
        rate,
        array(
            "h", (round(peak * wav.FULL_SCALE * math.sin(math.tau * 440 * i / rate)) for i in range(count))
        ),
    )


def test_a_sound_written_is_the_sound_read() -> None:
    sound = tone(0.5, 0.1)
    assert wav.read(wav.write(sound)) == sound


def test_a_header_that_claims_too_many_samples_ends_with_the_file() -> None:
    data = bytearray(wav.write(tone(0.5, 0.1)))
    struct.pack_into("<I", data, 4, 0x7FFFFFFF)
    struct.pack_into("<I", data, 40, 0x7FFFF000)
    assert wav.read(bytes(data)) == tone(0.5, 0.1)


def test_stereo_is_mixed_and_other_chunks_are_passed_over() -> None:
    form = struct.pack("<HHIIHH", 1, 2, 8000, 32000, 4, 16)
    body = array("h", [100, 300, -100, -300]).tobytes()
    data = b"RIFF\0\0\0\0WAVELIST" + struct.pack("<I", 3) + b"abc\0" + b"fmt " + struct.pack("<I", 16) + form
    assert wav.read(data + b"data" + struct.pack("<I", len(body)) + body) == wav.Sound(
        8000, array("h", [200, -200])
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>not found</html>",
        b"RIFF\0\0\0\0WAVE",
        wav.write(wav.Sound(8000, array("h"))),
        wav.write(tone(0.5, 0.1))[:30],
        wav.write(tone(0.5, 0.1)).replace(struct.pack("<HH", 2, 16), struct.pack("<HH", 1, 8)),
    ],
)
def test_what_is_not_16_bit_wav_is_refused(data: bytes) -> None:
    with pytest.raises(wav.NotWav):
        wav.read(data)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    with pytest.raises(wav.NotWav):
        wav.read(b"RIFF\0\0\0\0WAVE" + data.replace(b"data", b""))


@pytest.mark.parametrize("peak", [0.03, 0.2, 0.9])
def test_quiet_and_loud_sounds_leave_equally_loud(peak: float) -> None:
    assert levels.loudness(levels.level(tone(peak))) == pytest.approx(levels.TARGET_DB, abs=0.5)


def test_peaks_stay_below_the_ceiling_and_keep_their_sign() -> None:
    samples = tone(0.02).samples
    samples[11000], samples[11500] = 32767, -32768
    levelled = levels.level(wav.Sound(22050, samples))
    assert max(map(abs, levelled.samples)) <= round(10 ** (levels.CEILING_DB / 20) * wav.FULL_SCALE)
    assert min(levelled.samples) < -20000 < 20000 < max(levelled.samples)


def test_silence_around_speech_is_cut_and_silence_alone_is_left() -> None:
    silence = array("h", bytes(2 * 22050))
    found = levels.level(wav.Sound(22050, silence + tone(0.5, 0.5).samples + silence))
    assert found.seconds == pytest.approx(0.5, abs=0.12)
    assert levels.level(wav.Sound(22050, silence)).samples == silence


def test_the_chime_is_short_and_as_loud_as_speech() -> None:
    sound = wav.read(chime())
    assert 1.0 < sound.seconds < 2.0
    assert levels.loudness(sound) == pytest.approx(levels.TARGET_DB, abs=1.0)
    assert abs(sound.samples[-1]) < 400
