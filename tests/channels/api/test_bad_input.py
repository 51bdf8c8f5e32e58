"""Whatever is sent: a clear answer, nothing changed, never an error of ours."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.api.speaking import Place

TICKETS = "/sites/mall/tickets"


@pytest.fixture
def nothing_taken(mall: Place) -> Any:
    yield
    assert mall.api("integration").get(TICKETS).json["items"] == []


pytestmark = pytest.mark.usefixtures("nothing_taken")


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"nonsense", b"\xff\xfe", b'{"service": "consult"', b'{"service": "\\ud800"}', b"[" * 60_000,
     b'{"service": "consult"} extra', b'\xef\xbb\xbf{"service":"consult"}', b'{"service": NaN}'],
)  # fmt: skip
def test_what_is_not_json(mall: Place, body: bytes) -> None:
    refused = mall.api("desk")("POST", TICKETS, body)
    if body == b"":
        assert refused.json["errors"] == {"service": "This field is required."}
    else:
        assert (refused.status, refused.kind) == (400, "malformed")


@pytest.mark.parametrize("body", [[], "consult", 7, None, True, [{"service": "consult"}]])
def test_json_that_is_no_object(mall: Place, body: Any) -> None:
    import json

    refused = mall.api("desk")("POST", TICKETS, json.dumps(body))
    assert (refused.status, refused.json["errors"]) == (422, {"body": "Send one JSON object."})


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"service": "consult", "colour": "red"}, {"colour": "There is no such field."}),
        ({"service": 7}, {"service": "Send a text."}),
        ({"service": None}, {"service": "Send a text."}),
        ({"service": ""}, {"service": "This must not be empty."}),
        ({"service": "x" * 81}, {"service": "At most 80 characters."}),
        ({"service": "a\u0000b"}, {"service": "Control characters cannot be kept."}),
        ({"service": "consult", "note": "x" * 501}, {"note": "At most 500 characters."}),
        ({"service": "consult", "note": "\u0000"}, {"note": "Control characters cannot be kept."}),
        ({"service": "consult", "language": "a-very-long-tag"}, {"language": "At most 10 characters."}),
        ({"service": "consult", "priority": ["elderly"]}, {"priority": "Send a text."}),
    ],
)
def test_each_field_that_does_not_fit_is_named(mall: Place, body: Any, errors: dict[str, str]) -> None:
    refused = mall.api("desk").post(TICKETS, body)
    assert (refused.status, refused.json["errors"]) == (422, errors)
    chinese = mall.api("desk", "zh").post(TICKETS, body).json["errors"]
    assert list(chinese) == list(errors)
    assert not set(chinese.values()) & set(errors.values())


def test_a_body_of_another_kind(mall: Place) -> None:
    api = mall.api("desk")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", ""):
        refused = api.post(TICKETS, {"service": "consult"}, Content_Type=kind)
        assert (refused.status, refused.kind) == (415, "unsupported-media-type"), kind


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON;charset=UTF8", "application/x+json"]
)
def test_json_by_its_other_names(mall: Place, kind: str) -> None:
    assert mall.api("desk").post(TICKETS, {"service": "nothing"}, Content_Type=kind).kind == "unknown-service"


def test_a_body_that_is_too_large(mall: Place) -> None:
    refused = mall.api("desk").post(TICKETS, {"service": "consult", "note": "x" * 70_000})
    assert (refused.status, refused.kind) == (413, "body-too-large")
    assert "64 KiB" in refused.json["advice"]
    assert "每个请求最多 64 KiB" in mall.api("desk", "zh").post(TICKETS, "x" * 70_000).json["advice"]


@pytest.mark.parametrize(
    "path",
    ["/sites/nowhere/tickets", "/sites/%00/tickets", "/sites/..%2f/tickets", "/sites/商场/tickets",
     f"/sites/{'x' * 2000}/tickets", "/sites/%ff%fe/tickets", "/sites/mall%20/tickets", "/sites/' OR 1=1 --/tickets"],
)  # fmt: skip
def test_sites_that_do_not_exist(mall: Place, path: str) -> None:
    refused = mall.api("desk").post(path, {"service": "consult"})
    assert (refused.status, refused.kind) == (404, "not-found")


@pytest.mark.parametrize(
    "query",
    ["day=tomorrow", "day=2026-02-30", "day=0", "limit=0", "limit=501", "limit=x", "limit=1e3", "state=lost",
     "cursor=x", "cursor=%00", "limit=99999999999999999999", "day=9999-99-99", "from=2026-01-01&to=x"],
)  # fmt: skip
def test_queries_that_do_not_fit(mall: Place, query: str) -> None:
    refused = mall.api("integration").get(f"{TICKETS}?{query}")
    assert (refused.status, refused.kind) == (422, "bad-input")
    assert list(refused.json["errors"]) == [query.partition("=")[0] if "&" not in query else "to"]


@pytest.mark.parametrize("query", ["zone=%00", "zone=" + "x" * 999, "zone=%ff", "zone=no where"])
def test_zones_that_do_not_exist(mall: Place, query: str) -> None:
    assert mall.api().get(f"/sites/mall/board?{query}").status == 404
    assert mall.api("manager").get(f"/sites/mall/figures?{query}").status == 404


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_days_at_the_ends_of_time(mall: Place, day: str) -> None:
    assert mall.api("manager").get(f"/sites/mall/figures?day={day}").status == 200
    assert mall.api("integration").get(f"{TICKETS}?day={day}").json["items"] == []
    assert mall.api("integration").get(f"/sites/mall/events?after={2**62}").json["items"] == []
