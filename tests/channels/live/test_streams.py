"""Streams over the wire: order, resuming, resets, ticks, signs of life, many readers at once."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import threading
import time
from dataclasses import dataclass
from uuid import UUID

import pytest

from bench.event_streams import Event
from servicehall.kernel import clock, events, transactions
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.people.models import RoleGrant
from tests.channels.live.stage import (
    Hall,
    Program,
    apart,
    news,
    of_kind,
    reading,
    session_cookie,
    tell,
    until,
)

pytestmark = pytest.mark.processes


@events.fact("test.bulk")
@dataclass(frozen=True, slots=True)
class Bulk:
    """A large fact of the test's own."""

    text: str


def ids(found: list[Event]) -> list[int]:
    return [int(event.id) for event in found]


def test_a_board_hears_of_a_call_within_a_moment(live: Program, hall: Hall) -> None:
    async def story() -> None:
        async with reading(live.reader(f"/live/boards/{hall.site.slug}")) as board:
            await board.until(lambda seen: len(seen) > 0)
            began = time.monotonic()
            await apart(hall.call, "A007")
            found = await board.until(lambda seen: bool(news(seen)))
            called = news(found)[0]
            assert called.kind == "ticket.called"
            assert json.loads(called.data)["number"] == "A007"
            assert called.id == "1"
            assert called.at - began < 1.0

    tell(story())


def test_a_stream_has_the_headers_that_proxies_and_browsers_need(live: Program, hall: Hall) -> None:
    async def story() -> None:
        async with reading(live.reader(f"/live/boards/{hall.site.pk}")) as board:
            assert board.status == 200
            assert board.answer["content-type"] == "text/event-stream; charset=utf-8"
            assert board.answer["cache-control"] == "no-store, no-transform"
            assert board.answer["x-accel-buffering"] == "no"
            await board.until(lambda seen: len(seen) > 0)
            assert 1.0 <= board.retry <= 4.0

    tell(story())


def test_events_come_in_the_order_of_the_log_and_each_once(live: Program, hall: Hall) -> None:
    def many() -> None:
        for number in range(60):
            hall.call(f"A{number:03}")

    async def story() -> None:
        readers = [live.reader(f"/live/boards/{hall.site.slug}?after=0") for _ in range(5)]
        async with reading(*readers):
            await apart(many)
            for reader in readers:
                found = news(await reader.until(lambda seen: len(news(seen)) >= 60))
                assert ids(found) == list(range(1, 61))
                assert [json.loads(event.data)["number"] for event in found] == [
                    f"A{n:03}" for n in range(60)
                ]

    tell(story())


def test_writers_at_once_leave_no_gap_and_no_late_event(live: Program, hall: Hall) -> None:
    """A transaction that begins first and commits last must not be passed over."""

    def write(count: int) -> None:
        for number in range(count):
            facts = {"number": f"{threading.get_ident()}-{number}"}
            with transactions.transaction(hall.site.pk):
                hall.call(**facts)
                time.sleep(random.random() * 0.02)
                hall.call(**facts)

    async def story() -> None:
        async with reading(live.reader(f"/live/boards/{hall.site.slug}?after=0")) as board:
            await asyncio.gather(*(apart(write, 20) for _ in range(3)))
            found = news(await board.until(lambda seen: len(news(seen)) >= 120, within=20))
            assert ids(found) == list(range(1, 121))
            numbers = [json.loads(event.data)["number"] for event in found]
            assert numbers[::2] == numbers[1::2]

    tell(story())


@pytest.mark.parametrize("behind", [5, 20, 21, 35, 99, 100])
def test_a_reader_goes_on_where_it_was(live: Program, hall: Hall, behind: int) -> None:
    """From memory (20 events are kept there in tests) or from the database."""

    def many() -> None:
        with transactions.transaction(hall.site.pk):
            for number in range(120):
                hall.call(f"A{number:03}")

    async def story() -> None:
        await apart(many)
        by_header = live.reader(f"/live/boards/{hall.site.slug}?after=1")
        by_header.last_id = str(120 - behind)
        by_address = live.reader(f"/live/boards/{hall.site.slug}?after={120 - behind}")
        async with reading(by_header, by_address):
            await apart(hall.call, "last")
            for reader in (by_header, by_address):
                found = news(await reader.until(lambda seen: len(news(seen)) > behind))
                assert ids(found) == list(range(121 - behind, 122))

    tell(story())


