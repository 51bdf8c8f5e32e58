"""A tree of a long log: `python -m bench.evidence_tree LEAVES`, as JSON. Runs in the environment of a measured hall."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")
SITE = UUID(int=0xBE7C)
PROOFS = 3000


def main(count: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from servicehall.kernel import followers
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.trust import actions, queries
    from servicehall.rooms.trust.queries.proofs import inclusion

    _write(count)
    # Only the evidence is measured here.
    for name in [name for name in followers.registered() if name != "trust.evidence"]:
        followers.forget(name)
    began = time.perf_counter()
    while followers.run_pending():
        _say(f"in the tree: {queries.tree_size():,}")
    appended = time.perf_counter() - began
    actions.make_checkpoint()
    chance = random.Random(6962)
    times, spent = [], []
    for _ in range(PROOFS):
        seq = chance.randint(1, count)
        begun, used = time.perf_counter(), time.process_time()
        inclusion(SITE, seq, actor=SYSTEM)
        times.append(time.perf_counter() - begun)
        spent.append(time.process_time() - used)
    times.sort()
    spent.sort()
    began, used = time.perf_counter(), time.process_time()
    found = queries.audit(lambda done, whole: _say(f"audited: {done:,} of {whole:,}"))
    audited, worked = time.perf_counter() - began, time.process_time() - used
    print(
        json.dumps(
            {
                "leaves": found.size,
                "faults": found.faults,
                "appended_a_second": count / appended,
                "audit_seconds": audited,
                "audit_processor_seconds": worked,
                "proof_p50_ms": times[PROOFS // 2] * 1000,
                "proof_p99_ms": times[PROOFS * 99 // 100] * 1000,
                "proof_p99_processor_ms": spent[PROOFS * 99 // 100] * 1000,
            }
        )
    )


def _say(words: str) -> None:
    sys.stderr.write(f"\r{words:60}")
    sys.stderr.flush()


def _write(count: int) -> None:
    """So many events as a busy hall makes them, straight into the log."""
    from django.db import connection

    from servicehall.kernel import clock, sql

    facts = {
        "ticket": "0199a1f0-3c5e-7b1a-9f00-5d2a3c4b5e6f", "number": "A017", "service": str(UUID(int=3)),
        "stage": str(UUID(int=4)), "priority": "walk-in", "counter": str(UUID(int=5)), "counter_label": "3",
        "zone": str(UUID(int=6)), "staff": str(UUID(int=7)), "waited": 312.5, "target": 600.0, "call": 1,
        "picked": "next",
    }  # fmt: skip
    series = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
        if connection.vendor == "sqlite"
        else "WITH n(i) AS (SELECT generate_series(1, %s))"
    )
    columns = "site_id, seq, kind, version, at, actor_kind, actor_id, channel, visit_id, subject_id, data"
    chosen = "%s, i, 'ticket.called', 1, %s, 'staff', %s, 'desk', %s, %s, %s"
    insert = f"INSERT INTO kernel_event ({columns})"
    text = f"SELECT {chosen} FROM n"
    cast = text.replace("%s, i", "%s::uuid, i").replace(
        "1, %s, 'staff', %s", "1, %s::timestamptz, 'staff', %s::uuid"
    )
    cast = cast.replace("'desk', %s, %s, %s", "'desk', %s::uuid, %s::uuid, %s::jsonb")
    with connection.cursor() as cursor:
        cursor.execute(
            f"{series} {insert} {text}" if connection.vendor == "sqlite" else f"{insert} {series} {cast}",
            [
                count, sql.put(SITE), sql.put(clock.now()), sql.put(UUID(int=7)), sql.put(UUID(int=8)),
                sql.put(UUID(int=9)), json.dumps(facts),
            ],
        )  # fmt: skip
        cursor.execute("INSERT INTO kernel_sitelog (site_id, last) VALUES (%s, %s)", [sql.put(SITE), count])
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main(int(sys.argv[1]))
