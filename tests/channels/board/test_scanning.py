"""A virus scanner that is slow, breaks down or is missing: nobody stands in line for it, and nothing is changed."""

from __future__ import annotations

import shlex
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from pytest_django import Settings

from servicehall.channels.board.models import Medium, Screen
from servicehall.kernel import events, uploads
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.transactions import transaction
from servicehall.rooms.hall import actions as setup
from tests.channels.board.small_hall import Hall
from tests.channels.board.test_back_office import ADD, add, entry, signed_in
from tests.pictures import picture
from tests.processes.running import until

SCANNER = """
import pathlib, sys, time
here = pathlib.Path(__file__).parent
with (here / "asked").open("a") as asked:
    asked.write("x")
while not (here / "go on").exists():
    time.sleep(0.01)
"""
"""Says that it was asked, and finds nothing once it may."""

SAID = {"en": "could not be scanned for viruses", "zh-Hans": "病毒扫描"}


@pytest.fixture(autouse=True)
def own_files(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def scanner(tmp_path: Path, settings: Settings) -> Path:
    program = tmp_path / "scanner.py"
    program.write_text(SCANNER)
    settings.SCAN_COMMAND = f"{shlex.quote(sys.executable)} -S -E {shlex.quote(str(program))}"
    return program


def asked(scanner: Path) -> int:
    """How often the scanner was."""
    note = scanner.with_name("asked")
    return len(note.read_text()) if note.exists() else 0


def test_tickets_are_taken_while_a_scanner_thinks_about_a_boards_picture(hall: Hall, scanner: Path) -> None:
    answers: list[Any] = []
    manager = signed_in(hall.site)

    def save() -> None:
        try:
            answers.append(add(manager, hall, **entry()))
        finally:
            connection.close()

    saving = threading.Thread(target=save)
    saving.start()
    until(lambda: asked(scanner), what="the scanner is asked")
    hall.issue()
    assert saving.is_alive(), "the ticket was not taken only when the scanner had ended"
    scanner.with_name("go on").touch()
    saving.join()
    assert (answers[0].status_code, asked(scanner)) == (302, 1)
    assert Medium.objects.get().media_type == "image/png"


@pytest.mark.parametrize("broken", ["missing", "breaks", "slow"])
def test_without_an_answer_the_form_says_so_and_nothing_is_changed(
    hall: Hall, scanner: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    if broken == "missing":
        settings.SCAN_COMMAND = str(scanner.with_name("nothing here"))
    elif broken == "breaks":
        scanner.write_text("raise SystemExit(2)")
    else:
        monkeypatch.setattr(uploads, "SCAN_PATIENCE", 0.5)
    manager = signed_in(hall.site)
    before = events.last_seq(hall.site.pk)
    for language, words in SAID.items():
        manager.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        second = {name.replace("-0-", "-1-"): value for name, value in entry().items()}
        answer = add(manager, hall, **(second | entry() | {"media-TOTAL_FORMS": "2"}))
        assert answer.status_code == 200
        said = str(answer.context["errors"])
        assert said.count(words) == 2, "beside each of the files"
    assert asked(scanner) == (2 if broken == "slow" else 0), (
        "once a form: it is not asked again about the next file"
    )
    assert (Screen.objects.count(), events.last_seq(hall.site.pk)) == (0, before)
    assert not Path(settings.MEDIA_ROOT).exists()


def test_nobody_makes_the_scanner_work_who_may_not_save(hall: Hall, scanner: Path) -> None:
    scanner.with_name("go on").touch()
    screen = Screen(site=hall.site)
    setup.save_setup(screen, by=SYSTEM)
    branch = setup.add_site(
        region=hall.site.region, slug="branch", names={"en": "Branch"}, hours=[], by=SYSTEM
    )
    stranger = signed_in(branch)
    assert stranger.post(f"/admin/board/screen/{screen.pk}/change/", entry()).status_code == 404
    assert stranger.post(f"{ADD}?site={hall.site.pk}", entry()).status_code == 404
    agent = signed_in(hall.site, "agent")
    assert agent.post(ADD, entry()).status_code in {302, 403, 413}
    assert (asked(scanner), Medium.objects.count()) == (0, 0)


def test_a_file_is_never_looked_at_while_a_line_is_held(hall: Hall) -> None:
    file = SimpleUploadedFile("a.png", picture())
    with transaction(hall.site.pk), pytest.raises(uploads.LineHeld):
        uploads.admit(file, uploads.IMAGE)
    uploads.look_ahead([file], [uploads.IMAGE])
    with transaction(hall.site.pk):
        assert uploads.admit(file, uploads.IMAGE).size
