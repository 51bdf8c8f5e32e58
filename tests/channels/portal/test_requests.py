"""A request on the phone: files that come with a form, signatures, times to book, slips; what is wrong loses nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from servicehall.channels import uploads
from servicehall.rooms.services import queries
from servicehall.rooms.services.instances import answers_of
from servicehall.rooms.services.models import Upload
from tests.hall import Hall
from tests.pictures import picture
from tests.rooms.services.way import published

TEXT = """flow: trial
name: {en: Trial, zh-Hans: 试}
category: trials
channels: [phone]
steps:
  - form: bring
    title: {en: Bring it, zh-Hans: 带}
    fields:
      - {id: words, type: text, label: {en: Words, zh-Hans: 语}}
      - {id: photos, type: photo, most: 2, label: {en: Photos, zh-Hans: 照片}}
      - {id: code, type: scan, label: {en: Code, zh-Hans: 码}}
  - confirm: look
    title: {en: Right?, zh-Hans: 对吗}
  - print: slip
    title: {en: Your slip, zh-Hans: 凭条}
    slip: {en: "NUMBER ${bring.code}", zh-Hans: "号码 ${bring.code}"}
  - end: done
    title: {en: Done, zh-Hans: 好了}
"""


@pytest.fixture
def at(hall: Hall, phone: Client) -> str:
    """The address of a request that was begun."""
    published(hall, TEXT)
    return str(phone.post("/s/mall/do/trial", {"idempotency_key": "k" * 20})["Location"])


def test_a_service_that_is_not_open_now_says_when_it_is(hall: Hall, phone: Client) -> None:
    opening = 'open: [{days: [tue, wed, thu], from: "08:00", to: "09:00"}]\nsteps:\n'
    published(hall, TEXT.replace("steps:\n", opening, 1))
    listed = phone.get("/s/mall").content.decode()
    assert "Not open now · Tue–Thu 08:00–09:00" in listed
    assert "/s/mall/do/trial" not in listed
    page = phone.get("/s/mall/do/trial").content.decode()
    assert "Tue–Thu 08:00–09:00" in page
    assert 'type="submit" form="begin"' not in page


def send(phone: Client, at: str, **fields: Any) -> Any:
    row = queries.instance_by_code(at.rsplit("/", 1)[1])
    step = queries.screen(row)["step"]
    named = {f"q.{name}": value for name, value in fields.items()}
    return phone.post(at, {"step": step, "revision": row.revision, **named})


def photo(name: str = "me.png", content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or picture(), "image/png")


def kept(page: Any) -> list[str]:
    """The files that the form keeps."""
    return re.findall(r'name="q.photos" value="([0-9a-f-]{36})" checked', page.content.decode())


def test_files_come_with_the_form_and_are_there_when_something_else_is_wrong(phone: Client, at: str) -> None:
    wrong = send(phone, at, words="", code="X1", photos=[photo()])
    assert wrong.status_code == 422
    (mine,) = kept(wrong)
    assert "Please fill this in." in wrong.content.decode()
    assert phone.get(f"{at}/files/{mine}")["Content-Type"] == "image/png"
    text = wrong.content.decode()
    assert f'<img class="flow-thumb" src="{at}/files/{mine}"' in text
    both = send(phone, at, words="hello", code="X1", photos=[mine, photo()])
    assert both.status_code == 303
    review = phone.get(at).content.decode()
    assert "2 photos" in review
    assert review.count('class="flow-thumb"') == 2
    assert phone.get(f"{at}?at=bring").content.decode().count(" checked>") == 2


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (("a.txt", b"x"), "Use a file that ends in"),
        (("a.png", b"no picture"), "This is no picture that can be shown."),
        (("a.png", b"x" * (10 * uploads.MEGABYTE + 1)), "The file is too large"),
    ],
)
def test_a_file_that_is_refused_costs_nothing_else(phone: Client, at: str, sent: Any, words: str) -> None:
    page = send(phone, at, words="KEPT", code="X1", photos=[photo(*sent), photo()])
    assert page.status_code == 422
    text = page.content.decode()
    assert words in text
    assert 'value="KEPT"' in text
    assert len(kept(page)) == 1
    assert Upload.objects.count() == 1


def test_a_form_that_is_far_too_large_is_refused_unread(phone: Client, at: str) -> None:
    answer = phone.post(at, {"q.photos": photo()}, CONTENT_LENGTH=str(uploads.LONGEST_FORM + 1))
    assert answer.status_code == 413
    assert "at most 10 MB each" in answer.content.decode()
    assert not Upload.objects.exists()


def test_files_are_kept_in_memory_only_up_to_a_sum(phone: Client, at: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(uploads, "MOST", 5_000)
    page = send(phone, at, words="KEPT", code="X", photos=[photo(), photo("b.png", b"x" * 6_000)])
    assert "The file is too large" in page.content.decode()
    assert len(kept(page)) == 1


def test_other_pages_of_the_phone_take_no_files(phone: Client, at: str) -> None:
    assert phone.post(f"{at}/leave", {"file": photo()}).status_code == 413


def test_files_of_another_request_are_not_there(phone: Client, at: str, hall: Hall) -> None:
    (mine,) = kept(send(phone, at, words="", code="X", photos=[photo()]))
    other = str(phone.post("/s/mall/do/trial", {"idempotency_key": "l" * 20})["Location"])
    assert phone.get(f"{other}/files/{mine}").status_code == 404
    assert phone.get(f"{at}/files/00000000-0000-0000-0000-000000000000").status_code == 404


def test_only_a_page_that_asks_for_a_code_may_use_the_camera(phone: Client, at: str) -> None:
    assert "camera=(self)" in phone.get(at)["Permissions-Policy"]
    send(phone, at, words="x", code="X1", photos=[photo()])
    assert "camera=()" in phone.get(at)["Permissions-Policy"]


def test_a_slip_is_a_page_that_can_be_printed_and_later_a_copy(phone: Client, at: str) -> None:
    assert phone.get(f"{at}/slip/slip").status_code == 404
    send(phone, at, words="x", code="X1", photos=[photo()])
    send(phone, at)
    assert f'href="{at}/slip/slip"' in phone.get(at).content.decode()
    first = phone.get(f"{at}/slip/slip").content.decode()
    assert "NUMBER X1" in first
    assert "Copy" not in first
    send(phone, at)
    page = phone.get(at).content.decode()
    assert f'href="{at}/slip/slip"' in page, "at the end it can still be had"
    assert "Copy" in phone.get(f"{at}/slip/slip").content.decode()
    assert phone.get(f"{at}/slip/bring").status_code == 404
    chinese = phone.get(f"{at}/slip/slip", headers={"accept-language": "zh-CN"}).content.decode()
    assert "号码 X1" in chinese
    assert "副本" in chinese


SIGN = """flow: signed
name: {en: Sign, zh-Hans: 签}
category: trials
channels: [phone]
purposes: [serve]
steps:
  - form: sign
    title: {en: Sign, zh-Hans: 签名}
    fields: [{id: here, type: signature, label: {en: Signature, zh-Hans: 签名}}]
  - review: look
    title: {en: Right?, zh-Hans: 对吗}
  - end: done
    title: {en: Done, zh-Hans: 好了}
