"""Files, signatures and times over the API: added to a question, read back, named by an answer, within bounds."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from servicehall.channels.api import problems
from tests.channels.api.speaking import Answer, Place
from tests.channels.api.test_requests import Customer
from tests.pictures import picture

TYPED = {"name": "Wang Fang", "yes": True}


@pytest.fixture
def me(mall: Place) -> Iterator[Customer]:
    from tests.rooms.services.repair import workshop

    with workshop(mall.hall.site.region.organisation_id):
        begun = mall.api("kiosk").post("/sites/mall/requests", {"flow": "repair", "channel": "phone"})
        yield Customer(begun.json, "en")


def add(
    me: Customer, content: bytes = b"", name: str = "me.png", question: str = "photos", **headers: str
) -> Answer:
    coded = base64.b64encode(content or picture()).decode()
    body = {"step": "bring", "question": question, "name": name, "content": coded}
    return me.api.post(f"{me.path}/files", body, **headers)


def uploads() -> int:
    from servicehall.rooms.services.models import Upload

    return Upload.objects.count()


def test_a_file_is_added_read_back_and_answers_by_its_id(me: Customer) -> None:
    asked = {one["id"]: one for one in me.screen["fields"]}
    assert (asked["photos"]["most"], asked["photos"]["megabytes"]) == (2, 10)
    assert "image/png" in asked["photos"]["accept"]
    added = add(me)
    assert added.status == 201, added.json
    file = added.json
    assert added.headers["Location"] == f"/api/v1{me.path}/files/{file['id']}"
    assert file["type"] == "image/png"
    found = me.api.get(f"{me.path}/files/{file['id']}").json
    content = base64.b64decode(found.pop("content"))
    assert (found, len(content)) == (file, file["size"])
    assert content.startswith(b"\x89PNG")
    me.answer({"code": "M-1", "photos": [file["id"]], "sign": TYPED})
    assert me.work()["kind"] == "book"
    assert me.look("bring")["fields"][1]["value"] == [file]


def test_a_repeated_key_keeps_the_file_once(me: Customer) -> None:
    first, second = add(me, Idempotency_Key="k1"), add(me, Idempotency_Key="k1")
    assert first.json == second.json
    assert second.headers["Idempotency-Replayed"] == "true"
    other = add(me, question="card", Idempotency_Key="k1")
    assert (other.status, other.kind) == (422, "idempotency-key-reused")
    assert uploads() == 1


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ((b"no picture", "me.png", "photos"), "not-what-it-says"),
        ((b"", "me.pdf", "photos"), "not-what-it-says"),
        ((b"x" * (10 * 1024 * 1024 + 1), "me.png", "photos"), "file-too-large"),
        ((b"", "me.png", "code"), "flow-not-this-step"),
        ((b"", "me.png", "nothing"), "flow-not-this-step"),
    ],
)
def test_what_is_not_taken_is_said_and_nothing_is_kept(
    me: Customer, sent: tuple[bytes, str, str], kind: str
) -> None:
    refused = add(me, *sent)
    assert refused.kind == kind
    assert refused.json["title"]
    assert uploads() == 0


def test_bounds_hold_before_anything_is_read(me: Customer) -> None:
    body = b"x" * (problems.MOST_BYTES + 1)
    assert me.api.post(f"{me.path}/answer", body).status == 413, "other addresses take no files"
    huge = me.api.post(f"{me.path}/files", b"{}", Content_Length=str(problems.MOST_WITH_FILE + 1))
    assert (huge.status, huge.kind) == (413, "body-too-large")
    coded = me.api.post(
        f"{me.path}/files", {"step": "bring", "question": "photos", "name": "a.png", "content": "%%"}
    )
    assert list(coded.json["errors"]) == ["content"]


def test_a_file_of_another_request_is_not_there(me: Customer, mall: Place) -> None:
    file = add(me).json["id"]
    begun = mall.api("kiosk").post("/sites/mall/requests", {"flow": "repair", "channel": "phone"}).json
    assert me.api.get(f"/requests/{begun['code']}/files/{file}").status == 404
    assert me.api.get(f"{me.path}/files/nonsense").status == 404
    assert me.api.get(f"/requests/nobody/files/{file}").status == 404


def test_a_day_and_a_time_are_choices(me: Customer) -> None:
    me.answer({"code": "M-1", "photos": [add(me).json["id"]], "sign": TYPED})
    screen = me.work()
    assert (screen["kind"], screen["day"]) == ("book", screen["days"][0]["value"])
    assert len(screen["options"]) == 2
    tomorrow = screen["days"][1]["value"]
    assert me.answer({"day": tomorrow}).json["working"] is True
    screen = me.work()
    assert screen["day"] == tomorrow
    wrong = me.answer({"day": tomorrow, "slot": "nothing"})
    assert (wrong.status, wrong.kind) == (422, "flow-unfit-answers")
    me.answer({"day": tomorrow, "slot": screen["options"][0]["value"]})
    screen = me.work()
    assert screen["kind"] == "confirm"
    shown: dict[str, Any] = {one["label"]: one for one in screen["answers"]}
    assert shown["Photos"]["files"][0]["type"] == "image/png"
    again = me.look("time")
    assert again["held"]["day"] == tomorrow
    assert (again["chosen"], again["lost"]) == (again["held"]["value"], "")


@pytest.mark.parametrize(
    ("method", "path", "has"),
    [
        ("POST", "/api/v1/requests/x/files", False),
        ("GET", "/api/v1/requests/x/files/y", True),
        ("POST", "/api/v1/requests/x/answer", True),
        ("GET", "/kiosk/mall-door", False),
    ],
)
def test_a_file_on_its_way_takes_no_turn_of_the_api(method: str, path: str, has: bool) -> None:
    from servicehall.channels.api.program import has_turns_for

    assert has_turns_for({"REQUEST_METHOD": method, "PATH_INFO": path}) is has


def test_the_pages_handler_takes_files_too(me: Customer, settings: Any) -> None:
    settings.ROOT_URLCONF = "servicehall.urls"
    large = picture(size=(900, 700), compress_level=0)
    assert len(large) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE, "the bound of forms is not that of files"
    added = add(me, large)
    assert (added.status, added.json["type"]) == (201, "image/png")