def test_a_reader_too_far_behind_starts_afresh(live: Program, hall: Hall) -> None:
    def many() -> None:
        with transactions.transaction(hall.site.pk):
            for number in range(120):
                hall.call(f"A{number:03}")

    async def story() -> None:
        await apart(many)
        async with reading(live.reader(f"/live/boards/{hall.site.slug}?after=19")) as board:
            await board.until(lambda seen: bool(of_kind(seen, "reset")))
            await apart(hall.call, "last")
            found = news(await board.until(lambda seen: len(news(seen)) >= 2))
            assert [event.kind for event in found] == ["reset", "ticket.called"]
            assert ids(found) == [120, 121]

    tell(story())


def test_a_place_that_the_log_has_not_reached_starts_afresh(live: Program, hall: Hall) -> None:
    async def story() -> None:
        await apart(hall.call)
        async with reading(live.reader(f"/live/boards/{hall.site.slug}?after=77")) as board:
            found = await board.until(lambda seen: bool(of_kind(seen, "reset")))
            assert of_kind(found, "reset")[0].id == "1"

    tell(story())


def test_a_snapshot_newer_than_our_last_look_is_no_reason_to_start_afresh(live: Program, hall: Hall) -> None:
    async def story() -> None:
        async with reading(live.reader(f"/live/boards/{hall.site.slug}")):
            for number in range(1, 8):
                await apart(hall.call)
                async with reading(live.reader(f"/live/boards/{hall.site.slug}?after={number}")) as late:
                    found = await late.until(lambda seen: bool(of_kind(seen, "ping")))
                    assert not news(found)
                    assert found[0].id == str(number)

    tell(story())


def test_signs_of_life_come_regularly_and_move_the_place_on(live: Program, hall: Hall) -> None:
    async def story() -> None:
        ticket, code = await apart(hall.issue)
        async with reading(live.reader(f"/live/tickets/{code}")) as phone:
            await phone.until(lambda seen: len(of_kind(seen, "ping")) >= 1)
            await apart(hall.call)  # somebody else
            pings = of_kind(await phone.until(lambda seen: len(of_kind(seen, "ping")) >= 4), "ping")
            assert json.loads(pings[-1].data)["seq"] == 2
            assert pings[-1].id == "2"
            gaps = [later.at - earlier.at for earlier, later in itertools.pairwise(pings[1:])]
            assert all(0.5 < gap < 3 for gap in gaps)
        assert ticket

    tell(story())


def test_a_phone_hears_of_its_own_ticket_at_once_and_of_others_as_a_tick(live: Program, hall: Hall) -> None:
    async def story() -> None:
        ticket, code = await apart(hall.issue)
        async with reading(live.reader(f"/live/tickets/{code}")) as phone:
            await phone.until(lambda seen: len(seen) > 0)
            for _ in range(10):
                await apart(hall.call, "A999")
            await phone.until(lambda seen: bool(of_kind(seen, "queue.moved")))
            await apart(hall.call, "A001", ticket=ticket)
            found = news(await phone.until(lambda seen: bool(news(seen))))
            assert [(event.kind, json.loads(event.data)["number"]) for event in found] == [
                ("ticket.called", "A001")
            ]
            assert str(ticket) not in phone.events[-1].data
            assert code not in "".join(event.data for event in phone.events)

    tell(story())


def test_ticks_are_throttled_and_spread(live: Program, hall: Hall) -> None:
    """Twice a second at most here; forty phones are not told in one moment."""

    def busy() -> None:
        for number in range(40):
            hall.call(f"A{number:03}")
            time.sleep(0.05)

    async def story() -> None:
        codes = [(await apart(hall.issue))[1] for _ in range(40)]
        phones = [live.reader(f"/live/tickets/{code}") for code in codes]
        async with reading(*phones):
            await asyncio.sleep(1.0)
            for phone in phones:
                phone.events.clear()
            began = time.monotonic()
            await apart(busy)
            await asyncio.sleep(0.8)
            most = (time.monotonic() - began) / 0.5 + 2
            firsts = []
            for phone in phones:
                ticks = of_kind(phone.events, "queue.moved")
                assert 2 <= len(ticks) <= most
                assert all(b.at - a.at > 0.3 for a, b in itertools.pairwise(ticks))
                await phone.until(lambda seen: json.loads(of_kind(seen, "queue.moved")[-1].data)["seq"] == 80)
                firsts.append(ticks[0].at)
            assert max(firsts) - min(firsts) > 0.2

    tell(story())


