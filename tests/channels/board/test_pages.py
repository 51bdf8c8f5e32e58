"""The board's pages without a browser: data, sounds, dress, media, and what they refuse."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from servicehall.channels.board import sounds
from servicehall.channels.board.models import Medium, Screen
from servicehall.channels.voice import speaking, wav
from servicehall.kernel import events
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import actions as setup
from servicehall.rooms.queueing import actions
from tests.channels.board.small_hall import Hall
from tests.pictures import picture


@pytest.fixture(autouse=True)
def own_shelf(tmp_path: Path, settings: Settings) -> Any:
    """Speech and files of this test only."""
    settings.SERVICEHALL_DATA = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"
    speaking.shelf.cache_clear()
    yield
    speaking.shelf.cache_clear()


def state(client: Client, path: str = "/board/mall/state") -> dict[str, Any]:
    return dict(client.get(path).json())


def called(hall: Hall) -> int:
    """Somebody is called to counter 1; the call's place in the log."""
    hall.open("1")
    hall.issue()
    hall.call("1")
    return events.last_seq(hall.site.pk)


def test_the_snapshot_tells_numbers_and_never_people(hall: Hall, client: Client) -> None:
    called(hall)
    hall.issue()
    found = state(client)
    assert [call["number"] for call in found["calls"]] == ["A001"]
    general = next(service["id"] for service in found["services"] if service["prefix"] == "A")
    assert found["waiting"] == [{"number": "A002", "service": general}]
    text = json.dumps(found)
    assert "priority" not in text
    assert "ordinary" not in text
    for secret in hall.tickets():
        assert str(secret.pk) not in text
        assert secret.code not in text


def test_a_call_is_spoken_by_its_place_in_the_log_and_by_its_signature(hall: Hall, client: Client) -> None:
    seq = called(hall)
    by_seq = client.get(f"/board/mall/speech/{seq}/zh-Hans.wav")
    assert by_seq["Content-Type"] == "audio/wav"
    assert 1 < wav.read(by_seq.content).seconds < 8
    token = state(client)["calls"][0]["speech"]
    assert client.get(f"/board/mall/speech/{token}/zh-Hans.wav").content == by_seq.content
    assert client.get(f"/board/mall/speech/{token}/en.wav").content != by_seq.content
    assert sounds.words(hall.site.pk, str(seq), "zh-Hans") == "请 A 零 零 一 号，到 1 号窗口。"
    assert sounds.words(hall.site.pk, token, "en") == "Ticket A, 0 0 1, please go to Counter 1."


def test_nothing_but_a_call_can_be_spoken(hall: Hall, client: Client) -> None:
    seq = called(hall)
    token = state(client)["calls"][0]["speech"]
    forged = token[:-4] + "AAAA"
    for call in (seq - 1, seq + 1, 0, 10**30, "9" * 5000, forged, "hello", "%00", token.split(":")[0]):
        assert client.get(f"/board/mall/speech/{call}/en.wav").status_code == 404, call
    for language in ("fr", "..", "en;rm", "zh-hans"):
        assert client.get(f"/board/mall/speech/{seq}/{language}.wav").status_code == 404, language
    assert not list(speaking.shelf().folder.glob("*.wav"))


def test_another_sites_call_is_not_spoken_here(hall: Hall, client: Client) -> None:
    called(hall)
    token = state(client)["calls"][0]["speech"]
    setup.add_site(region=hall.site.region, slug="branch", names={"en": "Branch"}, hours=[], by=SYSTEM)
    assert client.get(f"/board/branch/speech/{token}/en.wav").status_code == 404


