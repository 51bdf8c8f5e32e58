"""Photos, files and signatures as answers: what is taken, what is refused with words, what is sealed and forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import translation

from servicehall.kernel import events, retention, timers, uploads
from servicehall.kernel.errors import NotFound
from servicehall.kernel.protection import rotation
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.services import actions, brought, queries
from servicehall.rooms.services.actions import bringing
from servicehall.rooms.services.models import Upload
from servicehall.rooms.services.screen import screen
from tests.hall import MORNING, Hall
from tests.pictures import picture
from tests.rooms.services.way import GUEST, Way, published

TEXT = """flow: trial
name: {en: T, zh-Hans: 试}
category: trials
channels: [phone, desk]
keeps-days: 5
purposes: [serve]
steps:
  - form: bring
    title: {en: B, zh-Hans: 带}
    fields:
      - {id: words, type: text, label: {en: W, zh-Hans: 语}}
      - {id: photos, type: photo, most: 2, optional: true, label: {en: Photos, zh-Hans: 照片}}
      - {id: paper, type: file, kinds: [pdf], megabytes: 1, optional: true, label: {en: Paper, zh-Hans: 文件}}
      - {id: sign, type: signature, optional: true, label: {en: Signature, zh-Hans: 签名}}
  - review: look
    title: {en: "${size(bring.photos)} photos", zh-Hans: "${size(bring.photos)}张"}
  - end: done
    title: {en: Done, zh-Hans: 好了}
