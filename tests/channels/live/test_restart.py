"""The live program dies, is killed, is stopped, loses its database: readers lose nothing."""

from __future__ import annotations

import asyncio
import json
import signal
import time

import pytest

from tests.channels.live.stage import (
    Hall,
    Program,
    apart,
    cut_connections,
    news,
    own_backend,
    reading,
    tell,
    until,
)

pytestmark = pytest.mark.processes


def test_nothing_is_lost_or_doubled_across_a_kill(own_live: Program, hall: Hall) -> None:
    """Thirty readers that reconnect as browsers do, calls all the while, two kills in the middle."""

    def busy() -> None:
        for number in range(80):
            hall.call(f"A{number:03}")
            time.sleep(0.05)

    async def story() -> None:
        readers = [own_live.reader(f"/live/boards/{hall.site.slug}?after=0") for _ in range(30)]
        for reader in readers:
            reader.wait_at_most = 0.3
        tasks = [asyncio.create_task(reader.follow()) for reader in readers]
        for reader in readers:
            await reader.until(lambda seen: len(seen) > 0)
        calls = asyncio.create_task(apart(busy))
        for _ in range(2):
            await asyncio.sleep(1.0)
            await asyncio.to_thread(own_live.stop)
            await asyncio.to_thread(own_live.start)
        await calls
        for reader in readers:
            found = news(await reader.until(lambda seen: len(news(seen)) >= 80, within=20))
            assert [int(event.id) for event in found] == list(range(1, 81))
            assert [json.loads(event.data)["number"] for event in found] == [f"A{n:03}" for n in range(80)]
            assert reader.connections >= 2
        for task in tasks:
            task.cancel()
        for reader in readers:
            reader.leave()

    tell(story())


def test_a_stop_ends_streams_properly_and_soon(own_live: Program, hall: Hall) -> None:
    async def story() -> None:
        board = own_live.reader(f"/live/boards/{hall.site.slug}")
        task = asyncio.create_task(board.once())
        await board.until(lambda seen: len(seen) > 0)
        began = time.monotonic()
        stopping = asyncio.create_task(asyncio.to_thread(own_live.stop, signal.SIGTERM))
        await asyncio.wait_for(task, 3)
        assert await asyncio.wait_for(stopping, 5) == 0
        assert time.monotonic() - began < 4

    tell(story())


def test_a_reader_that_does_not_take_its_stream_does_not_hold_up_a_stop(
    own_live: Program, hall: Hall
) -> None:
    async def story() -> None:
        slow = own_live.reader(f"/live/sites/{hall.site.slug}?after=0", hall.token("manager"))
        task = asyncio.create_task(slow.once())
        await slow.until(lambda seen: len(seen) > 0)
        transport = slow._transport
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        await apart(_flood, hall)
        await asyncio.sleep(0.5)
        began = time.monotonic()
        await asyncio.to_thread(own_live.stop, signal.SIGTERM)
        assert time.monotonic() - began < 8
        slow.leave()
        await task

    tell(story())


def test_a_reader_that_takes_nothing_for_long_is_given_up(
    hall: Hall, free_port: int, transactional_db: None
) -> None:
    async def story(program: Program) -> None:
        slow = program.reader(f"/live/sites/{hall.site.slug}?after=0", hall.token("manager"))
        task = asyncio.create_task(slow.once())
        await slow.until(lambda seen: len(seen) > 0)
        transport = slow._transport
        assert isinstance(transport, asyncio.Transport)
        transport.pause_reading()
        await apart(_flood, hall)
        await until(lambda: not program.streams(), within=20)
        slow.leave()
        await task

    program = Program("live", free_port, {"TEST_LIVE_STUCK": "1"})
    program.start()
    try:
        tell(story(program))
    finally:
        program.stop()


def _flood(hall: Hall) -> None:
    for _ in range(90):
        hall.call("A001", picked="x" * 100_000)


def test_streams_outlive_a_lost_database_connection(live: Program, hall: Hall, database_kind: str) -> None:
    if database_kind != "postgresql":
        pytest.skip("SQLite has no connection that could be lost")
    mine = own_backend()

    async def story() -> None:
        async with reading(live.reader(f"/live/boards/{hall.site.slug}?after=0")) as board:
            await apart(hall.call)
            await board.until(lambda seen: len(news(seen)) == 1)
            await apart(cut_connections, mine)
            for number in range(2, 6):
                await apart(hall.call)
                await board.until(lambda seen, n=number: len(news(seen)) == n)  # type: ignore[misc]
            async with reading(live.reader(f"/live/boards/{hall.site.slug}")) as another:
                assert another.status == 200

    tell(story())
