"""Refusals that no page asked for: of requests that no page would send."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from servicehall.channels import refusals
from servicehall.rooms.hall import queries as hall

pytestmark = pytest.mark.one_database


def test_a_host_that_is_none_is_refused_on_a_page(client: Client) -> None:
    for host in ("a b", '"><script>', "[::1"):
        answer = client.get("/nothing", headers={"host": host, "accept-language": "zh-CN"})
        assert answer.status_code == 400, host
        assert "无法识别该请求" in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OperationalError("disk is full"), 503, "服务暂时不可用"),
        (RuntimeError("the secret"), 500, "我们这边出了问题"),
    ],
)
@pytest.mark.django_db
def test_a_fault_is_told_in_the_readers_language(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, words: str
) -> None:
    def fails(*_args: Any, **_how: Any) -> Any:
        raise error

    monkeypatch.setattr(hall, "find_sites", fails)
    client.raise_request_exception = False
    answer = client.get("/", headers={"accept-language": "zh-CN"})
    text = answer.content.decode()
    assert answer.status_code == status
    assert words in text
    assert str(error) not in text


@pytest.mark.django_db
def test_where_no_page_can_be_made_there_are_words_in_both_languages(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: Any, **_how: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(hall, "find_sites", fails)
    monkeypatch.setattr(refusals, "render", fails)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert (
        answer.content.decode() == "Something went wrong on our side. Try again. / 我们这边出了问题，请重试。"
    )
