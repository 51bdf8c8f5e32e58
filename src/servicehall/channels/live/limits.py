"""The numbers that bound live push, in one place. Values come from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Limits:
    """How many, how far and how often. Times are in seconds."""

    max_streams: int = 9_000
    reset_after: int = 1_000
    """A reader more events than this behind is told to fetch a fresh snapshot instead."""
    kept: int = 256
    """Recent messages kept in memory per topic; a reader further behind is served from the database."""
    page: int = 250
    """Events read from the database in one query."""
    beat: float = 10.0
    """Between two heartbeats of a stream. Proxies commonly cut a silent answer after 30 to 60 s."""
    tick: float = 2.0
    """The least time between two "the queue moved" ticks of one stream."""
    recheck: float = 15.0
    """Between two looks at whether the reader still has the right; a lost one ends within two."""
    stuck: float = 60.0
    """A reader that takes nothing for so long is given up."""

    @classmethod
    def from_settings(cls) -> Limits:
        """The limits that the settings name (``LIVE_MAX_STREAMS``, ``LIVE_BEAT``, …), defaults for the rest."""
        found = {name: getattr(settings, f"LIVE_{name.upper()}", None) for name in cls.__slots__}
        return cls(**{name: value for name, value in found.items() if value is not None})
