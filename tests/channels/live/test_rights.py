"""Who may read which stream, for how long, and what those are told who may not."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import Any

import pytest
from django.contrib.sessions.models import Session

from servicehall.kernel import clock
from servicehall.rooms.people.models import ApiToken, RoleGrant, Staff
from tests.channels.live.stage import (
    Hall,
    Program,
    apart,
    news,
    reading,
    refused,
    session_cookie,
    tell,
    until,
)

pytestmark = pytest.mark.processes


def answer_to(live: Program, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, Any]]:
    async def ask() -> tuple[int, dict[str, Any]]:
        return await refused(live.reader(path, headers))

    return tell(ask())


def opens(live: Program, path: str, headers: dict[str, str] | None = None) -> bool:
    async def ask() -> bool:
        async with reading(live.reader(path, headers)) as reader:
            return bool(reader.status == 200)

    return tell(ask())


def test_a_token_reads_its_own_site_only(live: Program, hall: Hall, other_hall: Hall) -> None:
    path = f"/live/sites/{hall.site.slug}"
    assert opens(live, path, hall.token("manager"))
    assert opens(live, path, hall.token("desk"))
    status, problem = answer_to(live, path, other_hall.token("manager"))
    assert status == 404
    assert problem["type"] == "urn:servicehall:problem:not-found"


def test_a_role_without_the_right_is_refused(live: Program, hall: Hall) -> None:
    status, problem = answer_to(live, f"/live/sites/{hall.site.slug}", hall.token("kiosk"))
    assert status == 403
    assert problem["type"] == "urn:servicehall:problem:not-allowed"
    assert problem["advice"]


@pytest.mark.parametrize("place", ["sites/{site}", "counters/{counter}", "ops"])
def test_nobody_known_is_asked_to_sign_in(live: Program, hall: Hall, place: str) -> None:
    path = "/live/" + place.format(site=hall.site.slug, counter=hall.counter.pk)
    for headers in ({}, {"Authorization": "Bearer made-up"}, {"Cookie": "servicehall_session=made-up"}):
        status, problem = answer_to(live, path, headers)
        assert status == 401
        assert problem["instance"] == path


def test_the_token_belongs_into_the_header_not_into_the_address(live: Program, hall: Hall) -> None:
    path = (
        f"/live/sites/{hall.site.slug}?token={hall.tokens['manager']}&access_token={hall.tokens['manager']}"
    )
    assert answer_to(live, path)[0] == 401


def test_staff_read_with_their_session(live: Program, hall: Hall, other_hall: Hall) -> None:
    cookie = session_cookie(hall.supervisor)
    assert opens(live, f"/live/sites/{hall.site.slug}", cookie)
    assert opens(live, f"/live/counters/{hall.counter.pk}", cookie)
    assert opens(live, "/live/ops", cookie)
    assert answer_to(live, f"/live/sites/{other_hall.site.slug}", cookie)[0] == 404
    assert answer_to(live, f"/live/counters/{other_hall.counter.pk}", cookie)[0] == 404


def test_an_agent_follows_the_counter_and_not_the_log(live: Program, hall: Hall) -> None:
    agent = Staff.objects.create(username=f"agent-{hall.site.slug}", names={"en": "Agent"})
    RoleGrant.objects.create(staff=agent, role="agent", site=hall.site)
    cookie = session_cookie(agent)
    assert opens(live, f"/live/counters/{hall.counter.pk}", cookie)
    assert answer_to(live, f"/live/sites/{hall.site.slug}", cookie)[0] == 403
    assert answer_to(live, "/live/ops", cookie)[0] == 403


def test_a_wrong_token_is_not_helped_by_a_session(live: Program, hall: Hall) -> None:
    headers = session_cookie(hall.supervisor) | {"Authorization": "Bearer made-up"}
    assert answer_to(live, f"/live/sites/{hall.site.slug}", headers)[0] == 401


def lose_token(hall: Hall, cookie: dict[str, str]) -> None:
    ApiToken.objects.filter(site=hall.site).update(revoked_at=clock.now())


def sign_out(hall: Hall, cookie: dict[str, str]) -> None:
    Session.objects.filter(pk=cookie["Cookie"].partition("=")[2]).delete()


def change_password(hall: Hall, cookie: dict[str, str]) -> None:
    hall.supervisor.set_password("another long one")
    hall.supervisor.save()


def stop_account(hall: Hall, cookie: dict[str, str]) -> None:
    Staff.objects.filter(pk=hall.supervisor.pk).update(is_active=False)


def lose_role(hall: Hall, cookie: dict[str, str]) -> None:
    RoleGrant.objects.filter(staff=hall.supervisor).delete()


@pytest.mark.parametrize("lose", [lose_token, sign_out, change_password, stop_account, lose_role])
def test_a_stream_ends_when_its_right_does(live: Program, hall: Hall, lose: Any) -> None:
    cookie = session_cookie(hall.supervisor)
    headers = hall.token("desk") if lose is lose_token else cookie

    async def story() -> None:
        protected = live.reader(f"/live/sites/{hall.site.slug}", headers)
        public = live.reader(f"/live/boards/{hall.site.slug}")
        tasks = [asyncio.create_task(reader.once()) for reader in (protected, public)]
        await protected.until(lambda seen: len(seen) > 0)
        await asyncio.sleep(0.8)
        assert not tasks[0].done()
        await apart(lose, hall, cookie)
        await asyncio.wait_for(tasks[0], 10)
        assert not tasks[1].done()
        public.leave()
        await tasks[1]
        status, _ = await refused(live.reader(f"/live/sites/{hall.site.slug}", headers))
        assert status in {401, 403, 404}

    tell(story())


def test_the_public_sees_no_staff_reason_or_code(live: Program, hall: Hall) -> None:
    """A needle in every private field of the log, looked for in everything that public streams send."""
    ticket, code = hall.issue()

    async def story() -> None:
        board = live.reader(f"/live/boards/{hall.site.slug}?after=0")
        phone = live.reader(f"/live/tickets/{code}?after=0")
        async with reading(board, phone):
            await apart(hall.call, "A001", ticket=ticket, priority="needle-class", picked="needle-pick")
            for reader in (board, phone):
                found = await reader.until(lambda seen: any(e.kind == "ticket.called" for e in seen))
                sent = "".join(event.data for event in found)
                for secret in ("needle", str(hall.supervisor.pk), str(ticket), code):
                    assert secret not in sent

    tell(story())


def test_the_log_itself_is_told_whole_to_those_with_the_right(live: Program, hall: Hall) -> None:
    async def story() -> None:
        async with reading(live.reader(f"/live/sites/{hall.site.pk}?after=0", hall.token("manager"))) as log:
            await apart(hall.call, "A001", picked="needle")
            found = json.loads(news(await log.until(lambda seen: bool(news(seen))))[0].data)
            assert found["picked"] == "needle"
            assert found["staff"] == str(hall.supervisor.pk)

    tell(story())


@pytest.mark.parametrize(
    "path",
    [
        "/live/",
        "/live/sites",
        "/live/sites/",
        "/live/nothing/x",
        "/live/ops/x",
        "/live/boards/no-such-hall",
        "/live/boards/..%2f..",
        "/live/boards/%00",
        "/live/tickets/no-such-code",
        "/other",
    ],
)
def test_what_is_not_there_is_a_clear_answer(live: Program, hall: Hall, path: str) -> None:
    status, problem = answer_to(live, path)
    assert (status, problem["status"]) == (404, 404)


def test_a_counter_that_is_not_there_is_not_found(live: Program, hall: Hall) -> None:
    for ref in ("x", "00000000-0000-0000-0000-000000000000"):
        assert answer_to(live, f"/live/counters/{ref}", hall.token("desk"))[0] == 404


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 30, "١"])
def test_a_place_that_is_no_place_is_refused(live: Program, hall: Hall, after: str) -> None:
    from urllib.parse import quote

    status, problem = answer_to(live, f"/live/boards/{hall.site.slug}?after={quote(after)}")
    assert status == 422
    assert "after" in problem["errors"]


def test_refusals_speak_the_readers_language(live: Program, hall: Hall) -> None:
    path = f"/live/boards/{hall.site.slug}"
    chinese = answer_to(live, path, {"Accept": "text/html", "Accept-Language": "zh-CN,zh;q=0.9"})
    english = answer_to(live, path, {"Accept": "text/html", "Accept-Language": "en"})
    chosen = answer_to(
        live, path, {"Accept": "text/html", "Accept-Language": "en", "Cookie": "servicehall_language=zh-hans"}
    )
    assert english[0] == 406
    assert english[1]["title"] == "This address sends an event stream only"
    assert chinese[1]["title"] == chosen[1]["title"] == "该地址只提供事件流"
    assert chinese[1]["type"] == english[1]["type"]


def request(live: Program, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=5)
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_stream_can_only_be_read(live: Program, hall: Hall, method: str) -> None:
    answer = request(live, method, f"/live/boards/{hall.site.slug}")
    assert answer.status == 405
    assert answer.getheader("Allow") == "GET, HEAD, OPTIONS"
    assert answer.getheader("Content-Type") == "application/problem+json"


def test_head_tells_what_get_would_say(live: Program, hall: Hall) -> None:
    answer = request(live, "HEAD", f"/live/boards/{hall.site.slug}")
    assert (answer.status, answer.getheader("Content-Type")) == (200, "text/event-stream; charset=utf-8")
    assert request(live, "HEAD", f"/live/sites/{hall.site.slug}").status == 401


def test_pages_of_the_same_host_may_read_with_their_cookies(live: Program, hall: Hall) -> None:
    path = f"/live/boards/{hall.site.slug}"
    for method in ("HEAD", "OPTIONS"):
        ours = request(live, method, path, Origin="http://127.0.0.1:8000")
        assert ours.getheader("Access-Control-Allow-Origin") == "http://127.0.0.1:8000"
        assert ours.getheader("Access-Control-Allow-Credentials") == "true"
        for origin in (
            "http://evil.example",
            "http://127.0.0.1.evil.example",
            "null",
            "http://[",
            "127.0.0.1",
        ):
            theirs = request(live, method, path, Origin=origin)
            assert theirs.getheader("Access-Control-Allow-Origin") is None
            assert theirs.getheader("Vary") == "Origin"
    allowed = request(live, "OPTIONS", path, Origin="http://127.0.0.1:8000")
    assert "Authorization" in (allowed.getheader("Access-Control-Allow-Headers") or "")


def test_more_streams_than_allowed_are_sent_away_kindly(live: Program, hall: Hall) -> None:
    """250 in tests; whoever comes later is told when to try again."""

    async def story() -> None:
        readers = [live.reader(f"/live/boards/{hall.site.slug}") for _ in range(250)]
        async with reading(*readers):
            late = live.reader(f"/live/boards/{hall.site.slug}")
            status, problem = await refused(late)
            assert status == 503
            assert problem["type"] == "urn:servicehall:problem:too-many-streams"
            assert 1 <= int(late.answer["retry-after"]) <= 30
        await until(lambda: not live.streams(), within=15)

    tell(story())


def test_guessed_tokens_are_counted_by_address_too(db: None) -> None:
    from servicehall.channels.live.credentials import Credentials
    from servicehall.kernel.errors import NotSignedIn
    from servicehall.rooms.people.actions import LockedOut

    for number in range(10):
        bearer = {b"authorization": f"Bearer sh_guess{number}".encode()}
        with pytest.raises(NotSignedIn):
            Credentials.from_headers(bearer, "198.51.100.7").actor()
    with pytest.raises(LockedOut):
        Credentials.from_headers({b"authorization": b"Bearer sh_guess10"}, "198.51.100.7").actor()
