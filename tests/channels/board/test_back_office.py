"""Managers dress the boards of their own sites, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from servicehall.channels.board.models import Medium, Screen
from servicehall.kernel import events
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import actions as setup
from servicehall.rooms.hall.models import Site
from servicehall.rooms.people.models import RoleGrant, Staff
from tests.channels.board.small_hall import Hall
from tests.pictures import picture
from tests.rooms.office import errors, fields

ADD = "/admin/board/screen/add/"


@pytest.fixture(autouse=True)
def own_files(tmp_path: Any, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def branch(hall: Hall) -> Site:
    return setup.add_site(region=hall.site.region, slug="branch", names={"en": "Branch"}, hours=[], by=SYSTEM)


def signed_in(site: Site, role: str = "manager") -> Client:
    staff = Staff.objects.create(username=f"{role}-{site.slug}", names={"en": "Wang"})
    RoleGrant.objects.create(staff=staff, role=role, site=site)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(staff)
    return client


def entry(**more: Any) -> dict[str, Any]:
    """The form's fields of one playlist entry."""
    facts = {
        "position": "1",
        "kind": "image",
        "names_zh_Hans": "优惠",
        "names_en": "Sale",
        "seconds": "10",
        "file": SimpleUploadedFile("sale.png", picture()),
    } | more
    return {"media-TOTAL_FORMS": "1"} | {f"media-0-{name}": value for name, value in facts.items()}


def add(client: Client, hall: Hall, **changed: Any) -> Any:
    zone = str(hall.zones["main"].pk)
    return client.post(ADD, fields(client.get(ADD)) | {"zone": zone, "layout": "media"} | changed)


def test_a_manager_adds_a_board_with_a_playlist_and_the_log_says_so(hall: Hall) -> None:
    manager = signed_in(hall.site)
    answer = add(manager, hall, languages="en zh-Hans", **entry())
    assert answer.status_code == 302, errors(answer)
    screen = Screen.objects.get()
    assert (screen.site, screen.zone, screen.layout) == (hall.site, hall.zones["main"], "media")
    assert screen.languages == ["en", "zh-Hans"]
    assert Medium.objects.get().media_type == "image/png"
    kinds = [event.kind for event in events.after(hall.site.pk, 0)]
    assert kinds.count("setup.changed") >= 2
    page = manager.get(f"/admin/board/screen/{screen.pk}/change/")
    assert fields(page)["languages"] == ["en zh-Hans"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"languages": "fr"}, "not one of the available choices"),
        (entry(file=SimpleUploadedFile("sale.svg", b"<svg/>")), "ends in .avif, .gif"),
        (entry(kind="video"), "ends in .mp4, .webm"),
        (entry(file=""), "Choose a file"),
        (entry(first_day="2026-02-01", last_day="2026-01-01"), "before the first"),
        (entry(seconds="1"), "greater than or equal to 3"),
    ],
)
def test_what_does_not_fit_is_said_beside_the_field(hall: Hall, wrong: dict[str, Any], words: str) -> None:
    answer = add(signed_in(hall.site), hall, **wrong)
    assert answer.status_code == 200
    assert words in str(answer.context["errors"])
    assert not Screen.objects.exists()
    assert not Medium.objects.exists()


def test_a_zone_of_another_site_is_refused(hall: Hall, branch: Site) -> None:
    assert add(signed_in(branch), hall).status_code == 200
    assert not Screen.objects.exists()


def test_another_sites_boards_are_not_there(hall: Hall, branch: Site) -> None:
    screen = Screen(site=hall.site)
    setup.save_setup(screen, by=SYSTEM)
    stranger = signed_in(branch)
    assert stranger.get(f"/admin/board/screen/{screen.pk}/change/").status_code == 404
    assert str(screen.pk) not in str(stranger.get("/admin/board/screen/").context["cl"].result_list)
    assert Screen.objects.get() == screen


def test_a_board_is_removed_with_its_playlist(hall: Hall) -> None:
    screen = Screen(site=hall.site)
    setup.save_setup(screen, by=SYSTEM)
    setup.save_setup(Medium(screen=screen, names={"en": "Notice"}), by=SYSTEM)
    answer = signed_in(hall.site).post(f"/admin/board/screen/{screen.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 302
    assert not Screen.objects.exists()
    assert not Medium.objects.exists()


def test_an_agent_changes_nothing(hall: Hall) -> None:
    agent = signed_in(hall.site, "agent")
    assert agent.get(ADD).status_code in {302, 403}
    assert agent.post(ADD, {"layout": "media"}).status_code in {302, 403}
    assert not Screen.objects.exists()


def test_bad_files_are_refused_beside_the_field_in_both_languages(hall: Hall) -> None:
    manager = signed_in(hall.site)
    for language, words in (("en", "no picture that can be shown"), ("zh-Hans", "这不是可以显示的图片")):
        manager.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        bad = SimpleUploadedFile("sale.png", b"<svg onload=alert(1)>")
        answer = add(manager, hall, **entry(file=bad))
        assert answer.status_code == 200
        assert words in str(answer.context["errors"])
    assert not Medium.objects.exists()


def test_nobody_fills_the_disk_through_another_page(hall: Hall) -> None:
    file = {"file": SimpleUploadedFile("a.png", picture())}
    for client, path in (
        (Client(), "/sign-in"),
        (Client(), ADD),
        (signed_in(hall.site), "/sign-in"),
        (signed_in(hall.site, "admin"), "/i18n/setlang/"),
    ):
        assert client.post(path, file).status_code == 413, path


def test_more_than_a_page_takes_is_refused_at_its_length(hall: Hall) -> None:
    manager = signed_in(hall.site)
    most = 700 * 1024 * 1024
    answer = manager.post(ADD, {"file": SimpleUploadedFile("a.png", picture())}, CONTENT_LENGTH=str(most))
    assert answer.status_code == 413
