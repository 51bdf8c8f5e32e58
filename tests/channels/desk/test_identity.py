"""Who somebody is, at the desk: the document first, a card reader of this hall, faces only where they are set up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.processes.card_reader import PretendedCard, PretendedReader
from servicehall.rooms.customers import actions
from servicehall.rooms.customers.models import Customer, FaceTemplate
from tests.hall import MORNING, Hall, make_hall, text
from tests.rooms.customers.counter import organisation

RESIDENT = "11010519491231002X"


@pytest.fixture
def hall(db: None) -> Any:
    with clock.at(MORNING):
        yield make_hall()


@pytest.fixture
def wang(hall: Hall) -> Customer:
    return actions.add_customer(organisation_id=organisation(hall), by=SYSTEM, fields={"name": "王小明"})


@pytest.fixture(scope="module")
def machine() -> Iterator[PretendedReader]:
    with PretendedReader("127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def connected(machine: PretendedReader, settings: Any) -> PretendedReader:
    settings.ID_READERS = [("mall", "Reader 1", f"tcp://127.0.0.1:{machine.port}")]
    return machine


@pytest.fixture
def switched_on(settings: Any, tmp_path: Path) -> Path:
    """A verifier; returns the folder where an image would be put if it did not stay in memory."""
    settings.FACE_VERIFIER = "tests.rooms.customers.resemblance.Resemblance"
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    return tmp_path


def desk(hall: Hall, who: str = "agent") -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(hall.people[who])
    return client


def at(customer: Customer, act: str = "") -> str:
    return f"/desk/mall/customers/{customer.pk}" + (f"/{act}" if act else "")


def picture(who: str, size: int = 0) -> SimpleUploadedFile:
    return SimpleUploadedFile("face.jpg", f"face:{who}".encode().ljust(size, b"."), "image/jpeg")


def test_a_card_is_read_at_the_desk_and_what_hinders_is_said(
    hall: Hall, wang: Customer, connected: PretendedReader
) -> None:
    client = desk(hall)
    body = client.get(at(wang)).content.decode()
    assert body.index("I compared the document with the person") < body.index("Read from Reader 1")
    connected.lay(None)
    answer = client.post(at(wang, "card"), {"reader": "Reader 1"})
    assert answer.status_code == 409
    assert "There is no card on the reader" in answer.content.decode()
    connected.lay(PretendedCard("李静", RESIDENT))
    answer = client.post(at(wang, "card"), {"reader": "Reader 1"})
    assert "another name than this record" in answer.content.decode()
    assert "李静" not in answer.content.decode()
    connected.lay(PretendedCard("王小明", RESIDENT))
    assert client.post(at(wang, "card"), {"reader": "Reader 1"}).status_code == 303
    body = client.get(at(wang)).content.decode()
    assert "ID verified" in body
    assert "The identity is verified." in body
    assert RESIDENT not in body


def test_a_reader_of_another_hall_is_not_there(
    hall: Hall, wang: Customer, connected: PretendedReader, settings: Any
) -> None:
    settings.ID_READERS = [("bank", "Reader 1", settings.ID_READERS[0][2])]
    assert "Read from" not in desk(hall).get(at(wang)).content.decode()
    assert desk(hall).post(at(wang, "card"), {"reader": "Reader 1"}).status_code == 404


def test_faces_are_not_there_where_no_verifier_is_set_up(hall: Hall, wang: Customer) -> None:
    client = desk(hall)
    assert "comparing faces" not in client.get(at(wang)).content.decode()
    assert client.post(at(wang, "face"), {"image": picture("wang")}).status_code == 404


def test_the_document_comes_first_and_a_face_is_compared_only_after_consent(
    hall: Hall, wang: Customer, switched_on: Path
) -> None:
    client = desk(hall)
    body = client.get(at(wang)).content.decode()
    assert body.index("I compared the document with the person") < body.index("comparing faces")
    assert "Nobody has to agree to this" in body
    assert 'type="file"' not in body
    answer = client.post(at(wang, "face"), {"enrol": "yes", "image": picture("wang")})
    assert answer.status_code == 403
    assert "has not agreed" in answer.content.decode()
    version = actions.add_purpose(
        organisation_id=organisation(hall), slug="face", titles=text("Faces"), texts=text("We compare."),
        uses=["face"], by=SYSTEM,
    )  # fmt: skip
    client.post(at(wang, "consent"), {"version": version.pk})
    assert "Compare a document first" in client.get(at(wang)).content.decode()
    client.post(at(wang, "identity"), {"document": "passport", "number": "E1234567"})
    assert client.post(at(wang, "face"), {"enrol": "yes", "image": picture("wang")}).status_code == 303
    for who, words in (("wang", "The face matches"), ("li", "does not match"), ("half", "cannot be told")):
        answer = client.post(at(wang, "face"), {"compare": "yes", "image": picture(who)})
        assert words in answer.content.decode()
    client.post(at(wang, "consent"), {"withdraw": version.purpose_id})
    assert not FaceTemplate.objects.exists()
    assert 'type="file"' not in client.get(at(wang)).content.decode()


def test_no_image_touches_the_disk_and_a_huge_one_is_refused(
    hall: Hall, wang: Customer, switched_on: Path
) -> None:
    client = desk(hall)
    for size, status in ((2_000_000, 403), (3_000_000, 422)):
        answer = client.post(at(wang, "face"), {"compare": "yes", "image": picture("wang", size)})
        assert answer.status_code == status
    assert client.post(at(wang, "face"), {"compare": "yes"}).status_code == 422
    assert list(switched_on.iterdir()) == []


def test_a_forged_form_with_an_image_is_refused(hall: Hall, wang: Customer, switched_on: Path) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(hall.people["agent"])
    assert client.post(at(wang, "face"), {"compare": "yes", "image": picture("wang")}).status_code == 403
    stranger = desk(make_hall("bank"), "manager")
    for act in ("card", "face"):
        assert stranger.post(at(wang, act)).status_code == 404
