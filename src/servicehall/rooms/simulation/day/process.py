"""A process of its own that lets days pass, beside those that run the hall. (Imports nothing that needs Django.)"""

from __future__ import annotations

import multiprocessing
import os
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .outcome import Day
    from .plan import Plan


def ready(behind: int) -> None:
    """Make Django ready, step behind other processes (``nice``), and end when whoever asked has ended."""
    import django

    os.nice(behind)
    threading.Thread(target=_watch, daemon=True).start()
    django.setup()


def _watch() -> None:
    asked_by = multiprocessing.parent_process()
    if asked_by is not None:
        asked_by.join()
        os._exit(1)


def one_day(plan: Plan, seed: int, day: int) -> Day:
    """The figures of one day."""
    from .hall import simulate_day
    from .outcome import of_day

    return of_day(plan, simulate_day(plan, seed=seed, day=day))
