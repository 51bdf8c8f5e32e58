"""Programs that turn text into speech, behind one small interface.

The default is Debian's espeak-ng; any other program that writes WAV takes its place by
``SERVICEHALL_VOICE_COMMAND``. Keeping, levelling and serving the sound is not done here.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from servicehall.channels.voice import pronunciation


class EngineMissing(Exception):
    """The engine's program is not installed."""


class EngineFailed(Exception):
    """The engine ran and gave no sound: it failed, took too long, or lacks the language."""


class Engine(Protocol):
    """Something that speaks."""

    @property
    def settings(self) -> str:
        """All that changes the sound: part of each kept file's name."""

    def speak(self, text: str, language: str) -> bytes:
        """The text as a WAV file (16-bit PCM).

        Raises:
            EngineMissing: the program is not installed.
            EngineFailed: no sound came out of it in time.
        """


@dataclass(frozen=True, slots=True)
class Espeak:
    """espeak-ng, speaking at a pace for a large room (words a minute, per language)."""

    program: str = "espeak-ng"
    timeout: float = 6.0

    # "cmn" itself reads Chinese characters as English letters in Debian 12's espeak-ng 1.51
    # ("请" as "king three", espeak-ng issue 1236); the pinyin voice of the same language does not.
    VOICES = {
        "zh-Hans": ("cmn-latn-pinyin", 150),
        "zh-Hant": ("cmn-latn-pinyin", 150),
        "yue": ("yue", 150),
        "en": ("en-us", 145),
    }

    @property
    def settings(self) -> str:
        return f"espeak-ng {sorted(self.VOICES.items())} {pronunciation.VERSION}"

    def speak(self, text: str, language: str) -> bytes:
        voice, pace = self.VOICES.get(language, (language.lower(), 150))
        words = pronunciation.for_espeak(text, language)
        command = [self.program, "-v", voice, "-s", str(pace), "--stdin", "--stdout", "-b", "1"]
        return _run(command, words.encode(), self.timeout)


@dataclass(frozen=True, slots=True)
class Command:
    """Any program: ``{text}``, ``{language}`` and ``{file}`` stand in its arguments.

    Without ``{text}`` the text goes to its standard input; without ``{file}`` the WAV is read
    from its standard output. No shell is involved.
    """

    template: str
    timeout: float = 15.0

    @property
    def settings(self) -> str:
        return f"command {self.template}"

    def speak(self, text: str, language: str) -> bytes:
        with tempfile.TemporaryDirectory(prefix="servicehall-voice-") as folder:
            path = Path(folder) / "speech.wav"
            facts = {"{text}": text, "{language}": language, "{file}": str(path)}
            command = [_filled(part, facts) for part in shlex.split(self.template)]
            sound = _run(command, b"" if "{text}" in self.template else text.encode(), self.timeout)
            if "{file}" not in self.template:
                return sound
            try:
                return path.read_bytes()
            except OSError as error:
                raise EngineFailed("it wrote no file") from error


def _filled(part: str, facts: dict[str, str]) -> str:
    for mark, value in facts.items():
        part = part.replace(mark, value)
    return part


def _run(command: list[str], stdin: bytes, timeout: float) -> bytes:
    """What the program writes; it and its children are gone afterwards."""
    if shutil.which(command[0]) is None:
        raise EngineMissing(command[0])
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
    try:
        sound, complaint = process.communicate(stdin, timeout)
    except subprocess.TimeoutExpired as error:
        raise EngineFailed(f"no sound within {timeout:g} s") from error
    finally:
        # Its own session: a wrapper script's children end with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    if process.returncode:
        raise EngineFailed(complaint.decode(errors="replace").strip()[-300:] or f"exit {process.returncode}")
    return sound


def chosen(command: str) -> Engine:
    """The engine that the setting names (empty: espeak-ng)."""
    return Command(command) if command.strip() else Espeak()


def is_installed(command: str) -> bool:
    """Whether the program that the setting names is there."""
    parts = shlex.split(command)
    return shutil.which(parts[0] if parts else Espeak().program) is not None
