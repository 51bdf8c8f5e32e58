"""The predictions of waits, tried on a real log: its visits as what happened in one queue.

Internet help has agents of its own and is left out. Customers of priority 2 stand as if they had come a minute and a half
earlier, as the log's makers say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .replay.call_log import calls
from .replay.visits import ZONE, Visit, read

if TYPE_CHECKING:
    from servicehall.rooms.queueing.queries import Happened, Trial

ELSEWHERE = {"IN"}
HEAD_START = {2: 90.0}


def try_on_log(path: Path, *, train_share: float = 0.5) -> Trial:
    """Train on the first share of the log's days, predict the rest.

    Raises:
        UnreadableLog: the file cannot be read, or is no such log.
        TooLittle: too few waits to learn from, or none left to predict.
    """
    from servicehall.rooms.queueing.queries import wait_trial

    visits = read(call for call in calls(path) if call.kind not in ELSEWHERE).visits
    return wait_trial(as_happened(visits), zone=ZoneInfo(ZONE), train_share=train_share)


def as_happened(visits: Iterable[Visit]) -> Iterator[Happened]:
    """What each visit did to the queue."""
    from servicehall.rooms.queueing.queries import Happened

    for number, visit in enumerate(visits):
        ref, joined = str(number), visit.joined.timestamp()
        yield Happened(
            joined,
            "join",
            ref,
            kind=visit.kind,
            priority=visit.priority,
            head_start=HEAD_START.get(visit.priority, 0.0),
        )
        if visit.left is not None:
            left = max(visit.left.timestamp(), joined)
            yield Happened(left, "leave", ref, at_once=left == joined)
        elif visit.called is not None and visit.ended is not None:
            called = max(visit.called.timestamp(), joined)
            ended = max(visit.ended.timestamp(), called)
            yield Happened(called, "call", ref, visit.place, at_once=called == joined)
            yield Happened(ended, "end", counter=visit.place, at_once=ended == called)