"""
PDF = b"%PDF-1.4\n1 0 obj\n<< /Length 9 >>\nstream\nabc /JS d\nendstream\nendobj\n%%EOF\n"
LINES = [[100, 100, 200, 300, 300, 100, 400, 300], [500, 200, 600, 200]]
SIGNED = {"strokes": LINES}


@pytest.fixture
def way(hall: Hall) -> Way:
    from servicehall.rooms.customers import actions as customers

    words = {"en": "To serve you", "zh-Hans": "为您服务"}
    customers.add_purpose(
        organisation_id=hall.site.region.organisation_id, slug="serve", titles=words, texts=words,
        uses=["name"], basis="service", by=SYSTEM,
    )  # fmt: skip
    published(hall, TEXT)
    return Way(hall)


def add(
    way: Way, field: str = "photos", name: str = "me.png", content: bytes = b"", step: str = "bring"
) -> Any:
    file = SimpleUploadedFile(name, content or picture())
    return actions.add_file(instance_id=way.id, step=step, field=field, file=file, by=GUEST, at=MORNING)


def test_files_are_answers_that_are_sealed_shown_and_forgotten(way: Way, hall: Hall) -> None:
    photo = add(way, content=picture("JPEG", exif=b"Exif\x00\x00NEEDLE-17"), name="needle.jpg")
    paper = add(way, "paper", "needle.pdf", PDF)
    assert (photo["type"], paper["type"]) == ("image/jpeg", "application/pdf")
    way.answer("bring", {"words": "x", "photos": [photo["id"]], "paper": [paper["id"]], "sign": SIGNED})
    shown = screen(way.row)
    assert shown["title"] == "1 photos"
    assert [one["value"] for one in shown["answers"]] == ["x", "1 photo", "1 file", "Signed by hand"]
    assert shown["answers"][1]["files"] == [photo]
    assert shown["answers"][3]["signature"].startswith("M100 100 L200 300")
    with translation.override("zh-hans"):
        assert screen(way.row, language="zh-Hans")["answers"][1]["value"] == "1张照片"
    media_type, content = queries.file_of(way.row, UUID(paper["id"]))
    assert (media_type, content) == ("application/pdf", PDF)
    assert b"NEEDLE" not in queries.file_of(way.row, UUID(photo["id"]))[1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM services_upload")
        assert all(
            b"JVBERi" not in bytes(row[0]) and b"%PDF" not in bytes(row[0]) for row in cursor.fetchall()
        )
    assert "needle" not in str([one.data for one in events.about(way.id)])
    assert way.kinds().count("request.file-added") == 2
    for _progress in rotation.change_data(by=SYSTEM):
        pass
    assert queries.file_of(way.row, UUID(paper["id"]))[1] == PDF
    retention.apply(at=MORNING + timedelta(days=6))
    assert not Upload.objects.exists()
    with pytest.raises(NotFound):
        queries.file_of(way.row, UUID(paper["id"]))


@pytest.mark.parametrize(
    ("field", "name", "content", "error"),
    [
        ("photos", "a.pdf", PDF, uploads.NotWhatItSays),
        ("photos", "a.png", b"no picture", uploads.NotWhatItSays),
        ("photos", "a.jpg", picture("PNG"), uploads.NotWhatItSays),
        ("photos", "a.gif", picture("GIF"), uploads.NotWhatItSays),
        ("paper", "a.pdf", b"%PDF-1.4 cut off", uploads.NotWhatItSays),
        ("paper", "a.pdf", PDF.replace(b"/Length 9", b"/OpenAction << /JS (x) >>"), uploads.HoldsScripts),
        ("paper", "a.pdf", PDF + b" " * uploads.MEGABYTE, uploads.FileTooLarge),
        ("paper", "a.png", picture(), uploads.NotWhatItSays),
        ("words", "a.png", picture(), actions.NotThisStep),
        ("nothing", "a.png", picture(), actions.NotThisStep),
    ],
)
def test_what_is_no_such_file_is_refused_and_nothing_is_kept(
    way: Way, field: str, name: str, content: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        add(way, field, name, content)
    assert not Upload.objects.exists()
    assert way.row.revision == 0


def test_files_are_taken_at_their_step_only(way: Way) -> None:
    for step in ("look", "done", "nothing"):
        with pytest.raises(actions.NotThisStep):
            add(way, step=step)
    way.answer("bring", {"words": "x"}).answer("look", True)
    with pytest.raises(actions.Over):
        add(way)


def test_only_files_of_this_request_count_and_those_that_no_answer_names_go(way: Way, hall: Hall) -> None:
    other = Way(hall)
    theirs, mine, unused = add(other), add(way), add(way)
    for forged in (
        [theirs["id"]],
        [theirs],
        [{"id": str(uuid4()), "type": "image/png", "size": 1}],
        ["x"],
        [7],
    ):
        with pytest.raises(actions.UnfitAnswers) as problem:
            way.answer("bring", {"words": "x", "photos": forged})
        assert set(problem.value.facts["errors"]) == {"photos"}
    way.answer("bring", {"words": "x", "photos": [mine["id"], mine]})
    assert set(Upload.objects.values_list("id", flat=True)) == {UUID(mine["id"]), UUID(theirs["id"])}
    with pytest.raises(NotFound):
        queries.file_of(way.row, UUID(theirs["id"]))
    assert unused["id"] != mine["id"]


def test_more_than_asked_for_is_said(way: Way) -> None:
    three = [add(way)["id"] for _ in range(3)]
    with pytest.raises(actions.UnfitAnswers) as problem:
        way.answer("bring", {"words": "x", "photos": three})
    assert problem.value.facts["errors"] == {"photos": "At most 2 files. Remove some of them."}
    assert Upload.objects.count() == 3, "nothing is lost"


def test_a_request_holds_so_many_files_and_no_more(way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "MOST_FILES", 1)
    add(way)
    with pytest.raises(actions.NoRoomForFiles):
        add(way)


@pytest.mark.parametrize(
    "unfit",
    [
        {"strokes": [[1, 1, 2, 2]]},
        {"strokes": [[500, 1] * 10]},
        {"strokes": [[1, 2, 3]]},
        {"strokes": [[1.5, 2] * 10]},
        {"strokes": [[-1, 2, 900, 2] * 10]},
        {"strokes": [[1, 2, 1001, 2] * 10]},
        {"strokes": [[1, 2, 900, 2] * 5000]},
        {"strokes": "[" * 5000},
        {"strokes": [[True, 2, 900, 2] * 10]},
        {"name": "Li Wei"},
        {"name": "Li Wei", "yes": "on"},
        {"name": " ", "yes": True},
        {"name": "x" * 200, "yes": True},
        {"way": "drawn"},
        "x",
    ],
)
def test_what_is_no_signature_is_refused(way: Way, unfit: Any) -> None:
    with pytest.raises(actions.UnfitAnswers) as problem:
        way.answer("bring", {"words": "x", "sign": unfit})
    assert set(problem.value.facts["errors"]) == {"sign"}


def test_a_typed_name_with_a_yes_is_a_signature(way: Way) -> None:
    way.answer("bring", {"words": "x", "sign": {"name": " Li  Wei ", "yes": True}})
    assert screen(way.row)["answers"][-1]["value"] == "Signed as Li Wei"
    assert brought.drawn({"name": "Li Wei"}) == ""


def test_the_files_of_an_erased_customer_go(way: Way, hall: Hall) -> None:
    from servicehall.rooms.customers import actions as customers
    from servicehall.rooms.customers import queries as records
    from tests.hall import catch_up

    organisation = hall.site.region.organisation_id
    wang = customers.add_customer(
        organisation_id=organisation, fields={"phone": "138 0013 8000"}, by=hall.actors["agent"]
    )
    theirs, stays = Way(hall, customer_id=wang.pk), way
    add(theirs)
    kept = add(stays)
    asked = customers.ask_erasure(customer_id=wang.pk, by=records.known_customer("phone", wang.pk))
    customers.grant_erasure(request_id=asked.pk, by=hall.actors["manager"])
    catch_up()
    timers.run_due()
    assert [str(row.pk) for row in Upload.objects.all()] == [kept["id"]]
