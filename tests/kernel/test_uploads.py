"""Files with bad intentions, made here: each is refused, or loses what it hid, whatever its name says."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from servicehall.kernel import uploads
from servicehall.kernel.uploads import IMAGE, PAGE, PDF, PHOTO, VIDEO, FileRefused, Kind, admit, admit_one_of
from tests.pictures import picture

pytestmark = pytest.mark.one_database
SCRIPT = b"<script>alert(1)</script>"


def taken(name: str, content: bytes, kind: Kind = IMAGE) -> tuple[str, bytes]:
    """(name, content) of what is kept."""
    kept = admit(SimpleUploadedFile(name, content), kind)
    return str(kept.name), kept.read()


def refused(name: str, content: bytes, kind: Kind = IMAGE) -> str:
    """Which refusal."""
    with pytest.raises(FileRefused) as error:
        admit(SimpleUploadedFile(name, content), kind)
    for language in ("en", "zh-hans"):
        with translation.override(language):
            said = error.value.problem()
            assert said["detail"]
            assert (language == "en") == str(said["title"]).isascii()
    return error.value.kind


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_claims(width: int, height: int, data: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(data, 9))
        + chunk(b"IEND", b"")
    )


def box(kind: bytes, data: bytes = b"") -> bytes:
    """A box of an MP4 file."""
    return struct.pack(">I", 8 + len(data)) + kind + data


MP4 = box(b"ftyp", b"isom\x00\x00\x02\x00isommp41") + box(b"moov", b"\x00" * 16) + box(b"mdat", b"\x00" * 64)
WEBM = b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + b"\x00" * 64


@pytest.mark.parametrize(
    ("name", "form"),
    [("a.png", "PNG"), ("a.jpg", "JPEG"), ("a.JPEG", "JPEG"), ("a.webp", "WEBP"), ("a.avif", "AVIF")],
)
def test_a_picture_is_taken_and_stays_the_same_picture(name: str, form: str) -> None:
    _name, kept = taken(name, picture(form))
    with Image.open(io.BytesIO(kept)) as shown:
        assert (shown.format, shown.size) == (form, (40, 30))
        red, green, blue = shown.convert("RGB").getpixel((20, 15))  # type: ignore[misc]
        assert abs(red - 12) + abs(green - 92) + abs(blue - 85) < 12


def test_a_moving_picture_keeps_its_frames() -> None:
    frames = [Image.new("RGB", (20, 20), (shade, 0, 0)) for shade in (0, 120, 240)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=80)
    _name, kept = taken("a.gif", out.getvalue())
    with Image.open(io.BytesIO(kept)) as shown:
        assert shown.n_frames == 3  # type: ignore[attr-defined]
        assert shown.info["duration"] == 80


def test_what_hides_behind_the_pixels_is_gone() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("index.html", SCRIPT)
    for form, ending in (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")):
        for tail in (SCRIPT, archive.getvalue()):
            _name, kept = taken(f"a.{ending}", picture(form) + tail)
            assert b"<script" not in kept
            assert not zipfile.is_zipfile(io.BytesIO(kept))


def test_what_the_camera_noted_is_gone() -> None:
    notes = Image.Exif()
    notes[0x010E] = "Taken at 31.2304 N 121.4737 E by Wang"
    notes[0x0112] = 6  # held sideways
    _name, kept = taken("a.jpg", picture("JPEG", exif=notes))
    assert b"Wang" not in kept
    with Image.open(io.BytesIO(kept)) as shown:
        assert shown.size == (30, 40)
        assert not dict(shown.getexif())
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Comment", SCRIPT.decode())
    assert b"<script" not in taken("a.png", picture(pnginfo=words))[1]


@pytest.mark.parametrize(
    ("form", "notes"),
    [
        ("GIF", {"comment": b"31.2304 N 121.4737 E, Wang"}),
        ("PNG", {"icc_profile": b"31.2304 N 121.4737 E, Wang"}),
        ("WEBP", {"xmp": b"31.2304 N 121.4737 E, Wang"}),
        ("AVIF", {"xmp": b"31.2304 N 121.4737 E, Wang"}),
    ],
)
def test_what_was_noted_in_a_moving_picture_is_gone(form: str, notes: dict[str, bytes]) -> None:
    frames = [Image.new("RGB", (20, 20), (shade, 0, 0)) for shade in (0, 120, 240)]
    out = io.BytesIO()
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=80, **notes)
    _name, kept = taken(f"a.{form.lower()}", out.getvalue())
    with Image.open(io.BytesIO(kept)) as shown:
        shown.load()
        assert shown.n_frames == 3  # type: ignore[attr-defined]
        assert not {"comment", "icc_profile", "xmp", "exif"} & set(shown.info)
    assert b"Wang" not in kept


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    rows = b"\0" * 1_000_000  # a kilobyte that claims ten thousand million pixels
    bomb = png_that_claims(100_000, 100_000, rows)
    assert len(bomb) < 2_000
    assert refused("a.png", bomb) == "too-many-pixels"
    assert refused("a.png", png_that_claims(6_001, 6_001, rows)) == "too-many-pixels"


def test_a_bomb_of_frames_is_refused() -> None:
    out = io.BytesIO()
    frames = [Image.new("P", (1_000, 1_000), shade) for shade in range(61)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=20)
    assert refused("a.gif", out.getvalue()) == "too-many-pixels"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", SCRIPT),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>"),
        ("a.png", b"%PDF-1.7\n"),
        ("a.png", b"MZ\x90\x00" + b"\x00" * 100),
        ("a.png", picture()[:60]),  # cut off
        ("a.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\xff" * 13)),
        ("a.png", b""),
        ("a.png", picture("JPEG")),
        ("a.gif", b"GIF89a/*" + SCRIPT + b"*/"),
        ("a.png", picture("BMP")),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.html", picture()),
        ("a", picture()),
        ("a.png.php", picture()),
        ("a.php", picture()),
    ],
)
def test_what_is_no_such_picture_is_refused(name: str, content: bytes) -> None:
    assert refused(name, content) == "not-what-it-says"


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.png", "/etc/cron.d/job.png", "..\\..\\boot.png", "a\x00.png", "CON.png", "a/b/c.png"],
)
def test_names_are_never_paths(name: str) -> None:
    kept, _content = taken(name, picture())
    assert kept.removesuffix(".png").isalnum()
    assert len(kept) == 36


@pytest.mark.parametrize(("name", "content"), [("a.mp4", MP4), ("a.webm", WEBM)])
def test_a_video_is_taken_by_its_container(name: str, content: bytes) -> None:
    kept, found = taken(name, content, VIDEO)
    assert found == content
    assert kept.endswith(name[1:])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mp4", WEBM),
        ("a.webm", MP4),
        ("a.mp4", MP4 + SCRIPT),
        ("a.mp4", MP4[:-10]),
        ("a.mp4", MP4.replace(b"isom", b"evil")),
        ("a.mp4", box(b"ftyp", b"isom") + box(b"mdat")),
        ("a.webm", WEBM.replace(b"webm", b"mkva")),
        ("a.mp4", SCRIPT),
        ("a.mp4", b""),
    ],
)
def test_what_is_no_such_video_is_refused(name: str, content: bytes) -> None:
    assert refused(name, content, VIDEO) == "not-what-it-says"


def test_a_page_of_text_and_style_is_taken() -> None:
    page = (
        "<!doctype html><meta charset=utf-8><style>p{color:red}</style><p onset>优惠 <b>Sale</b></p>".replace(
            " onset", ""
        )
    )
    assert taken("a.html", page.encode(), PAGE)[1] == page.encode()


@pytest.mark.parametrize(
    "content",
    [
        b"<p>" + SCRIPT,
        b"<SCRIPT src=x>",
        b"<img src=x onerror=alert(1)>",
        b"<a href='java\nscript:alert(1)'>x</a>",
        b"<iframe src=/admin></iframe>",
        b"<meta http-equiv=refresh content='0;url=//evil'>",
        b"<base href=//evil>",
        b"<form action=//evil>",
        b"<svg><script>alert(1)</script></svg><p>",
    ],
)
def test_a_page_that_would_run_or_lead_away_is_refused(content: bytes) -> None:
    assert refused("a.html", b"<!doctype html>" + content, PAGE) == "holds-scripts"


@pytest.mark.parametrize(
    "content", [b"\xff\xfe<\x00p\x00", b"<p>\x00</p>", b"plain", b"<svg/>", b"<?xml version='1.0'?>"]
)
def test_what_is_no_page_is_refused(content: bytes) -> None:
    assert refused("a.html", content, PAGE) == "not-what-it-says"


def test_a_file_larger_than_its_kind_is_refused_unread() -> None:
    class Long(SimpleUploadedFile):
        def read(self, *_size: Any) -> bytes:
            raise AssertionError("it was read")

    for kind, name in ((IMAGE, "a.png"), (VIDEO, "a.mp4"), (PAGE, "a.html")):
        file = Long(name, b"")
        file.size = kind.most_bytes + 1
        with pytest.raises(uploads.FileTooLarge):
            admit(file, kind)


PAPER = b"%PDF-1.7\n1 0 obj\n<< >>\nstream\npacked /JS as it happens\nendstream\nendobj\n%%EOF\n"


def test_a_whole_pdf_is_taken_and_one_that_would_run_something_is_not() -> None:
    assert taken("a.PDF", PAPER, PDF)[1] == PAPER
    for content, code in (
        (PAPER.replace(b"%PDF-1.7", b"%PDX-1.7"), "not-what-it-says"),
        (PAPER.replace(b"%%EOF", b""), "not-what-it-says"),
        (b"GIF89a" + PAPER, "not-what-it-says"),
        (PAPER.replace(b"<< >>", b"<< /OpenAction << /S /JavaScript /JS (x) >> >>"), "holds-scripts"),
        (PAPER.replace(b"<< >>", b"<< /S /Launch >>"), "holds-scripts"),
        (PAPER.replace(b"<< >>", b"<< /EmbeddedFile 1 >>"), "holds-scripts"),
    ):
        assert refused("a.pdf", content, PDF) == code


def test_one_of_several_kinds_is_taken_up_to_a_size_of_its_place() -> None:
    media_type, file = admit_one_of(SimpleUploadedFile("a.pdf", PAPER), (PHOTO, PDF), uploads.MEGABYTE)
    assert (media_type, file.read()) == ("application/pdf", PAPER)
    assert admit_one_of(SimpleUploadedFile("a.jpg", picture("JPEG")), (PHOTO, PDF), 10_000)[0] == "image/jpeg"
    for name, most in (("a.gif", 10_000), ("a.pdf", 10), ("a", 10_000)):
        with pytest.raises(FileRefused):
            admit_one_of(SimpleUploadedFile(name, PAPER), (PHOTO, PDF), most)
