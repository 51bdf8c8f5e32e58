"""Booking measured in one process: `python -m bench.booking_hall SITE` prints the figures as JSON.

Threads act through the room's actions, each with its own connection, as the web program's threads do.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as wall
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")

RESOURCES = 50
DAYS = 60
CLIENTS = 64
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "100"))
LOOKS = 200
BOOKERS = 8
SECONDS = 20.0


def main(slug: str) -> None:
    import django

    django.setup()
    from servicehall.kernel import clock
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.booking import actions as booking
    from servicehall.rooms.hall import queries as hall
    from tests.hall import text

    site = hall.site(slug)
    week = [(weekday, wall(9), wall(17)) for weekday in range(7)]
    resources = [
        booking.add_resource(
            site_id=site.pk, slug=f"r{n}", names=text(f"R{n}"), hours=week, follows_hall=False, by=SYSTEM
        )
        for n in range(RESOURCES)
    ]
    rules: dict[str, Any] = {"lead": 0, "horizon_days": 400, "most_open": 50, "by": SYSTEM}
    booking.add_offer(site_id=site.pk, slug="many", names=text("Many"), needs=[resources], **rules)
    booking.add_offer(site_id=site.pk, slug="one", names=text("One"), needs=[resources[:1]], **rules)
    first = clock.local(clock.now(), site.timezone).date() + timedelta(days=1)

    def at(day: int, slot: int) -> datetime:
        return clock.moment_of(first + timedelta(days=day), wall(9), site.timezone) + slot * timedelta(
            minutes=30
        )

    found = {
        "rounds": ROUNDS,
        "once": last_place(site.pk, at),
        **full(resources, first),
        **looks(site.pk, first),
        **sustained(site.pk, at),
    }
    print(json.dumps(found))


def _together(count: int, act: Callable[[int], None]) -> None:
    from django.db import connection

    def run(n: int) -> None:
        try:
            act(n)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def last_place(site_id: Any, at: Callable[[int, int], datetime]) -> int:
    """In how many rounds exactly one of the clients got the last place."""
    from servicehall.kernel import rights
    from servicehall.rooms.booking import actions as booking

    right = 0
    for n in range(ROUNDS):
        starts, ready = at(70 + n // 16, n % 16), threading.Barrier(CLIENTS)
        got: list[str] = []

        def want(_n: int, starts: datetime = starts, ready: Any = ready, got: list[str] = got) -> None:
            ready.wait(60)
            try:
                held = booking.hold_time(
                    site_id=site_id, offer="one", starts_at=starts, by=rights.customer("phone")
                )
                got.append(held.code)
            except booking.TimeTaken:
                pass

        _together(CLIENTS, want)
        right += len(got) == 1
    return right


def full(resources: list[Any], first: Any) -> dict[str, Any]:
    """Half of the places are taken, as rows of capacity: what availability reads."""
    from servicehall.rooms.booking.models import CapacityDay

    taken = sum(0x3F << (108 + 12 * n) for n in range(8))
    rows = [
        CapacityDay(resource=one, place=0, day=first + timedelta(days=n), taken=f"{taken:x}")
        for one in resources
        for n in range(DAYS)
    ]
    CapacityDay.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return {"places": len(rows)}


def looks(site_id: Any, first: Any) -> dict[str, float]:
    """How long availability of one offer over all days takes, in milliseconds."""
    from servicehall import wsgi  # noqa: F401 - memory is looked through as seldom as in the web program
    from servicehall.rooms.booking import queries

    times, processor = [], []
    for _n in range(LOOKS):
        begin, work = time.perf_counter(), time.thread_time()
        days = queries.free_times(
            site_id=site_id, offer="many", first=first, last=first + timedelta(days=DAYS - 1)
        )
        times.append((time.perf_counter() - begin) * 1000)
        processor.append((time.thread_time() - work) * 1000)
        assert len(days) == DAYS
        assert days[0].starts
    times.sort()
    processor.sort()
    return {
        "look_p50": times[len(times) // 2],
        "look_p99": times[int(len(times) * 0.99)],
        "look_processor": processor[len(processor) // 2],
    }


def sustained(site_id: Any, at: Callable[[int, int], datetime]) -> dict[str, float]:
    """Bookings a second: a time is held and then booked, by customers who want different times."""
    from servicehall.kernel import rights
    from servicehall.rooms.booking import actions as booking

    customer = rights.customer("phone")
    counts, refused = [0] * BOOKERS, [0] * BOOKERS
    end = time.perf_counter() + SECONDS

    def act(n: int) -> None:
        turn = 0
        while time.perf_counter() < end:
            slot = turn * BOOKERS + n
            try:
                held = booking.hold_time(
                    site_id=site_id, offer="many", starts_at=at(62 + slot // 16 % 300, slot % 16), by=customer
                )
                booking.book(code=held.code, details=booking.Details("A"), by=customer)
                counts[n] += 1
            except booking.TimeTaken:
                refused[n] += 1
            turn += 1

    begin, work = time.perf_counter(), time.process_time()
    _together(BOOKERS, act)
    took, worked = time.perf_counter() - begin, time.process_time() - work
    return {
        "bookings": sum(counts),
        "refused": sum(refused),
        "rate": sum(counts) / took,
        "booking_processor": worked * 1000 / max(sum(counts), 1),
    }


if __name__ == "__main__":
    main(sys.argv[1])
