"""Bringing what is no words at the kiosk: photos that are kept at once, signatures, codes, times; nothing is in an address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from servicehall.rooms.services.instances import answers_of
from servicehall.rooms.services.models import Upload
from tests.channels.kiosk.tour import HOME, Customer
from tests.hall import Hall
from tests.pictures import picture
from tests.rooms.services.repair import SIGNED, work, workshop


@pytest.fixture
def customer(hall: Hall, kiosk: Client) -> Iterator[Customer]:
    with workshop(hall.site.region.organisation_id):
        yield Customer(kiosk).begin("repair")


def photo(content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", content or picture("JPEG"), "image/jpeg")


def take(customer: Customer, file: Any = None, **fields: Any) -> Customer:
    """Take a photo, with what is typed on the form."""
    typed: dict[str, Any] = {f"q.{name}": value for name, value in fields.items()}
    kept_before = typed.pop("q.photos", [])
    at = {"step": "bring", "revision": customer.facts["revision"]}
    typed["q.photos"] = [*kept_before, file or photo()]
    return customer.send("/photo", **at, **typed)


def kept(customer: Customer) -> list[str]:
    return re.findall(r'name="q.photos" value="([0-9a-f-]{36})" checked', customer.page)


def test_a_photo_is_kept_at_once_and_what_is_typed_stays(customer: Customer) -> None:
    assert 'data-shoot="q.photos"' in customer.page
    assert 'type="file"' not in customer.page, "a kiosk has no files of a customer's"
    take(customer, code="M-1", sign=SIGNED)
    assert customer.status == 200
    (mine,) = kept(customer)
    assert 'value="M-1"' in customer.page
    assert "M100 100 L300 300" in customer.page
    assert f'data-file="{mine}"' in customer.page
    shown = customer.client.post(f"{HOME}/request/file", {"code": customer.code, "file": mine})
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "no-store")
    take(customer, photos=[mine], code="M-1", sign=SIGNED)
    assert len(kept(customer)) == 2
    assert 'data-shoot="q.photos"' not in customer.page, "it is full"
    customer.answer(code="M-1", sign=SIGNED, photos=[mine])
    work()
    assert answers_of(customer.row)["bring"].value["photos"][0]["id"] == mine
    assert Upload.objects.count() == 1, "the one whose tick was taken out is gone"


def test_what_else_is_wrong_costs_no_photo_also_when_it_is_looked_at_again(customer: Customer) -> None:
    take(customer, sign=SIGNED)
    (mine,) = kept(customer)
    customer.answer(code="", sign=SIGNED, photos=[mine])
    assert (customer.status, kept(customer)) == (422, [mine])
    assert "M100 100 L300 300" in customer.page
    customer.answer(code="M-1", sign=SIGNED, photos=[mine])
    work()
    customer.send("", at="bring")
    assert kept(customer) == [mine]
    take(customer, photos=[mine], code="M-2", sign=SIGNED)
    assert len(kept(customer)) == 2
    assert 'value="M-2"' in customer.page


def test_what_is_typed_and_taken_is_there_in_the_other_language(customer: Customer) -> None:
    take(customer, code="M-1", sign=SIGNED)
    (mine,) = kept(customer)
    typed = {"q.code": "M-1", "q.sign": SIGNED, "q.photos": mine}
    customer.send("", at="bring", language="zh-Hans", **typed)
    assert "您的签名" in customer.page
    assert kept(customer) == [mine]
    assert 'value="M-1"' in customer.page


def test_what_is_no_photo_is_refused_on_the_same_screen(customer: Customer) -> None:
    take(customer, photo(b"no picture"), code="M-1", sign=SIGNED)
    assert customer.status == 422
    assert "This is no picture that can be shown." in customer.page
    assert 'value="M-1"' in customer.page
    assert not Upload.objects.exists()


def test_a_photo_for_a_step_that_does_not_wait_is_not_kept(customer: Customer) -> None:
    sent: dict[str, Any] = {"q.photos": photo()}
    customer.send("/photo", step="time", **sent)
    assert (customer.status, customer.facts["step"]) == (409, "bring")
    assert not Upload.objects.exists()


def test_a_photo_of_another_request_is_not_there(customer: Customer, kiosk: Client) -> None:
    (mine,) = kept(take(customer))
    other = Customer(kiosk).begin("repair")
    for code, name in ((other.code, mine), (customer.code, "nonsense"), ("nobody", mine)):
        answer = kiosk.post(f"{HOME}/request/file", {"code": code, "file": name})
        assert answer.status_code == 404


def test_other_screens_of_a_kiosk_take_no_files(customer: Customer) -> None:
    assert customer.client.post(f"{HOME}/request/leave", {"file": photo()}).status_code == 413


def test_the_camera_is_allowed_by_the_page_that_screens_are_put_into(kiosk: Client) -> None:
    assert "camera=(self)" in kiosk.get(HOME)["Permissions-Policy"]


def test_a_day_and_a_time_are_chosen_by_touch(customer: Customer) -> None:
    (mine,) = kept(take(customer))
    customer.answer(code="M-1", sign=SIGNED, photos=[mine])
    work()
    customer.send("")
    assert customer.facts["kind"] == "book"
    days = re.findall(r'name="day" value="([0-9-]+)"', customer.page)
    at = {"step": "time", "revision": customer.facts["revision"], "day-shown": days[0]}
    customer.send("/answer", **at, day=days[1])
    work()
    customer.send("")
    (slot, _last) = re.findall(r'name="slot" value="([0-9-]+)"', customer.page)
    assert slot.startswith(days[1])
    at |= {"revision": customer.facts["revision"], "day-shown": days[1]}
    customer.send("/answer", **at, slot=slot)
    work()
    customer.send("")
    assert customer.facts["kind"] == "confirm"
    assert "1 photo" in customer.page
    assert f'data-file="{mine}"' in customer.page
    customer.answer()
    assert "We come" in customer.page
    assert mine not in customer.page
