"""Files that were uploaded are served so that nothing in them runs, and are never what they are not."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import RequestFactory

from servicehall.channels import files
from servicehall.channels.files import serve
from servicehall.kernel.errors import Busy

pytestmark = pytest.mark.one_database


def served(media_type: str, **more: Any) -> Any:
    return serve(RequestFactory().get("/"), ContentFile(b"content"), media_type, **more)


@pytest.mark.parametrize("media_type", ["image/png", "video/mp4", "text/html; charset=utf-8"])
def test_pictures_videos_and_pages_are_shown_in_a_sandbox(media_type: str) -> None:
    answer = served(media_type)
    assert "Content-Disposition" not in answer
    assert answer["Content-Type"] == media_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer.content == b"content"


@pytest.mark.parametrize(
    "media_type", ["image/svg+xml", "application/pdf", "text/xml", "application/octet-stream"]
)
def test_everything_else_is_only_downloaded(media_type: str) -> None:
    answer = served(media_type)
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_name_for_a_download_is_encoded() -> None:
    answer = served("application/pdf", download_as='收据"; filename=evil.html\r\nX: y')
    said = answer["Content-Disposition"]
    assert said.startswith("attachment; filename*=utf-8''")
    assert said.isascii()
    assert not set('"\r\n ') & set(said.partition("''")[2])


# --- Large files, and readers that take their time ---

LARGE = b"x" * (3 * files.PIECE)


def asked(span: str, content: bytes = LARGE, address: str = "192.0.2.1") -> Any:
    headers = {"Range": span} if span else {}
    return serve(
        RequestFactory().get("/", headers=headers, REMOTE_ADDR=address), ContentFile(content), "video/mp4"
    )


def test_a_range_is_answered_with_its_first_piece_that_waits_for_nobody() -> None:
    for span, first in (("bytes=0-", 0), ("bytes=100-", 100), (f"bytes=-{2 * files.PIECE}", files.PIECE)):
        answer = asked(span)
        assert answer.status_code == 206
        assert answer.streaming is False
        assert len(answer.content) == files.PIECE
        assert answer["Content-Range"] == f"bytes {first}-{first + files.PIECE - 1}/{len(LARGE)}"
    short = asked("bytes=5-9")
    assert (short.content, short["Content-Range"]) == (b"xxxxx", f"bytes 5-9/{len(LARGE)}")
    end = asked(f"bytes={len(LARGE) - 3}-")
    assert (end.content, end["Content-Length"]) == (b"xxx", "3")
    assert asked(f"bytes={len(LARGE)}-").status_code == 416


def test_whole_large_files_go_to_a_few_readers_at_once_and_places_come_back() -> None:
    readers = [asked("") for _ in range(files.MOST_OF_ONE)]
    with pytest.raises(Busy):
        asked("")
    elsewhere = asked("", address="192.0.2.2")
    assert asked("", content=b"small").content == b"small"  # and a range needs no place
    assert asked("bytes=0-").status_code == 206
    assert b"".join(readers[0].streaming_content) == LARGE
    again = asked("")
    for answer in (*readers, elsewhere, again):
        answer.close()  # as the server does, whether or not anything was read
        answer.close()
    assert files._places._from.total() == 0


def test_who_takes_all_of_it_too_slowly_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    pieces = iter(asked("").streaming_content)
    next(pieces)
    clock[0] += files.GRACE - 1
    next(pieces)
    clock[0] += 3600
    assert list(pieces) == []
    assert files._places._from.total() == 0
