"""Pages of other origins: kept out unless they are named, and told what they may send and read."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from tests.channels.api.speaking import Api, Place

SHOP = "https://shop.example"


def _asked_before(api: Api, origin: str) -> dict[str, str]:
    answer = api("OPTIONS", "/sites/mall/requests", Origin=origin, Access_Control_Request_Method="POST")
    assert answer.status == 204
    return {name: value for name, value in answer.headers.items() if name.startswith("Access-Control")}


def test_nobody_is_let_in_as_delivered(mall: Place) -> None:
    assert _asked_before(Api(), SHOP) == {}
    headers = Api().get("/sites", Origin=SHOP).headers
    assert "Access-Control-Allow-Origin" not in headers
    assert "Origin" not in headers.get("Vary", "")


@pytest.mark.parametrize("origin", [SHOP, "null", "http://127.0.0.1:8080"])
def test_an_origin_that_is_named_may_send_and_read_all_that_the_api_needs(
    mall: Place, settings: Any, origin: str
) -> None:
    settings.API_ORIGINS = [SHOP, "null", "http://127.0.0.1:8080"]
    told = _asked_before(Api(), origin)
    assert told["Access-Control-Allow-Origin"] == origin
    assert "POST" in told["Access-Control-Allow-Methods"]
    for name in ("Authorization", "Content-Type", "Idempotency-Key", "Accept-Language"):
        assert name in told["Access-Control-Allow-Headers"]
    answer = Api().get("/sites", Origin=origin)
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    refused = Api().get("/requests/nothing-of-the-kind", Origin=origin)
    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (404, origin)


def test_others_stay_outside(mall: Place, settings: Any) -> None:
    settings.API_ORIGINS = [SHOP]
    for origin in ("null", "https://evil.example", f"{SHOP}.evil.example", "http://shop.example"):
        assert _asked_before(Api(), origin) == {}
        answer = Api().get("/sites", Origin=origin)
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Origin" in answer.headers["Vary"]


def test_everybody_may_be_let_in(mall: Place, settings: Any) -> None:
    settings.API_ORIGINS = ["*"]
    assert Api().get("/sites", Origin="null").headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.one_database
@pytest.mark.parametrize("wrong", ["shop.example", "https://shop.example/", "https://a@b", "ftp://x"])
def test_what_is_no_origin_is_refused_at_the_start(wrong: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import servicehall.settings"],
        env=os.environ | {"SERVICEHALL_API_ORIGINS": wrong}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "SERVICEHALL_API_ORIGINS" in done.stderr
