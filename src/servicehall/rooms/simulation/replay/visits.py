"""From calls to visits: what happened to each customer, by stated rules. Pure.

A call becomes a ticket when its caller came into the queue or was served.

Left out:
    phantom      PHANTOM lines: calls that the log's makers say never were
    voice-only   hung up in the voice unit, before any queue

Kept, and counted as oddities:
    unknown-server    served by NO_SERVER: given to a counter of its own
    overlap           served by somebody who was still serving: given to that server's second place
    no-service-start  reached an agent, but no service is logged: served for no time, when the queue
                      (or the voice unit) ended
    clocks-differ     the service's start is logged before the queue's end; the two come from
                      different clocks, mostly a second apart. Both stay as logged, so that the wait
                      (from queue start to queue end) and the service are the log's own to the second
    past-midnight     a time of the next day

The ticket is taken when the queue begins, or (no queue) when the service does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from .call_log import Call

ZONE = "Asia/Jerusalem"
NOBODY = "NO_SERVER"
_HALF_A_DAY = 12 * 3600


@dataclass(frozen=True, slots=True)
class Visit:
    """What happened to a customer: taken, called, started and ended, or taken and left.

    ``place`` is the counter: a server's name, ``NAME (2)`` where the server was still serving, or
    ``NO_SERVER (n)``; empty for who left.
    """

    ref: str
    kind: str
    priority: int
    joined: datetime
    left: datetime | None
    called: datetime | None
    started: datetime | None
    ended: datetime | None
    server: str
    wait_seconds: int
    service_seconds: int
    place: str = ""

    @property
    def is_served(self) -> bool:
        return self.left is None


@dataclass(slots=True)
class Reading:
    """The visits in the order in which they began, and what was left out or odd, by kind."""

    visits: list[Visit] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    oddities: Counter[str] = field(default_factory=Counter)


def _moments(call: Call) -> dict[str, datetime]:
    """The call's times as moments; one that is half a day before the call began is on the next day."""
    midnight = datetime(call.day.year, call.day.month, call.day.day, tzinfo=ZoneInfo(ZONE))

    def moment(seconds: int) -> datetime:
        later = seconds < call.voice_start - _HALF_A_DAY
        return midnight + timedelta(days=int(later), seconds=seconds)

    return {
        "voice_end": moment(call.voice_end),
        "queue_start": moment(call.queue_start),
        "queue_end": moment(call.queue_end),
        "service_start": moment(call.service_start),
        "service_end": moment(call.service_end),
    }


def _visit(call: Call, oddities: Counter[str]) -> Visit | str:
    """The visit of a call, or why it is left out."""
    if call.outcome == "PHANTOM":
        return "phantom"
    at = _moments(call)
    queued = bool(call.queue_start or call.queue_seconds)
    serviced = bool(call.service_start or call.service_seconds)
    if call.outcome == "HANG":
        if not queued:
            return "voice-only"
        return Visit(
            call.ref, call.kind, call.priority, at["queue_start"], at["queue_end"], None, None, None, "",
            call.queue_seconds, 0,
        )  # fmt: skip
    ended = at["queue_end"] if queued else at["voice_end"]
    started = at["service_start"] if serviced else ended
    called = at["queue_end"] if queued else started
    oddities["no-service-start"] += not serviced
    oddities["clocks-differ"] += started < called
    oddities["unknown-server"] += call.server == NOBODY
    oddities["past-midnight"] += max(called, started).date() != call.day
    return Visit(
        call.ref,
        call.kind,
        call.priority,
        at["queue_start"] if queued else started,
        None,
        called,
        started,
        at["service_end"] if serviced else started,
        call.server,
        call.queue_seconds,
        call.service_seconds,
    )


def _with_places(visits: list[Visit], oddities: Counter[str]) -> list[Visit]:
    """Give each service a counter, so that no counter has two customers at once.

    A server's first place takes all that it can; the rest goes to the second, third … In time, a
    customer is at the counter from the call until the end (or the call, where the end is logged earlier).
    """
    until: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    placed = []
    for visit in sorted(visits, key=lambda v: (v.called or v.joined, v.joined, v.ref)):
        if visit.called is None or visit.ended is None:
            placed.append(visit)
            continue
        places = until[visit.server]
        # A service of no time begins and ends after the other steps of its second (see as_it_happened).
        free = (
            n
            for n, (since, end) in enumerate(places)
            if end < visit.called or (end == visit.called and since < end)
        )
        number = next(free, len(places))
        if number == len(places):
            places.append((visit.called, visit.called))
        places[number] = (visit.called, max(visit.ended, visit.called))
        alone = number == 0 and visit.server != NOBODY
        oddities["overlap"] += number > 0 and visit.server != NOBODY
        placed.append(replace(visit, place=visit.server if alone else f"{visit.server} ({number + 1})"))
    return placed


def read(
    calls: Iterable[Call],
    days: set[date] | None = None,
    *,
    first_hour: int = 0,
    last_hour: int = 24,
) -> Reading:
    """The visits of those days (None: all) that began from ``first_hour`` to before ``last_hour``."""
    found = Reading()
    for call in calls:
        if days is not None and call.day not in days:
            continue
        if not first_hour * 3600 <= call.voice_start < last_hour * 3600:
            continue
        visit = _visit(call, found.oddities)
        if isinstance(visit, str):
            found.left_out[visit] += 1
        else:
            found.visits.append(visit)
    found.visits = sorted(_with_places(found.visits, found.oddities), key=lambda v: (v.joined, v.ref))
    found.oddities = +found.oddities
    return found
