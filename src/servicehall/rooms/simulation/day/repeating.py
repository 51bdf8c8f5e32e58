"""The same plan on many days, on as many processors as there are."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed

from .outcome import Day
from .plan import Plan
from .process import one_day, ready

MOST_DAYS = 1000
FEW = 10_000
"""Visits in all that are sooner done here than processes are started."""


class Stopped(Exception):
    """Whoever asked for the days wants them no more."""


def repeat(
    plan: Plan,
    *,
    days: int,
    seed: int,
    processes: int | None = None,
    behind: int = 0,
    progress: Callable[[int, int], object] = lambda _done, _all: None,
    is_unwanted: Callable[[], bool] = lambda: False,
) -> list[Day]:
    """Days 0 to ``days`` − 1 of the plan. ``processes``: how many at once; None: one a processor; 0: none of its own.
    ``behind``: how far they step behind the hall's own (``nice``).

    Raises:
        Stopped: ``is_unwanted`` said so between two days.
    """
    expected = (sum(sum(one.arrivals) for one in plan.services) * plan.demand + len(plan.appointments)) * days
    if processes is None:
        processes = 0 if expected < FEW else min(days, os.cpu_count() or 1)
    if not processes:
        found = []
        for day in range(days):
            if is_unwanted():
                raise Stopped
            found.append(one_day(plan, seed, day))
            progress(day + 1, days)
        return found
    # Started anew, not forked: the hall's own processes have threads.
    context = multiprocessing.get_context("spawn")
    by_day: dict[int, Day] = {}
    with ProcessPoolExecutor(processes, mp_context=context, initializer=ready, initargs=(behind,)) as pool:
        tasks = {pool.submit(one_day, plan, seed, day): day for day in range(days)}
        try:
            for task in as_completed(tasks):
                by_day[tasks[task]] = task.result()
                progress(len(by_day), days)
                if is_unwanted():
                    raise Stopped
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return [by_day[day] for day in range(days)]
