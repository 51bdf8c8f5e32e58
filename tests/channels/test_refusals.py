"""Refusals that no page asked for: of requests that no page would send."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.one_database


def test_a_host_that_is_none_is_refused_on_a_page(client: Client) -> None:
    for host in ("a b", '"><script>', "[::1"):
        answer = client.get("/nothing", headers={"host": host, "accept-language": "zh-CN"})
        assert answer.status_code == 400, host
        assert "无法识别该请求" in answer.content.decode()
