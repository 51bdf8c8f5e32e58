"""Files that were uploaded are served so that nothing in them runs, and are never what they are not."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import RequestFactory

from servicehall.channels.files import serve

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
    assert b"".join(answer.streaming_content) == b"content"


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
