"""What people upload: taken only in known kinds and sizes, known by its content, kept under a name of ours.

A picture is decoded within bounds and written anew, so that neither what hides behind its pixels (a page, an
archive) nor what a camera noted in it (place, owner) is kept. A video's container is walked to its end. A page
is text without scripts. The name that was sent is compared with the content and then forgotten. Where the
installation names a virus scanner, it sees each file as it was sent, before anything of ours opens it.

How files are served is the channels' matter: channels/files.py.
"""

from __future__ import annotations

import io
import logging
import re
import shlex
import subprocess
import tempfile
import uuid
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, ImageSequence

from . import transactions
from .errors import Refused

log = logging.getLogger(__name__)
MEGABYTE = 1024 * 1024
SCAN_PATIENCE = 20.0
"""Seconds that the virus scanner may take for one file; who sent it waits so long, and nobody else does."""
MOST_PIXELS = 36_000_000
"""Of one picture: an 8K screen has 33 million. Decoded it takes four bytes each."""
MOST_FRAMES = 300
MOST_PIXELS_OF_ALL_FRAMES = 60_000_000
_FORMATS = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "GIF": "image/gif",
}
_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"}
_EBML, _DOCTYPE = b"\x1a\x45\xdf\xa3", b"\x42\x82"


class FileRefused(Refused):
    """An uploaded file is not taken. Nothing of it was kept."""

    kind = "file-refused"
    status = 422
    title = _("This file cannot be taken")


class FileTooLarge(FileRefused):
    """More bytes than a file of this kind may have."""

    kind = "file-too-large"
    status = 413
    title = _("The file is too large")
    advice = _("Save it smaller, then choose it again.")


class TooManyPixels(FileRefused):
    """More pixels or frames than are decoded here, however few bytes they take."""

    kind = "too-many-pixels"
    title = _("The picture has too many pixels or frames")
    advice = _("A screen shows at most 36 million pixels. Make it smaller, then choose it again.")


class NotWhatItSays(FileRefused):
    """The content is not of the kind, or not what the name's ending says."""

    kind = "not-what-it-says"
    title = _("The content does not fit the kind of file")
    advice = _("Open it in its program, save it again in the right form, then choose it again.")


class HoldsScripts(FileRefused):
    """A page with something that would run."""

    kind = "holds-scripts"
    title = _("The page holds scripts, which are not run here")
    advice = _("Remove scripts, event attributes and embedded frames, then choose it again.")


class HoldsVirus(FileRefused):
    """The installation's virus scanner found something."""

    kind = "holds-virus"
    title = _("The virus scanner refuses this file")
    advice = _("Do not send it again. Have the computer that it came from looked at.")


class NotScanned(FileRefused):
    """The virus scanner gave no answer, so nobody knows what the file holds."""

    kind = "not-scanned"
    status = 503
    title = _("The file could not be scanned for viruses")
    advice = _("Try again in a few minutes. If it goes on, tell the administrator.")


class LineHeld(RuntimeError):
    """A file would be looked at in an open transaction: everybody in the line would wait for the scanner."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Files of one kind: which endings stand for which type, how large, and how content is looked at."""

    types: dict[str, str]
    most_bytes: int
    look: Callable[[BinaryIO], tuple[str, bytes | None]]
    """Returns the type and, when the content was written anew, the new content; raises FileRefused."""

    @property
    def endings(self) -> str:
        """For people: the endings that a name may have."""
        return ", ".join(sorted(self.types))

    def type_of(self, name: str) -> str:
        """The type that the ending of a name stands for; empty for none of this kind."""
        return self.types.get(PurePosixPath(name).suffix.lower(), "")


def look_ahead(files: Iterable[File[Any]], kinds: Collection[Kind]) -> None:
    """Look at what a form brought before the transaction that may keep it: scanners and large pictures take time.

    What was found is noted on each file for :func:`admit`. A scanner that gave no answer is not asked again.
    """
    answer: File[Any] | FileRefused | None = None
    for file in files:
        kind = next((one for one in kinds if one.type_of(str(file.name or ""))), None)
        if kind is None:
            continue  # its ending is refused without a look
        if not isinstance(answer, NotScanned):
            try:
                answer = _looked_at(file, kind)
            except FileRefused as refused:
                answer = refused
        file.answer = answer  # type: ignore[attr-defined]


