"""Fills the demo's mall with the last half hour of a working day: for the pictures in the documentation.

Everything goes through the rooms' own actions, at moments in the past, as the demo's history does; the hall
that is made so is then run and photographed by pictures.py. Needs Django to be started.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from servicehall.kernel import clock, rights
from servicehall.kernel.rights import Actor
from servicehall.rooms.feedback import actions as feedback
from servicehall.rooms.hall import queries as places
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries

SITE = "mall"
SEATS = {
    "1": "mall-agent1",
    "2": "mall-agent2",
    "3": "mall-agent3",
    "4": "mall-supervisor",
    "6": "mall-agent4",
}
LASTS = timedelta(minutes=34)
DEMAND = {
    "enquiries": 5,
    "membership": 5,
    "parking": 3,
    "returns": 3,
    "complaints": 1,
    "lost-and-found": 2,
    "gift-cards": 4,
}
MINUTES = {"returns": 6.0, "complaints": 9.0}


@dataclass
class BusyHour:
    """A half hour that ends now, played event by event in the order of time."""

    site_id: UUID
    chance: random.Random
    until: datetime
    seats: dict[str, tuple[UUID, Actor]] = field(default_factory=dict)
    idle: list[str] = field(default_factory=list)
    agenda: list[tuple[datetime, int, str, str, UUID | None]] = field(default_factory=list)
    order: Iterator[int] = field(default_factory=count)

    def plan(self, at: datetime, what: str, seat: str = "", ticket: UUID | None = None) -> None:
        """Put something on the agenda; what lies after the end is never played."""
        heapq.heappush(self.agenda, (at, next(self.order), what, seat, ticket))

    def play(self) -> None:
        """Play the agenda to the end of the half hour."""
        while self.agenda and self.agenda[0][0] < self.until:
            at, _order, what, seat, ticket = heapq.heappop(self.agenda)
            match what:
                case "arrive":
                    self.arrive(at)
                case "start" if ticket:
                    queue.start(ticket_id=ticket, by=self.seats[seat][1], at=at)
                case "finish" if ticket:
                    self.finish(seat, ticket, at)
                case _:
                    self.call(seat, at)

    def arrive(self, at: datetime) -> None:
        """Somebody takes a ticket; a counter that has nobody calls."""
        service = self.chance.choices(list(DEMAND), list(DEMAND.values()))[0]
        priority = self.chance.choices([None, "elderly", "disabled"], [85, 10, 5])[0]
        channel = self.chance.choice(["kiosk", "kiosk", "phone"])
        queue.issue_ticket(
            site_id=self.site_id,
            service=service,
            priority=priority,
            language=self.chance.choice(["zh-Hans", "zh-Hans", "zh-Hans", "en"]),
            by=rights.customer(channel),
            at=at,
        )
        for seat in [*self.idle]:
            self.call(seat, at + timedelta(seconds=1))

    def call(self, seat: str, at: datetime) -> None:
        """The counter calls its next customer, if there is one."""
        counter, actor = self.seats[seat]
        ticket = queue.call_next(site_id=self.site_id, counter_id=counter, by=actor, at=at)
        if ticket is None:
            if seat not in self.idle:
                self.idle.append(seat)
            return
        if seat in self.idle:
            self.idle.remove(seat)
        started = at + timedelta(seconds=self.chance.uniform(9, 40))
        minutes = MINUTES.get(ticket.service.slug, 3.4) * self.chance.uniform(0.6, 1.5)
        self.plan(started, "start", seat, ticket.pk)
        self.plan(started + timedelta(minutes=minutes), "finish", seat, ticket.pk)

    def finish(self, seat: str, ticket: UUID, at: datetime) -> None:
        """The customer is served, or goes on to the next stage; half of those served say how it was."""
        actor = self.seats[seat][1]
        try:
            queue.advance(ticket_id=ticket, by=actor, at=at)
        except queue.NoFurtherStage:
            queue.finish(ticket_id=ticket, by=actor, at=at)
            if self.chance.random() < 0.5:
                feedback.rate_visit(
                    served=queries.served_visit(ticket),
                    score=self.chance.choices([5, 4, 3], [6, 3, 1])[0],
                    by=rights.customer("phone"),
                    at=at + timedelta(seconds=20),
                )
        self.plan(at + timedelta(seconds=self.chance.uniform(4, 25)), "call", seat)


def fill() -> None:
    """Play the half hour that ends now."""
    now = clock.now()
    site_id = places.site(SITE).pk
    hour = BusyHour(site_id, random.Random(21), now - timedelta(seconds=5))
    opened = now - LASTS
    for label, username in SEATS.items():
        actor = people.actor_of(people.staff_at(site_id, username))
        counter = queries.counter_id(site_id, label)
        queue.sign_in(site_id=site_id, counter_id=counter, by=actor, at=opened)
        hour.seats[label] = (counter, actor)
        hour.idle.append(label)
    arrival = opened
    while arrival < hour.until:
        arrival += timedelta(seconds=hour.chance.expovariate(1 / 48))
        hour.plan(arrival, "arrive")
    hour.play()
