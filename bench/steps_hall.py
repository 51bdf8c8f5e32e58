"""In a hall that is measured: publishes the five-step service, `python -m bench.steps_hall SITE`, prints a kiosk's token.

With `COUNT TOKEN` behind the site it goes COUNT times through the service in this process, over the API's own program,
and prints what a step costs: statements, and the engine's share in processor time (path, answers and screen, without
the database).
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")
ENDS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def main(site: str) -> None:
    import django

    django.setup()
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.customers import actions as customers
    from servicehall.rooms.hall import queries as hall
    from servicehall.rooms.people import actions as people
    from servicehall.rooms.services import actions

    from .five_steps import FLOW

    found = hall.site(site)
    customers.add_purpose(
        organisation_id=found.region.organisation_id,
        slug="service",
        titles={"en": "To serve you", "zh-Hans": "为您服务"},
        texts={"en": "We use it to serve you.", "zh-Hans": "用于为您服务。"},
        uses=["phone"],
        basis="service",
        by=SYSTEM,
    )
    actions.publish_text(organisation_id=found.region.organisation_id, text=FLOW, by=SYSTEM)
    _token, raw = people.create_token(role="kiosk", site_id=found.pk, name="bench kiosk", by=SYSTEM)
    print(json.dumps({"token": raw}))


class Clock:
    """Adds up the processor time within some functions, and the database's share of it."""

    def __init__(self) -> None:
        self.depth = 0
        self.engine = self.database = 0.0
        self.statements = 0

    def within(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """The function, whose time counts; within another one only once."""

        def timed(*given: Any, **named: Any) -> Any:
            start, before = time.thread_time(), self.database
            self.depth += 1
            try:
                return act(*given, **named)
            finally:
                self.depth -= 1
                if not self.depth:
                    self.engine += time.thread_time() - start - (self.database - before)

        return timed

    def execute(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Counts a statement."""
        start = time.thread_time()
        try:
            return execute(sql, params, many, context)
        finally:
            self.database += time.thread_time() - start
            self.statements += not sql.startswith(ENDS)


def measured(site: str, count: int, token: str) -> dict[str, float]:
    """The most statements of a step; median, 99th percentile and most milliseconds of the engine."""
    import django

    django.setup()
    from django.db import connection

    from servicehall.rooms.services import answering, instances, queries
    from servicehall.wsgi import application

    from .five_steps import ANSWERS
    from .statements import call

    clock = Clock()
    for owner, name in (
        (instances, "derive"),
        (answering, "check"),
        (answering, "options"),
        (answering, "offered"),
        (queries, "screen"),
    ):
        setattr(owner, name, clock.within(getattr(owner, name)))
    begin = json.dumps({"flow": "five-steps", "channel": "kiosk"}).encode()
    statements, engine = [], []
    with connection.execute_wrapper(clock.execute):
        for n in range(count):
            shown = call(application, f"/api/v1/sites/{site}/requests", token, f"b{n}", begin)
            path = f"/api/v1/requests/{shown['code']}/answer"
            for revision, (step, answer) in enumerate(ANSWERS):
                clock.engine, clock.statements = 0.0, 0
                body = json.dumps({"step": step, "revision": revision, "answer": answer}).encode()
                shown = call(application, path, token, f"{n}-{step}", body)
                statements.append(clock.statements)
                engine.append(clock.engine * 1000)
            if shown["kind"] != "end":
                raise RuntimeError(f"it did not end: {shown}")
    engine = sorted(engine[len(ANSWERS) :])  # the first way compiles the program
    return {
        "statements": max(statements),
        "engine_p50": statistics.median(engine),
        "engine_p99": engine[int(len(engine) * 0.99)],
        "engine_most": engine[-1],
    }


if __name__ == "__main__":
    if len(sys.argv) == 2:
        main(sys.argv[1])
    else:
        print(json.dumps(measured(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
