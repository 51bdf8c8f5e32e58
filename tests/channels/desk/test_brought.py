"""Photos, signatures and times at the desk: staff bring them for a customer, and see of others' what they may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from servicehall.kernel.rights import customer
from servicehall.rooms.services import actions as services
from servicehall.rooms.services.instances import answers_of
from servicehall.rooms.services.models import Instance, Upload
from tests.channels.desk.house import House
from tests.channels.desk.test_requests import START, as_one, begin, text
from tests.pictures import picture
from tests.rooms.services.repair import SIGNED, work, workshop

PHONE = customer("phone")
TYPED = {"name": "Wang Fang", "yes": True}


@pytest.fixture
def house(house: House) -> Iterator[House]:
    with workshop(house.site().region.organisation_id):
        yield house


def photo(name: str = "me.png", content: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or picture(), "image/png")


def send(client: Client, here: str, **fields: Any) -> Any:
    body = client.get(here).content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(step|revision)" value="([^"]*)"', body))
    return client.post(here, {**hidden, **{f"q.{name}": value for name, value in fields.items()}})


def kept(page: str, name: str = "photos") -> list[str]:
    return re.findall(rf'name="q.{name}" value="([0-9a-f-]{{36}})" checked', page)


def of_customer(house: House) -> tuple[Instance, str, str]:
    """A request that a customer brought to the time: the photo of the machine, and of their card."""
    begun = services.begin(site_id=house.site_id, flow="repair", channel="phone", by=PHONE)
    files = [
        services.add_file(instance_id=begun.instance.pk, step="bring", field=field, file=photo(), by=PHONE)[
            "id"
        ]
        for field in ("photos", "card")
    ]
    answer = {"code": "M-1", "photos": files[:1], "card": files[1:], "sign": TYPED}
    services.submit(instance_id=begun.instance.pk, step="bring", revision=0, answer=answer, by=PHONE)
    work()
    return begun.instance, files[0], files[1]


def test_staff_bring_photos_a_signature_and_a_code_for_a_customer(house: House) -> None:
    client = as_one("anna")
    here = begin(client, flow="repair")
    page = client.get(here)
    assert "camera=(self)" in page["Permissions-Policy"]
    assert 'enctype="multipart/form-data"' in page.content.decode()
    wrong = send(client, here, code="", photos=[photo()], sign=SIGNED)
    assert wrong.status_code == 422
    (mine,) = kept(wrong.content.decode())
    assert f'src="{here}/files/{mine}"' in wrong.content.decode()
    assert "M100 100 L300 300" in wrong.content.decode()
    assert send(client, here, code="M-1", photos=[mine, photo()], sign=SIGNED).status_code == 303
    work()
    body = text(client, here)
    assert "2 photos" in body
    assert f'src="{here}/files/{mine}"' in body, "shown with the answers"
    assert "flow-signed" in body, "who had it signed sees the signature"
    assert "camera=()" in client.get(here)["Permissions-Policy"]
    assert client.get(f"{here}/files/{mine}")["Content-Type"] == "image/png"


def test_a_file_that_is_refused_costs_nothing_else_and_other_pages_take_none(house: House) -> None:
    client = as_one("anna")
    here = begin(client, flow="repair")
    page = send(client, here, code="KEPT", photos=[photo("a.png", b"no picture"), photo()], sign=SIGNED)
    assert page.status_code == 422
    assert "This is no picture that can be shown." in page.content.decode()
    assert 'value="KEPT"' in page.content.decode()
    assert len(kept(page.content.decode())) == 1
    assert client.post(f"{here}/end", {"file": photo()}).status_code == 413
    assert Upload.objects.count() == 1


def test_what_a_customer_brought_is_seen_but_for_what_is_personal(house: House) -> None:
    row, machine, card = of_customer(house)
    client, here = as_one("anna"), f"{START}/{row.pk}"
    body = text(client, here)
    assert f'src="{here}/files/{machine}"' in body
    assert card not in body
    assert "Wang Fang" not in body
    assert client.get(f"{here}/files/{machine}").status_code == 200
    assert client.get(f"{here}/files/{card}").status_code == 404
    client.post(f"{here}/take")
    form = text(client, f"{here}?at=bring")
    assert kept(form) == [machine]
    assert card not in form
    assert "Wang Fang" not in form, "what was signed is not in the form either"
    assert client.get(f"{here}/files/{card}").status_code == 404
    assert as_one("otto").get(f"{here}/files/{machine}").status_code == 404, "of another hall"


def test_what_staff_may_not_see_stays_when_they_change_the_rest(house: House) -> None:
    row, machine, card = of_customer(house)
    client, here = as_one("anna"), f"{START}/{row.pk}"
    client.post(f"{here}/take")
    row.refresh_from_db()
    at = {"step": "bring", "revision": row.revision}
    wrong = client.post(here, {**at, "q.code": "", "q.photos": [machine]})
    assert wrong.status_code == 422
    assert "1 photo is entered. Leave it empty to keep that." in wrong.content.decode()
    answer = client.post(here, {**at, "q.code": "M-2", "q.photos": [machine]})
    assert answer.status_code == 303
    row.refresh_from_db()
    held = answers_of(row)["bring"].value
    assert (held["code"], held["sign"]["name"]) == ("M-2", "Wang Fang")
    assert [one["id"] for one in held["card"]] == [card]
    assert Upload.objects.filter(pk=UUID(card)).exists()


def test_unmasked_for_a_reason_the_files_of_that_page_are_seen_for_a_while(house: House) -> None:
    row, _machine, card = of_customer(house)
    client, here = as_one("mira"), f"{START}/{row.pk}"
    assert client.get(f"{here}/files/{card}").status_code == 404
    page = client.post(f"{here}/unmask", {"reason": "asked"}).content.decode()
    (address,) = re.findall(rf'src="({here}/files/{card}[^"]*)"', page)
    address = address.replace("&amp;", "&")
    assert client.get(address).status_code == 200
    assert as_one("anna").get(address).status_code == 404, "it is of whoever gave the reason"
    assert client.get(address[:-1] + ("a" if address[-1] != "a" else "b")).status_code == 404


def test_a_day_and_a_time_are_chosen_at_the_desk(house: House) -> None:
    client = as_one("anna")
    here = begin(client, flow="repair")
    send(client, here, code="M-1", photos=[photo()], sign=SIGNED)
    work()
    body = text(client, here)
    days = re.findall(r'name="day" value="([0-9-]+)"', body)
    row = Instance.objects.get()
    client.post(here, {"step": "time", "revision": row.revision, "day-shown": days[0], "day": days[1]})
    work()
    row.refresh_from_db()
    slots = re.findall(r'name="slot" value="([0-9-]+)"', text(client, here))
    assert [slot.startswith(days[1]) for slot in slots] == [True, True]
    client.post(here, {"step": "time", "revision": row.revision, "day-shown": days[1], "slot": slots[0]})
    work()
    assert "Right?" in text(client, here)