def test_what_moves_nobody_makes_no_tick(live: Program, hall: Hall) -> None:
    async def story() -> None:
        _, code = await apart(hall.issue)
        async with reading(live.reader(f"/live/tickets/{code}")) as phone:
            await asyncio.sleep(0.7)
            phone.events.clear()
            await apart(hall.hold, UUID(int=1))
            await asyncio.sleep(1.0)
            assert not of_kind(phone.events, "queue.moved")

    tell(story())


def test_ops_sees_all_sites_of_its_scope_and_goes_on_in_each(
    live: Program, hall: Hall, other_hall: Hall
) -> None:
    RoleGrant.objects.create(staff=hall.supervisor, role="supervisor", site=other_hall.site)
    cookie = session_cookie(hall.supervisor)

    async def story() -> None:
        async with reading(live.reader("/live/ops", cookie)) as ops:
            await ops.until(lambda seen: len(seen) > 0)
            for count, one in enumerate((hall, other_hall, hall), start=1):
                await apart(one.call)
                found = news(await ops.until(lambda seen, n=count: len(news(seen)) >= n))  # type: ignore[misc]
            sites = [json.loads(event.data)["site"] for event in found]
            assert sites == [str(one.site.pk) for one in (hall, other_hall, hall)]
        again = live.reader("/live/ops", cookie)
        again.last_id = found[0].id
        async with reading(again):
            missed = news(await again.until(lambda seen: len(news(seen)) >= 2))
            assert sorted(
                (e.kind, json.loads(e.data)["site"], json.loads(e.data)["seq"]) for e in missed
            ) == sorted(
                [("ticket.called", str(other_hall.site.pk), 1), ("ticket.called", str(hall.site.pk), 2)]
            )
        await apart(RoleGrant.objects.filter(staff=hall.supervisor, site=other_hall.site).delete)
        changed = live.reader("/live/ops", cookie)
        changed.last_id = again.last_id
        async with reading(changed):
            await changed.until(lambda seen: bool(of_kind(seen, "reset")))

    tell(story())


def test_a_site_that_is_not_read_costs_nothing_and_is_complete_when_it_is(live: Program, hall: Hall) -> None:
    async def story() -> None:
        for _ in range(3):
            await apart(hall.call)
            async with reading(live.reader(f"/live/boards/{hall.site.slug}?after=0")) as board:
                count = len(await apart(events.after, hall.site.pk, 0))
                found = news(await board.until(lambda seen, n=count: len(news(seen)) >= n))  # type: ignore[misc]
                assert ids(found) == list(range(1, count + 1))

    tell(story())


def test_two_hundred_readers_miss_nothing(live: Program, hall: Hall) -> None:
    def many() -> None:
        for number in range(25):
            hall.call(f"A{number:03}")
            time.sleep(0.01)

    async def story() -> None:
        readers = [live.reader(f"/live/boards/{hall.site.slug}?after=0") for _ in range(200)]
        async with reading(*readers):
            await apart(many)
            for reader in readers:
                found = news(await reader.until(lambda seen: len(news(seen)) >= 25, within=15))
                assert ids(found) == list(range(1, 26))
        await until(lambda: not live.streams(), within=15)

    tell(story())


def test_a_reader_that_takes_nothing_is_caught_up_or_starts_afresh(live: Program, hall: Hall) -> None:
    """Slow readers cost no memory: what they miss is read from the database, or replaced by a reset."""

    def flood() -> None:
        for _ in range(30):
            with transactions.transaction(hall.site.pk):
                for _ in range(20):
                    events.record(Bulk("x" * 8000), actor=SYSTEM, at=clock.now())

    async def story() -> None:
        slow = live.reader(f"/live/sites/{hall.site.slug}?after=0", hall.token("manager"))
        async with reading(slow):
            transport = slow._transport
            assert isinstance(transport, asyncio.Transport)
            transport.pause_reading()
            await apart(flood)
            await asyncio.sleep(0.5)
            transport.resume_reading()
            found = await slow.until(lambda seen: any(e.id == "600" for e in seen), within=20)
            told = [event for event in found if event.kind not in {"ping"}]
            places = ids(told)
            assert places == sorted(places)
            for before, after, event in zip([0, *places], places, told, strict=False):
                assert after == before + 1 or event.kind == "reset"

    tell(story())


def test_health_is_told_without_a_sign_in(live: Program) -> None:
    assert live.streams() >= 0