def admit(file: File[Any], kind: Kind) -> File[Any]:
    """The file as it may be kept. Large ones that are not written anew stay the same object, renamed.

    Raises:
        FileTooLarge, HoldsVirus, NotScanned, TooManyPixels, NotWhatItSays, HoldsScripts: see there.
        LineHeld: a transaction is open, and nobody looked ahead.
    """
    if not kind.type_of(str(file.name or "")):
        raise NotWhatItSays(_("Use a file that ends in %(endings)s.") % {"endings": kind.endings})
    answer: File[Any] | FileRefused | None = getattr(file, "answer", None)
    if isinstance(answer, FileRefused):
        raise answer
    return answer or _looked_at(file, kind)


def admit_one_of(file: File[Any], kinds: Collection[Kind], most_bytes: int) -> tuple[str, File[Any]]:
    """The media type and the file, when it is of one of these kinds and no larger than is allowed here.

    Raises:
        FileRefused: see :func:`admit`.
    """
    if (file.size or 0) > most_bytes:
        raise FileTooLarge(_("The file is larger than %(most)d MB.") % {"most": most_bytes // MEGABYTE})
    kind = next((one for one in kinds if one.type_of(str(file.name or ""))), None)
    if kind is None:
        endings = ", ".join(one.endings for one in kinds)
        raise NotWhatItSays(_("Use a file that ends in %(endings)s.") % {"endings": endings})
    fit = admit(file, kind)
    return kind.type_of(str(fit.name)), fit


def _looked_at(file: File[Any], kind: Kind) -> File[Any]:
    if transactions.is_open():
        raise LineHeld
    said = kind.type_of(str(file.name or ""))
    if (file.size or 0) > kind.most_bytes:
        raise FileTooLarge(_("The file is larger than %(most)d MB.") % {"most": kind.most_bytes // MEGABYTE})
    _scan(file)
    file.seek(0)
    found, written = kind.look(file)  # type: ignore[arg-type]
    if found != said:
        raise NotWhatItSays(
            _("The name ends as for %(said)s, but the content is %(found)s.") % {"said": said, "found": found}
        )
    ending = next(ending for ending, media_type in kind.types.items() if media_type == found)
    name = f"{uuid.uuid4().hex}{ending}"
    if written is not None:
        file = ContentFile(written)
    file.seek(0)
    file.name = name
    return file


def _scan(file: File[Any]) -> None:
    """Let the scanner read the file; its exit status is the answer, as ClamAV's programs give it: 0 clean, 1 not.

    Anything else (it is missing, breaks down, takes too long) lets nothing in.
    """
    command = shlex.split(settings.SCAN_COMMAND)
    if not command:
        return
    with tempfile.TemporaryFile() as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.seek(0)
        try:
            status = subprocess.run(
                command,
                stdin=copy,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=SCAN_PATIENCE,
                check=False,
            ).returncode
        except (OSError, subprocess.SubprocessError) as problem:
            log.error("upload.not_scanned reason=%s", type(problem).__name__)
            raise NotScanned from None
    if status == 1:
        log.warning("upload.virus_found")
        raise HoldsVirus
    if status != 0:
        log.error("upload.not_scanned reason=status-%d", status)
        raise NotScanned


# --- Pictures ---


def _picture(file: BinaryIO) -> tuple[str, bytes | None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # the library warns of a bomb below the size at which it refuses
            return _written_anew(file)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixels from error
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, Warning, MemoryError) as error:
        raise NotWhatItSays(_("This is no picture that can be shown.")) from error


def _written_anew(file: BinaryIO) -> tuple[str, bytes]:
    with Image.open(file, formats=tuple(_FORMATS)) as picture:
        form = str(picture.format)
        frames = int(getattr(picture, "n_frames", 1))
        pixels = picture.width * picture.height
        if pixels > MOST_PIXELS or frames > MOST_FRAMES or pixels * frames > MOST_PIXELS_OF_ALL_FRAMES:
            raise TooManyPixels
        out = io.BytesIO()
        if frames > 1 and form in {"GIF", "WEBP", "PNG", "AVIF"}:
            first, *rest = [_bare(frame) for frame in ImageSequence.Iterator(picture)]
            durations = [int(frame.info.get("duration", 100)) for frame in (first, *rest)]
            first.save(out, form, save_all=True, append_images=rest, duration=durations, loop=0)
        else:
            _upright(picture).save(out, form, **({"quality": 90} if form in {"JPEG", "WEBP", "AVIF"} else {}))
    return _FORMATS[form], out.getvalue()


_OF_A_FRAME = ("duration", "transparency", "background", "disposal", "blend")


def _bare(frame: Image.Image) -> Image.Image:
    """A frame without comments and profiles, which the library would write again from what it notes of it."""
    bare = frame.copy()
    bare.info = {name: value for name, value in frame.info.items() if name in _OF_A_FRAME}
    return bare


def _upright(picture: Image.Image) -> Image.Image:
    """Without the notes of a camera, one of which says how it was held."""
    turned = ImageOps.exif_transpose(picture)
    if turned.mode == "P":
        turned = turned.convert("RGBA" if "transparency" in turned.info else "RGB")
    bare = Image.new(turned.mode, turned.size)
    bare.paste(turned)
    return bare


# --- Videos ---


def _video(file: BinaryIO) -> tuple[str, bytes | None]:
    head = file.read(64)
    if head[4:8] == b"ftyp" and head[8:12] in _BRANDS and {b"moov", b"mdat"} <= set(_boxes(file)):
        return "video/mp4", None
    at = head.find(_DOCTYPE)
    if head.startswith(_EBML) and at > 0 and head[at + 3 :].startswith(b"webm"):
        return "video/webm", None
    raise NotWhatItSays(_("This is no MP4 or WebM video."))


def _boxes(file: BinaryIO) -> Iterator[bytes]:
    """The outer boxes of an MP4 file (ISO/IEC 14496-12, 4.2); they have to fill it to its end."""
    end, at = file.seek(0, io.SEEK_END), 0
    while at < end:
        file.seek(at)
        head = file.read(16)
        size = int.from_bytes(head[:4])
        if size == 1:
            size = int.from_bytes(head[8:16])
        elif size == 0:
            size = end - at
        if size < 8 or at + size > end:
            raise NotWhatItSays(_("The video is cut off, or something hangs on its end."))
        yield head[4:8]
        at += size


# --- Pages ---


class _Active(HTMLParser):
    """Looks for what would run, load or lead elsewhere."""

    RUNS = frozenset(
        {"script", "iframe", "frame", "object", "embed", "applet", "form", "base", "portal", "meta"}
    )
    found = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        harmless = tag == "meta" and not any(name == "http-equiv" for name, _value in attrs)
        self.found = self.found or (tag in self.RUNS and not harmless)
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            self.found = (
                self.found or name.startswith("on") or address.startswith(("javascript:", "vbscript:"))
            )


def _page(file: BinaryIO) -> tuple[str, bytes | None]:
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotWhatItSays(_("The page is not written in UTF-8.")) from error
    if "\0" in text or "<" not in text or text.lstrip().lower().startswith(("<?xml", "<svg")):
        raise NotWhatItSays(_("This is no HTML page."))
    parser = _Active()
    parser.feed(text)
    parser.close()
    if parser.found:
        raise HoldsScripts
    return HTML, None


# --- Papers ---

_RUNS = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")
_STREAM = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)


def _paper(file: BinaryIO) -> tuple[str, bytes | None]:
    """A PDF (ISO 32000-1, 7.5): its head and its end, and nothing in plain sight that would run or hide something.

    What is packed inside of its streams is not unpacked, so a PDF is handed out to be saved, never shown by a page.
    """
    content = file.read()
    if not content.startswith((b"%PDF-1.", b"%PDF-2.")) or b"%%EOF" not in content[-1024:]:
        raise NotWhatItSays(_("This is no whole PDF."))
    plain = _STREAM.sub(b"", content)
    if any(name in plain for name in _RUNS):
        raise HoldsScripts(_("The PDF holds scripts or other files, which are not taken here."))
    return "application/pdf", None


HTML = "text/html; charset=utf-8"
IMAGE = Kind(
    {
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".webp": "image/webp",
        ".avif": "image/avif",
        ".gif": "image/gif",
    },
    20 * MEGABYTE,
    _picture,
)
VIDEO = Kind({".mp4": "video/mp4", ".webm": "video/webm"}, 500 * MEGABYTE, _video)
PAGE = Kind({".html": HTML}, 2 * MEGABYTE, _page)
PHOTO = Kind(
    {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"},
    10 * MEGABYTE,
    _picture,
)
PDF = Kind({".pdf": "application/pdf"}, 10 * MEGABYTE, _paper)
