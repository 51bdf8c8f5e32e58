"""Kept speech: made once, bounded, and a clean answer when nothing can speak."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from servicehall.channels.board.chime import chime
from servicehall.channels.voice import levels, wav
from servicehall.channels.voice.engines import Command, EngineFailed, EngineMissing, Espeak, chosen
from servicehall.channels.voice.shelf import Shelf, VoiceUnavailable

pytestmark = pytest.mark.one_database


class Counting:
    """An engine that takes a moment and counts how often it was asked."""

    settings = "counting"

    def __init__(self, failure: Exception | None = None) -> None:
        self.asked: list[tuple[str, str]] = []
        self.failure = failure

    def speak(self, text: str, language: str) -> bytes:
        self.asked.append((text, language))
        time.sleep(0.05)
        if self.failure:
            raise self.failure
        return chime()


def program(folder: Path, body: str) -> Path:
    path = folder / "speaker"
    path.write_text(f"#!{sys.executable}\n{body}", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_many_requests_at_once_make_a_phrase_once(tmp_path: Path) -> None:
    engine, shelf = Counting(), Shelf(tmp_path)
    with ThreadPoolExecutor(16) as pool:
        paths = set(pool.map(lambda _: shelf.sound(engine, "A012", "en"), range(16)))
    assert engine.asked == [("A012", "en")]
    assert len(paths) == 1
    assert wav.read(paths.pop().read_bytes()).seconds > 1


def test_two_shelves_on_one_folder_make_a_phrase_once(tmp_path: Path) -> None:
    """As two processes do: each has its own shelf, and the file lock holds between them."""
    engine = Counting()
    shelves = [Shelf(tmp_path) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda shelf: shelf.sound(engine, "A012", "en"), shelves))
    assert len(engine.asked) == 1


def test_text_language_and_engine_each_make_another_file(tmp_path: Path) -> None:
    engine, other, shelf = Counting(), Counting(), Shelf(tmp_path)
    other.settings = "another voice"
    paths = {
        shelf.sound(engine, "A012", "en"),
        shelf.sound(engine, "A013", "en"),
        shelf.sound(engine, "A012", "zh-Hans"),
        shelf.sound(other, "A012", "en"),
    }
    assert len(paths) == 4


def test_the_file_asked_for_longest_ago_goes_when_the_shelf_is_full(tmp_path: Path) -> None:
    engine, size = Counting(), len(wav.write(levels.level(wav.read(chime()))))
    shelf = Shelf(tmp_path, limit=3 * size + 10)
    paths = [shelf.sound(engine, str(n), "en") for n in range(3)]
    for age, path in zip((300, 200, 100), paths, strict=True):
        os.utime(path, (time.time() - age, time.time() - age))
    assert shelf.sound(engine, "0", "en") == paths[0]
    newest = shelf.sound(engine, "3", "en")
    assert sorted(tmp_path.glob("*.wav")) == sorted([paths[0], paths[2], newest])


def test_a_missing_engine_is_said_at_once_and_not_asked_again(tmp_path: Path) -> None:
    engine, shelf = Counting(EngineMissing("speaker")), Shelf(tmp_path)
    for text in ("1", "2", "3"):
        with pytest.raises(VoiceUnavailable):
            shelf.sound(engine, text, "en")
    assert len(engine.asked) == 1


def test_a_failed_phrase_rests_while_others_are_spoken(tmp_path: Path) -> None:
    engine, shelf = Counting(EngineFailed("too hard")), Shelf(tmp_path, patience=0.2)
    for _ in range(2):
        with pytest.raises(VoiceUnavailable):
            shelf.sound(engine, "1", "en")
    engine.failure = None
    shelf.sound(engine, "2", "en")
    assert [text for text, _ in engine.asked] == ["1", "2"]
    time.sleep(0.25)
    shelf.sound(engine, "1", "en")


def test_what_is_not_sound_is_never_kept(tmp_path: Path) -> None:
    speaker = program(tmp_path, "print('<html>503</html>')")
    shelf = Shelf(tmp_path / "voice")
    with pytest.raises(VoiceUnavailable):
        shelf.sound(Command(str(speaker)), "A012", "en")
    assert list((tmp_path / "voice").glob("*.wav")) == []


def test_a_hanging_engine_and_its_children_are_ended_in_time(tmp_path: Path) -> None:
    note = tmp_path / "child"
    body = (
        "import subprocess, pathlib, time\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    started = time.monotonic()
    with pytest.raises(EngineFailed, match="no sound within"):
        Command(str(program(tmp_path, body)), timeout=1.0).speak("A012", "en")
    assert time.monotonic() - started < 5
    child = Path("/proc") / note.read_text() / "stat"
    assert not child.exists() or " Z " in child.read_text()


def test_any_program_speaks_by_file_or_by_pipe(tmp_path: Path) -> None:
    (tmp_path / "sound.wav").write_bytes(chime())
    source = str(tmp_path / "sound.wav")
    body = (
        "import sys, pathlib, shutil\n"
        f"note = pathlib.Path({str(tmp_path / 'said')!r})\n"
        "if len(sys.argv) == 4:\n"
        "    note.write_text('|'.join(sys.argv[1:3]))\n"
        f"    shutil.copy({source!r}, sys.argv[3])\n"
        "else:\n"
        "    note.write_text(sys.stdin.read())\n"
        f"    sys.stdout.buffer.write(open({source!r}, 'rb').read())\n"
    )
    speaker = program(tmp_path, body)
    by_file = Command(f"{speaker} {{language}} {{text}} {{file}}")
    assert by_file.speak("请 A; rm -rf $HOME", "zh-Hans") == chime()
    assert (tmp_path / "said").read_text() == "zh-Hans|请 A; rm -rf $HOME"
    assert Command(str(speaker)).speak("A 零 一", "zh-Hans") == chime()
    assert (tmp_path / "said").read_text() == "A 零 一"


def test_the_setting_chooses_the_engine() -> None:
    assert isinstance(chosen(""), Espeak)
    assert chosen("speak {text}") == Command("speak {text}")


def test_a_machine_without_the_program_says_so() -> None:
    with pytest.raises(EngineMissing):
        Espeak(program="no-such-speaker").speak("A", "en")


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize(
    ("text", "language"), [("请 A 零 一 二 号，到 3 号窗口", "zh-Hans"), ("Ticket A, 0 1 2", "en")]
)
def test_espeak_gives_speech_of_the_right_length_and_loudness(
    tmp_path: Path, text: str, language: str
) -> None:
    sound = wav.read(Shelf(tmp_path).sound(Espeak(), text, language).read_bytes())
    assert 1.0 < sound.seconds < 6.0
    assert levels.loudness(sound) == pytest.approx(levels.TARGET_DB, abs=1.0)


def test_a_writer_that_was_killed_leaves_nothing_behind(tmp_path: Path) -> None:
    draft = tmp_path / "draft-old"
    draft.write_bytes(b"half")
    os.utime(draft, (time.time() - 7200, time.time() - 7200))
    Shelf(tmp_path).sound(Counting(), "A012", "en")
    assert not draft.exists()


def test_a_process_killed_while_it_makes_a_phrase_blocks_nobody(tmp_path: Path) -> None:
    body = (
        "import sys, time, threading\n"
        "from pathlib import Path\n"
        "from servicehall.channels.voice.shelf import Shelf\n"
        f"shelf = Shelf(Path({str(tmp_path)!r}))\n"
        "class Slow:\n"
        "    settings = 'counting'\n"
        "    def speak(self, text, language):\n"
        "        print('speaking', flush=True)\n"
        "        time.sleep(60)\n"
        "shelf.sound(Slow(), 'A012', 'en')\n"
    )
    slow = subprocess.Popen([sys.executable, "-c", body], stdout=subprocess.PIPE, text=True)
    assert slow.stdout is not None
    assert slow.stdout.readline() == "speaking\n"
    done = threading.Event()

    def ask() -> None:
        Shelf(tmp_path).sound(Counting(), "A012", "en")
        done.set()

    waiting = threading.Thread(target=ask)
    waiting.start()
    assert not done.wait(0.3)
    slow.kill()
    slow.wait()
    slow.stdout.close()
    assert done.wait(5)
    waiting.join()
