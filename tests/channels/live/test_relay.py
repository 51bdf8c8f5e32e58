"""The relay on the web port: passes a few streams on, sends the others to the live port."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory

from servicehall.channels.live import relay as module
from servicehall.channels.live.refusals import LiveProgramAway
from tests.channels.live.stage import Hall, Program, apart, news, reading, refused, tell, until

pytestmark = pytest.mark.processes


@pytest.fixture
def web(own_live: Program, free_port: int) -> Iterator[Program]:
    """The product's own server for pages, with nothing but the relay on it."""
    program = Program(
        "web",
        free_port + 1,
        {
            "SERVICEHALL_LIVE_PORT": str(own_live.port),
            "SERVICEHALL_LIVE_RELAY_STREAMS": "3",
            "DJANGO_SETTINGS_MODULE": "tests.channels.live.settings_of_the_relay",
        },
        ", workers=1",
    )
    program.start()
    yield program
    program.stop()


def test_a_relayed_stream_is_the_live_programs_own(web: Program, hall: Hall) -> None:
    async def story() -> None:
        log = web.reader(f"/live/sites/{hall.site.slug}?after=0", hall.token("manager"))
        async with reading(log):
            assert log.status == 200
            assert log.answer["content-type"] == "text/event-stream; charset=utf-8"
            for number in range(1, 6):
                began = time.monotonic()
                await apart(hall.call)
                found = news(await log.until(lambda seen, n=number: len(news(seen)) >= n))  # type: ignore[misc]
                assert found[-1].at - began < 1.0
            await asyncio.sleep(2.5)  # silence, in which empty pieces are passed
            await apart(hall.call)
            found = news(await log.until(lambda seen: len(news(seen)) >= 6))
            assert [int(event.id) for event in found] == [1, 2, 3, 4, 5, 6]
        again = web.reader(f"/live/sites/{hall.site.slug}", hall.token("manager"))
        again.last_id = "4"
        async with reading(again):
            found = news(await again.until(lambda seen: len(news(seen)) >= 2))
            assert [int(event.id) for event in found] == [5, 6]

    tell(story())


def test_a_refusal_is_passed_on_as_it_is(web: Program, hall: Hall) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=5)
    connection.request("GET", f"/live/sites/{hall.site.slug}", headers={"Accept-Language": "zh-CN"})
    answer = connection.getresponse()
    problem = json.loads(answer.read())
    connection.close()
    assert answer.status == 401
    assert answer.getheader("WWW-Authenticate") == 'Bearer realm="servicehall"'
    assert answer.getheader("Content-Type") == "application/problem+json"
    assert problem["instance"] == f"/live/sites/{hall.site.slug}"


def test_a_reader_that_leaves_gives_its_place_back_soon(web: Program, own_live: Program, hall: Hall) -> None:
    async def story() -> None:
        for _ in range(3):
            readers = [web.reader(f"/live/boards/{hall.site.slug}") for _ in range(3)]
            async with reading(*readers):
                assert [reader.status for reader in readers] == [200, 200, 200]
            await until(lambda: not own_live.streams(), within=10)

    tell(story())


def test_more_than_a_few_are_sent_to_the_live_port(web: Program, own_live: Program, hall: Hall) -> None:
    path = f"/live/boards/{hall.site.slug}?after=3"

    async def story() -> None:
        readers = [web.reader(path) for _ in range(3)]
        async with reading(*readers):
            late = web.reader(path)
            wire = await late.connect()
            await late.answered.wait()
            assert late.status == 307
            assert late.answer["location"] == f"http://127.0.0.1:{own_live.port}{path}"
            late.leave()
            await wire.gone

    tell(story())


def test_the_web_program_stops_at_once_with_streams_passed_on(web: Program, hall: Hall) -> None:
    async def story() -> None:
        readers = [web.reader(f"/live/boards/{hall.site.slug}") for _ in range(3)]
        async with reading(*readers):
            for reader in readers:
                assert reader.status == 200
            began = time.monotonic()
            assert await asyncio.to_thread(web.stop, signal.SIGTERM) == 0
            assert time.monotonic() - began < 2

    tell(story())


def test_a_relayed_stream_ends_with_the_live_program(web: Program, own_live: Program, hall: Hall) -> None:
    async def story() -> None:
        board = web.reader(f"/live/boards/{hall.site.slug}?after=0")
        board.wait_at_most = 0.2
        task = asyncio.create_task(board.follow())
        await board.until(lambda seen: len(seen) > 0)
        began = time.monotonic()
        await asyncio.to_thread(own_live.stop, signal.SIGKILL)
        await until(lambda: board.connections >= 2)
        assert time.monotonic() - began < 2
        status, problem = await refused(web.reader(f"/live/boards/{hall.site.slug}"))
        assert (status, problem["type"]) == (503, "urn:servicehall:problem:live-away")
        await apart(hall.call)
        await asyncio.to_thread(own_live.start)
        await apart(hall.call)
        found = news(await board.until(lambda seen: len(news(seen)) >= 2, within=10))
        assert [int(event.id) for event in found] == [1, 2]
        task.cancel()
        board.leave()

    tell(story())


# --- The view itself ---


def relayed(settings: Any, path: str, **changed: Any) -> HttpResponseBase:
    for name, value in changed.items():
        setattr(settings, name, value)
    return module.relay(RequestFactory().get(path), path.removeprefix("/live/"))


@pytest.mark.one_database
def test_without_a_live_program_the_reader_is_told_so(settings: Any, free_port: int) -> None:
    with pytest.raises(LiveProgramAway):
        relayed(settings, "/live/boards/x", LIVE_PORT=free_port)


@pytest.mark.one_database
def test_the_live_programs_address_can_be_another(settings: Any) -> None:
    answer = relayed(
        settings, "/live/boards/x?after=1", LIVE_RELAY_STREAMS=0, LIVE_URL="https://live.example.org/"
    )
    assert answer.status_code == 307
    assert answer["Location"] == "https://live.example.org/live/boards/x?after=1"


def test_a_stream_that_is_not_read_is_closed_once(live: Program, hall: Hall, settings: Any) -> None:
    before = module._places._value
    answer = relayed(settings, f"/live/boards/{hall.site.slug}", LIVE_PORT=live.port)
    assert isinstance(answer, StreamingHttpResponse)
    assert module._places._value == before - 1
    answer.close()
    answer.close()
    assert module._places._value == before