def test_a_call_of_long_ago_is_history(hall: Hall, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    seq = called(hall)
    monkeypatch.setattr(sounds, "RECENT", 2)
    for _ in range(3):
        hall.issue()
    assert client.get(f"/board/mall/speech/{seq}/en.wav").status_code == 404


def test_without_an_engine_the_answer_is_503_and_the_chime_still_sounds(
    hall: Hall, client: Client, settings: Settings
) -> None:
    settings.VOICE_COMMAND = "no-such-speaker"
    seq = called(hall)
    answer = client.get(f"/board/mall/speech/{seq}/en.wav")
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert wav.read(client.get("/board/sounds/chime.wav").content).seconds > 1


def test_the_confirmation_that_sound_is_on_is_spoken(client: Client) -> None:
    assert wav.read(client.get("/board/sounds/on/zh-Hans.wav").content).seconds > 0.5
    assert client.get("/board/sounds/on/xx.wav").status_code == 404


def test_the_main_language_is_the_halls_own_unless_asked(hall: Hall, client: Client) -> None:
    chinese = client.get("/board/mall/main", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert '<html lang="zh-Hans"' in chinese
    assert chinese.index("正在叫号") < chinese.index("Now calling")
    english = client.get("/board/mall/main?lang=en").content.decode()
    assert '<html lang="en"' in english
    assert english.index("Now calling") < english.index("正在叫号")


def test_yesterdays_calls_are_gone_but_for_rehearsals(hall: Hall, client: Client) -> None:
    hall.now -= timedelta(days=1)
    called(hall)
    assert state(client)["calls"] == []
    hall.site.is_rehearsal = True
    setup.save_setup(hall.site, by=SYSTEM)
    assert len(state(client)["calls"]) == 1


def test_a_zone_without_counters_shows_the_calls_of_the_whole_site(hall: Hall, client: Client) -> None:
    called(hall)
    lobby = state(client, "/board/mall/lobby/state")
    assert [call["number"] for call in lobby["calls"]] == ["A001"]
    assert len(lobby["counters"]) == 4
    assert lobby["zone"] is None
    assert "休息区" in client.get("/board/mall/lobby").content.decode()


@pytest.mark.parametrize("path", ["/board/nowhere", "/board/mall/nowhere", "/board/mall/nowhere/state"])
def test_an_unknown_place_is_not_found(hall: Hall, client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_layout_follows_the_kind_of_zone_unless_set(hall: Hall, client: Client) -> None:
    def layout(path: str) -> str:
        return client.get(path).content.decode().split('data-layout="')[1].split('"')[0]

    assert layout("/board/mall/main") == layout("/board/mall") == "media"
    assert layout("/board/mall/private") == "calls"
    before = state(client, "/board/mall/private/state")["dress"]
    setup.save_setup(Screen(site=hall.site, zone=hall.zones["private"], layout="media"), by=SYSTEM)
    assert layout("/board/mall/private") == "media"
    assert state(client, "/board/mall/private/state")["dress"] != before


def test_a_zone_without_a_dress_wears_the_sites(hall: Hall, client: Client) -> None:
    setup.save_setup(Screen(site=hall.site, speaks=False, wording="alternating"), by=SYSTEM)
    page = client.get("/board/mall/main").content.decode()
    assert 'data-speaks="no"' in page
    assert 'data-wording="alternating"' in page


@pytest.mark.parametrize("people", [0, 200])
def test_a_page_and_its_data_take_the_same_few_queries_however_full_the_hall_is(
    hall: Hall, client: Client, people: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    hall.open()
    for _ in range(people):
        hall.issue()
    for label in ("1", "2", "8") if people else ():
        hall.call(label)
    client.get("/board/mall/main")
    with django_assert_max_num_queries(11):
        client.get("/board/mall/main")
    with django_assert_max_num_queries(11):
        client.get("/board/mall/main/state")


def playlist(hall: Hall) -> tuple[Screen, Medium]:
    screen = Screen(site=hall.site, zone=hall.zones["main"])
    setup.save_setup(screen, by=SYSTEM)
    image = Medium(
        screen=screen,
        kind="image",
        names={"en": "Autumn sale", "zh-Hans": "金秋优惠"},
        file=SimpleUploadedFile("../../evil name.PNG", picture()),
    )
    setup.save_setup(image, by=SYSTEM)
    return screen, image


def test_the_playlist_shows_what_is_due_today(hall: Hall, client: Client) -> None:
    screen, image = playlist(hall)
    for names, days in (
        ({"en": "Over"}, ("2020-01-01", "2020-01-31")),
        ({"en": "To come"}, ("2099-01-01", None)),
    ):
        Medium.objects.create(screen=screen, names=names, first_day=days[0], last_day=days[1])
    Medium.objects.create(screen=screen, position=1, names={"en": "Notice"}, body={"en": "Bring your card."})
    page = client.get("/board/mall/main").content.decode()
    data = json.loads(page.split('id="board-media" type="application/json">')[1].split("</script>")[0])
    assert [item["names"]["en"] for item in data] == ["Notice", "Autumn sale"]
    assert data[1]["url"] == f"/board/media/{image.pk}"


def test_a_file_is_served_whole_and_in_parts_and_cannot_run(hall: Hall, client: Client) -> None:
    _, image = playlist(hall)
    url = f"/board/media/{image.pk}"
    whole = client.get(url)
    content = b"".join(whole)
    assert (whole.status_code, whole["Content-Type"], len(content)) == (200, "image/png", image.file.size)
    assert "sandbox" in whole["Content-Security-Policy"]
    assert "evil" not in str(image.file.name)
    for asked, status, expected in (
        ("bytes=0-3", 206, content[:4]),
        ("bytes=50-", 206, content[50:]),
        ("bytes=-5", 206, content[-5:]),
        ("bytes=10-5", 416, b""),
        ("bytes=999-", 416, b""),
        ("words=1-2", 200, content),
    ):
        part = client.get(url, HTTP_RANGE=asked)
        assert (part.status_code, part.getvalue()) == (status, expected), asked


def test_a_missing_file_or_entry_is_not_found(hall: Hall, client: Client) -> None:
    _, image = playlist(hall)
    Path(image.file.path).unlink()
    assert client.get(f"/board/media/{image.pk}").status_code == 404
    assert client.get(f"/board/media/{uuid4()}").status_code == 404


@pytest.mark.parametrize(
    ("kind", "name"),
    [("image", "page.svg"), ("image", "x.html"), ("video", "x.png"), ("page", "x.js"), ("image", "")],
)
def test_only_files_of_its_kind_are_taken(hall: Hall, kind: str, name: str) -> None:
    from django.core.exceptions import ValidationError

    screen, _ = playlist(hall)
    file = SimpleUploadedFile(name, b"x") if name else ""
    with pytest.raises(ValidationError) as refused:
        setup.save_setup(Medium(screen=screen, kind=kind, names={"en": "X"}, file=file), by=SYSTEM)
    assert set(refused.value.message_dict) == {"file"}


def test_a_recalled_ticket_has_its_own_place_in_the_log(hall: Hall, client: Client) -> None:
    seq = called(hall)
    hall.do(actions.recall, hall.tickets()[0])
    again = events.last_seq(hall.site.pk)
    assert again == seq + 1
    first, second = (client.get(f"/board/mall/speech/{n}/en.wav").content for n in (seq, again))
    assert first == second
    assert len(list(speaking.shelf().folder.glob("*.wav"))) == 1
