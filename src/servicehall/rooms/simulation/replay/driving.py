"""What both modes do with the hall: tickets taken, counters opened, and the clock kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .hall_client import HallClient
from .visits import Visit

Progress = Callable[[int, int, datetime], None]
"""Called with what is done, of how much, and the virtual moment."""


@dataclass(slots=True)
class Pace:
    """Virtual seconds a second; 0: as fast as the hall answers."""

    speed: float
    _began: tuple[float, datetime] | None = None

    def wait(self, moment: datetime) -> None:
        """Let real time catch up with the virtual moment."""
        if not self.speed:
            return
        if self._began is None:
            self._began = (time.monotonic(), moment)
        real, virtual = self._began
        ahead = (moment - virtual).total_seconds() / self.speed - (time.monotonic() - real)
        if ahead > 0:
            time.sleep(ahead)


@dataclass(slots=True)
class Stage:
    """The hall as the replay knows it: its counters by place, and the tickets of the visits."""

    client: HallClient
    site: str
    counters: dict[str, str]
    staff: dict[str, str]
    tickets: dict[str, str] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    open: dict[str, None] = field(default_factory=dict)

    def take(self, visit: Visit, at: datetime) -> None:
        """The customer takes a ticket."""
        body = {"service": visit.kind.lower(), "priority": f"p{visit.priority}"}
        ticket: str = self.client.write(f"/sites/{self.site}/tickets", body, at=at)["id"]
        self.tickets[visit.ref], self.visits[ticket] = ticket, visit

    def act(self, act: str, visit: Visit, at: datetime, **body: Any) -> None:
        """Something happens to the customer's ticket."""
        self.client.write(f"/tickets/{self.tickets[visit.ref]}/{act}", body, at=at)

    def sign_in(self, place: str, at: datetime) -> None:
        """Somebody opens a counter: its server, or at a second place nobody named."""
        staff = self.staff.get(place)
        self.client.write(
            f"/counters/{self.counters[place]}/sign-in", {"staff": staff} if staff else {}, at=at
        )
        self.open[place] = None

    def sign_out(self, place: str, at: datetime) -> None:
        """The counter is closed."""
        self.client.write(f"/counters/{self.counters[place]}/sign-out", at=at)
        self.open.pop(place, None)

    def next(self, place: str, at: datetime) -> Visit | None:
        """The customer whom the hall gives to the counter."""
        ticket = self.client.write(f"/counters/{self.counters[place]}/next", at=at)
        return self.visits.get(ticket["id"]) if ticket else None

    def close(self, at: datetime) -> None:
        """Everybody goes home."""
        for place in list(self.open):
            self.sign_out(place, at)

    def records(self, first: str, last: str) -> dict[str, dict[str, Any]]:
        """The hall's own records of the replayed visits, by the visit's reference."""
        found: dict[str, dict[str, Any]] = {}
        cursor: str | None = ""
        while cursor is not None:
            page = self.client.read(
                f"/sites/{self.site}/tickets?from={first}&to={last}&limit=500{cursor and f'&cursor={cursor}'}"
            )
            for ticket in page["items"]:
                if ticket["id"] in self.visits:
                    found[self.visits[ticket["id"]].ref] = ticket
            cursor = page["next"]
        return found