"""


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"here": "[[100,100,300,300,500,100,700,300,800,100,900,300]]"}, "drawn"),
        ({"here.name": "Li Wei", "here.yes": "true"}, "typed"),
        ({"here.name": "Li Wei"}, ""),
        ({"here": "[[1,1]]", "here.name": "Li Wei", "here.yes": "true"}, "typed"),
        ({"here": "nonsense"}, ""),
        ({}, ""),
    ],
)
def test_a_signature_is_drawn_or_typed(phone: Client, hall: Hall, fields: dict[str, str], kept: str) -> None:
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.customers import actions as customers

    words = {"en": "To serve you", "zh-Hans": "为您服务"}
    customers.add_purpose(
        organisation_id=hall.site.region.organisation_id, slug="serve", titles=words, texts=words,
        uses=["name"], basis="service", by=SYSTEM,
    )  # fmt: skip
    published(hall, SIGN, "signed")
    at = str(phone.post("/s/mall/do/signed", {"idempotency_key": "k" * 20})["Location"])
    answer = send(phone, at, **fields)
    assert answer.status_code == (303 if kept else 422)
    row = queries.instance_by_code(at.rsplit("/", 1)[1])
    if kept:
        assert answers_of(row)["sign"].value["here"]["way"] == kept
        assert ("flow-signed" in phone.get(at).content.decode()) == (kept == "drawn")
    elif "here.name" in fields:
        assert 'value="Li Wei"' in answer.content.decode(), "what was typed is still there"
