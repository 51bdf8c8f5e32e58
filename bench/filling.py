"""Fills a hall: `python -m bench.filling SITE PAST WAITING`. Rows go straight into the tables, as an import would."""

from __future__ import annotations

import json
import os
import random
import secrets
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")
PART = 5000
A_DAY = 3000


def main(slug: str, past: int, waiting: int) -> None:
    import django

    django.setup()
    from django.db import connection, transaction

    from servicehall.kernel import clock, sql
    from servicehall.rooms.hall import queries as hall
    from servicehall.rooms.queueing import configuration
    from servicehall.rooms.queueing.models import Counter, Ticket

    setup = configuration.of_site(hall.site(slug).pk)
    now = clock.now()
    services = list(setup.services.values())
    counters = list(Counter.objects.filter(site_id=setup.site).values_list("pk", flat=True))
    classes = list(setup.classes)
    columns = list(Ticket._meta.concrete_fields)
    names = ", ".join(str(f.column) for f in columns)
    statement = f"INSERT INTO queueing_ticket ({names}) VALUES ({sql.placeholders(len(columns))})"
    chance = random.Random(5)

    def rows(count: int, state: str) -> Any:
        for n in range(count):
            service = services[n % len(services)]
            if state == "done":
                joined = now - timedelta(days=1 + n // A_DAY, seconds=chance.uniform(0, 30000))
                number = n % A_DAY + 1
            else:
                joined = now - timedelta(seconds=count - n)
                number = 100_000 + n
            done = state == "done"
            yield {
                "id": UUID(int=(int(joined.timestamp() * 1000) << 80) | 7 << 76 | secrets.randbits(74)),
                "site_id": setup.site,
                "visit_id": UUID(int=secrets.randbits(128)),
                "code": secrets.token_urlsafe(16),
                "series_id": service.series,
                "day": setup.day(now) - timedelta(days=1 + n // A_DAY) if done else setup.day(now),
                "sequence": number,
                "number": f"{service.prefix}{number:03d}",
                "service_id": service.id,
                "stage_id": service.stages[0].id,
                "priority_id": classes[0] if n % 10 else classes[-1],
                "state": state,
                "order_key": clock.micros(joined),
                "channel": "kiosk",
                "language": "zh-Hans",
                "joined_at": joined,
                "stage_since": joined,
                "called_at": joined + timedelta(minutes=5) if done else None,
                "started_at": joined + timedelta(minutes=6) if done else None,
                "ended_at": joined + timedelta(minutes=10) if done else None,
                "calls": int(done),
                "waited": 300.0 if done else 0.0,
                "served": 240.0 if done else 0.0,
                "counter_id": counters[n % len(counters)] if done else None,
                "note": "",
                "reason": "",
                "outcome": "served" if done else "",
                "postponed": 0,
                "version": 4 if done else 1,
            }

    def put(source: Any) -> None:
        part: list[list[Any]] = []
        for row in source:
            part.append([sql.put(row.get(f.column)) for f in columns])
            if len(part) == PART:
                flush(part)
        flush(part)

    def flush(part: list[list[Any]]) -> None:
        if part:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.executemany(statement, part)
            part.clear()

    put(rows(past, "done"))
    put(rows(waiting, "waiting"))
    _events(setup.site, past)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    first = Ticket.objects.filter(state="waiting").order_by("order_key")
    print(
        json.dumps(
            {
                "code": first.values_list("code", flat=True).first(),
                "id": str(first.values_list("pk", flat=True).first()),
                "last": first.order_by("-order_key").values_list("code", flat=True).first(),
                "tickets": Ticket.objects.count(),
            }
        )
    )


def _events(site: UUID, count: int) -> None:
    """One past event a ticket, so that the log is as long as it would be (in one statement)."""
    from django.db import connection

    from servicehall.kernel import clock, events, sql

    start = events.last_seq(site)
    series = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
        if connection.vendor == "sqlite"
        else "WITH n(i) AS (SELECT generate_series(1, %s))"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO kernel_event (site_id, seq, kind, version, at, actor_kind, channel, data)"
            f" {series} SELECT %s, %s + i, 'ticket.issued', 1, %s, 'system', 'system', '{{}}' FROM n"
            if connection.vendor == "postgresql"
            else f"{series} INSERT INTO kernel_event (site_id, seq, kind, version, at, actor_kind, channel, data)"
            " SELECT %s, %s + i, 'ticket.issued', 1, %s, 'system', 'system', '{}' FROM n",
            [count, sql.put(site), start, sql.put(clock.now())],
        )
        cursor.execute(
            "UPDATE kernel_sitelog SET last = %s WHERE site_id = %s", [start + count, sql.put(site)]
        )
        # Followers have seen all this.
        cursor.execute("DELETE FROM kernel_cursor")
        for name in ("queueing.tally", "queueing.near", "trust.evidence"):
            cursor.execute(
                "INSERT INTO kernel_cursor (follower, site_id, seq, failures) VALUES (%s, %s, %s, 0)",
                [name, sql.put(site), start + count],
            )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
