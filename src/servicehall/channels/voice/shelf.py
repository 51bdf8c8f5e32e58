"""Kept speech: each phrase is made once, whoever asks and however many at a time.

A file's name is the hash of all that makes its sound, so nothing on the shelf is ever out of date;
the least recently asked for goes when the shelf is full.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from servicehall.channels.voice import levels, wav
from servicehall.channels.voice.engines import Engine, EngineFailed, EngineMissing

log = logging.getLogger(__name__)

# Raised when wav.py or levels.py make another sound of the same speech.
_FORM = 1
_LOCKS = 64
_DRAFT = "draft-"
# Speech is made by two programs at once at most, so that a rush of calls leaves the pages a core.
_speaking = threading.BoundedSemaphore(2)


class VoiceUnavailable(Exception):
    """There is no sound for this now; show it and chime without."""


class Shelf:
    """A folder of spoken phrases of bounded size; safe between threads and processes."""

    def __init__(self, folder: Path, *, limit: int = 256 * 1024 * 1024, patience: float = 10.0) -> None:
        """``limit``: bytes kept; ``patience``: seconds before a failed engine is tried again."""
        self.folder = folder
        self.limit = limit
        self.patience = patience
        self._failed: dict[str, float] = {}

    def sound(self, engine: Engine, text: str, language: str) -> Path:
        """The file of the phrase, made now if it is not there.

        Raises:
            VoiceUnavailable: the engine is missing, failed, or failed moments ago.
        """
        name = self._name(engine, text, language)
        path = self.folder / f"{name}.wav"
        if self._fresh(path):
            return path
        self._give_up_early(engine, name)
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._alone(name):
            if self._fresh(path):
                return path
            self._give_up_early(engine, name)
            self._keep(path, self._speak(engine, text, language, name))
        self._make_room(path)
        return path

    def has(self, engine: Engine, text: str, language: str) -> bool:
        """Whether the phrase is there already; it does not count as asked for."""
        return (self.folder / f"{self._name(engine, text, language)}.wav").exists()

    def unkept(self, engine: Engine, text: str, language: str) -> bytes:
        """The text as a WAV file that is written nowhere: it is about somebody.

        Raises:
            VoiceUnavailable: as above.
        """
        name = self._name(engine, text, language)
        self._give_up_early(engine, name)
        return self._speak(engine, text, language, name)

    @staticmethod
    def _name(engine: Engine, text: str, language: str) -> str:
        parts = "\0".join((str(_FORM), engine.settings, language, text))
        return hashlib.sha256(parts.encode()).hexdigest()[:40]

    @staticmethod
    def _fresh(path: Path) -> bool:
        """Whether the file is there; notes that it was asked for."""
        try:
            os.utime(path)
        except OSError:
            return False
        return True

    def _give_up_early(self, engine: Engine, name: str) -> None:
        now = time.monotonic()
        for key in (engine.settings, name):
            if now < self._failed.get(key, now):
                raise VoiceUnavailable("it failed moments ago")

    def _speak(self, engine: Engine, text: str, language: str, name: str) -> bytes:
        with _speaking:
            try:
                speech = wav.read(engine.speak(text, language))
                return wav.write(levels.level(speech))
            except EngineMissing as error:
                # Nothing will speak until somebody installs it.
                self._failed[engine.settings] = time.monotonic() + self.patience
                log.warning("voice.engine.missing program=%s", error)
                raise VoiceUnavailable(str(error)) from error
            except (EngineFailed, wav.NotWav, OSError) as error:
                if len(self._failed) > 1000:
                    self._failed.clear()
                self._failed[name] = time.monotonic() + self.patience
                log.warning("voice.engine.failed language=%s reason=%s", language, error)
                raise VoiceUnavailable(str(error)) from error

    @contextlib.contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        """One maker a phrase: a file lock holds between threads and processes, and dies with them.

        A few lock files stand for all phrases, because a lock file that is removed guards nothing.
        """
        locks = self.folder / "locks"
        locks.mkdir(exist_ok=True)
        with (locks / f"{int(name[:8], 16) % _LOCKS:02d}").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @staticmethod
    def _keep(path: Path, sound: bytes) -> None:
        """Write the whole file or none: a reader never meets half of one."""
        handle, draft = tempfile.mkstemp(prefix=_DRAFT, dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(sound)
            Path(draft).replace(path)
        except OSError as error:
            Path(draft).unlink(missing_ok=True)
            raise VoiceUnavailable(str(error)) from error

    def _make_room(self, newest: Path) -> None:
        """Remove the files that nobody asked for longest, until the rest fits."""
        kept = []
        for entry in os.scandir(self.folder):
            with contextlib.suppress(FileNotFoundError):
                facts = entry.stat()
                if entry.name.endswith(".wav"):
                    kept.append((facts.st_mtime, facts.st_size, entry.path))
                elif entry.name.startswith(_DRAFT) and facts.st_mtime < time.time() - 3600:
                    Path(entry.path).unlink(missing_ok=True)  # its writer was killed
        total = sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept):
            if total <= self.limit or path == str(newest):
                break
            Path(path).unlink(missing_ok=True)
            total -= size
