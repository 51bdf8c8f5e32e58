"""A day of the hall on a virtual clock: events in order of time, decided by the rules of the queue itself.

Moments are microseconds since midnight. Whoever has been free for longest calls first when somebody comes; whoever gets
free calls whom the discipline puts first among the stages that counter and person may serve.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from servicehall.rooms.queueing.queries import rules

from .arrivals import Visitor, visitors
from .plan import DAY, Plan, Shift

MINUTE = rules.MINUTE
MIDNIGHT = DAY * MINUTE
POSTPONES_AFTER = 5 * MINUTE
TURNED_AWAY, ABANDONED, MISSED, SERVED, UNSERVED = "turned_away", "abandoned", "missed", "served", "unserved"


@dataclass(slots=True)
class Record:
    """What happened on a day. ``calls``: (service, class, arrival, waited, within target) of each call.

    ``ends``: (visitor, how it ended). ``queue``: (moment, service, +1 or -1). ``staffed`` and ``busy``: spans in which
    counters were open, and had somebody.
    """

    calls: list[tuple[int, str, int, int, bool]] = field(default_factory=list)
    ends: list[tuple[Visitor, str]] = field(default_factory=list)
    queue: list[tuple[int, int, int]] = field(default_factory=list)
    staffed: list[tuple[int, int]] = field(default_factory=list)
    busy: list[tuple[int, int]] = field(default_factory=list)


class Post:
    """A shift at a counter: somebody who calls and serves."""

    __slots__ = ("begins", "ends", "is_busy", "is_over", "stages")

    def __init__(self, shift: Shift, stages: frozenset[UUID]) -> None:
        self.begins, self.ends = shift.begins * MINUTE, shift.ends * MINUTE
        self.stages = stages
        self.is_busy = False
        self.is_over = False


class Hall:
    """One day of a plan, from midnight to midnight."""

    def __init__(self, plan: Plan, *, seed: int, day: int) -> None:
        self.plan = plan
        self.discipline = rules.DISCIPLINES[plan.rules.discipline]
        self.classes = {one.key: UUID(int=n + 1) for n, one in enumerate(plan.classes)}
        self.keys = {ref: key for key, ref in self.classes.items()}
        self.orders = {
            self.classes[c.key]: rules.ClassRule(self.classes[c.key], c.key, c.rate, c.head_start, c.rank)
            for c in plan.classes
        }
        self.stages: dict[tuple[int, int], UUID] = {}
        for number, service in enumerate(plan.services):
            for stage in range(len(service.stages)):
                self.stages[number, stage] = UUID(int=1000 + len(self.stages))
        # The waiting of each stage by class, each in the order of virtual arrival.
        self.waiting: dict[UUID, dict[UUID, list[tuple[int, int, Visitor]]]] = {
            ref: {} for ref in self.stages.values()
        }
        self.idle: dict[Post, None] = {}
        self.issued = [0] * len(plan.services)
        self.record = Record()
        self.events: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self.turns = 0
        opening = min((begins for begins, _ends in plan.opens), default=0)
        for visitor in visitors(plan, seed=seed, day=day):
            if visitor.booked is not None and not plan.is_open(visitor.at / MINUTE):
                visitor.at = max(visitor.at, opening * MINUTE)
            self.plan_for(visitor.at, self.arrive, visitor)
        for shift in plan.shifts:
            post = Post(shift, self.serves(shift))
            self.plan_for(post.begins, self.begin, post)
            self.plan_for(post.ends, self.end, post)
        # When the last shift is over nobody is called any more; what comes later is over at midnight.
        for at in {max((shift.ends for shift in plan.shifts), default=0) * MINUTE, MIDNIGHT}:
            self.plan_for(at, self.send_home)

    def serves(self, shift: Shift) -> frozenset[UUID]:
        """The stages that counter and person may serve."""
        named = {service.slug: n for n, service in enumerate(self.plan.services)}
        names = sorted(
            {s for service in self.plan.services for stage in service.stages for s in stage.skills}
        )
        ids = {name: UUID(int=n + 1) for n, name in enumerate(names)}
        skills = None if shift.skills is None else frozenset(ids[s] for s in shift.skills if s in ids)
        counter = next(c for c in self.plan.counters if c.label == shift.counter)
        return frozenset(
            self.stages[named[slug], stage]
            for slug, stage in counter.stages
            if rules.can_serve(
                frozenset(ids[s] for s in self.plan.services[named[slug]].stages[stage].skills), skills
            )
        )

    def plan_for(self, at: int, what: Callable[..., None], *about: Any) -> None:
        self.turns += 1
        heapq.heappush(self.events, (at, self.turns, what, about))

    def pass_day(self) -> Record:
        """Let the day pass; what happened."""
        events = self.events
        while events:
            at, _turn, what, about = heapq.heappop(events)
            what(at, *about)
        return self.record

    def send_home(self, now: int) -> None:
        """Nobody can be served any more: those who still wait go unserved."""
        for groups in self.waiting.values():
            for group in groups.values():
                for _key, _number, visitor in group:
                    self.record.queue.append((now, visitor.service, -1))
                    self.over(visitor, UNSERVED, now)
            groups.clear()

    # Customers

    def arrive(self, now: int, visitor: Visitor) -> None:
        service = self.plan.services[visitor.service]
        if not (
            self.plan.is_open(now / MINUTE)
            and not rules.is_reached(lambda: self.waiting_for(visitor.service), service.max_waiting)
            and not rules.is_reached(lambda: self.issued[visitor.service], service.daily_limit)
        ):
            self.over(visitor, TURNED_AWAY, now)
            return
        self.issued[visitor.service] += 1
        key = now
        if visitor.booked is not None:
            merging = self.plan.merging
            lead, late = round(merging.lead_minutes * MINUTE), round(merging.late_minutes * MINUTE)
            key = rules.booked_key(
                visitor.booked,
                now,
                lead=lead,
                late=late,
                rule=merging.rule,
                wait=self.longest_wait(now, visitor.service),
            )
            if key == now and now > visitor.booked:
                visitor.priority = self.plan.classes[0].key
        if visitor.postpones and self.plan.rules.postpone_times > 0:
            self.plan_for(now + POSTPONES_AFTER, self.postpone, visitor, visitor.turn + 1)
        self.join(now, visitor, key)

    def longest_wait(self, now: int, service: int) -> int:
        """How long whoever stands first in the line of a service has stood there."""
        firsts = [
            group[0][0]
            for stage in range(len(self.plan.services[service].stages))
            for group in self.waiting[self.stages[service, stage]].values()
            if group
        ]
        return max(now - min(firsts), 0) if firsts else 0

    def waiting_for(self, service: int) -> int:
        """How many wait for any stage of a service."""
        return sum(
            len(group)
            for stage in range(len(self.plan.services[service].stages))
            for group in self.waiting[self.stages[service, stage]].values()
        )

    def join(self, now: int, visitor: Visitor, key: int) -> None:
        if now >= MIDNIGHT:
            self.over(visitor, UNSERVED, now)
            return
        visitor.key, visitor.since = key, now
        visitor.turn += 1
        stage = self.stages[visitor.service, visitor.stage]
        self.put(visitor, stage)
        self.record.queue.append((now, visitor.service, 1))
        if visitor.patience is not None:
            self.plan_for(now + max(0, visitor.patience - visitor.waited), self.leave, visitor, visitor.turn)
        for post in self.idle:
            if stage in post.stages:
                self.call(now, post)
                return

    def put(self, visitor: Visitor, stage: UUID) -> None:
        insort(
            self.waiting[stage].setdefault(self.classes[visitor.priority], []),
            (visitor.key, visitor.number, visitor),
        )

    def take_out(self, visitor: Visitor) -> None:
        groups = self.waiting[self.stages[visitor.service, visitor.stage]]
        ref = self.classes[visitor.priority]
        group = groups[ref]
        del group[bisect_left(group, (visitor.key, visitor.number, visitor))]
        if not group:
            del groups[ref]

    def leave(self, now: int, visitor: Visitor, turn: int) -> None:
        """Patience is at an end; nobody leaves who was called meanwhile."""
        if visitor.turn != turn or visitor.gone:
            return
        self.take_out(visitor)
        self.record.queue.append((now, visitor.service, -1))
        visitor.waited += now - visitor.since
        self.over(visitor, ABANDONED, now)

    def postpone(self, now: int, visitor: Visitor, turn: int) -> None:
        """Let others go first, unless one was called or left meanwhile."""
        if visitor.turn != turn or visitor.gone:
            return
        self.move_back(visitor, self.plan.rules.postpone_places, now, is_waiting=True)

    def move_back(self, visitor: Visitor, places: int, now: int, *, is_waiting: bool) -> None:
        """Put a visitor behind so many others of the stage, by the queue's rule."""
        stage = self.stages[visitor.service, visitor.stage]
        own = rules.Candidate(stage, self.classes[visitor.priority], visitor.key)
        limits = rules.thresholds(self.discipline, self.orders, own.priority, own.order_key, now)
        behind: list[rules.Candidate] = []
        for ref, group in self.waiting[stage].items():
            first = bisect_left(group, (limits[ref],))
            behind += [rules.Candidate(stage, ref, key) for key, _n, _v in group[first : first + places + 1]]
        key = rules.key_behind(self.discipline, self.orders, own, behind, places=places, now=now)
        if is_waiting:
            self.take_out(visitor)
            visitor.key = key
            self.put(visitor, stage)
        else:
            visitor.key = key

    def over(self, visitor: Visitor, how: str, now: int) -> None:
        visitor.gone, visitor.left = True, now
        self.record.ends.append((visitor, how))

    # Counters

    def begin(self, now: int, post: Post) -> None:
        self.call(now, post)

    def end(self, now: int, post: Post) -> None:
        """The shift is over; whoever is served is served to the end."""
        post.is_over = True
        if not post.is_busy:
            self.idle.pop(post, None)
            self.record.staffed.append((post.begins, now))

    def heads(self, stages: Iterable[UUID]) -> list[rules.Candidate]:
        return [
            rules.Candidate(stage, ref, group[0][0])
            for stage in stages
            for ref, group in self.waiting[stage].items()
        ]

    def call(self, now: int, post: Post) -> None:
        """Call whom the discipline puts first, or wait for somebody to come."""
        self.idle.pop(post, None)
        post.is_busy = False
        if post.is_over:
            self.record.staffed.append((post.begins, now))
            return
        heads = self.heads(post.stages)
        if not heads:
            self.idle[post] = None
            return
        first = rules.choices(self.discipline, self.orders, heads, (), now)[0].candidate
        groups = self.waiting[first.stage]
        _key, _number, visitor = groups[first.priority].pop(0)
        if not groups[first.priority]:
            del groups[first.priority]
        visitor.turn += 1
        waited = now - visitor.since
        visitor.waited += waited
        service = self.plan.services[visitor.service]
        self.record.queue.append((now, visitor.service, -1))
        target = waited <= service.target_minutes * MINUTE
        self.record.calls.append((visitor.service, visitor.priority, visitor.at, waited, target))
        post.is_busy = True
        if visitor.misses[0]:
            missed = now + round(self.plan.rules.missed_minutes * MINUTE)
            self.plan_for(missed, self.miss, post, visitor, now)
        else:
            come = round(self.plan.rules.come_minutes * MINUTE)
            takes = visitor.takes[visitor.stage]
            self.plan_for(now + come + takes, self.finish, post, visitor, now)

    def miss(self, now: int, post: Post, visitor: Visitor, called: int) -> None:
        self.record.busy.append((called, now))
        visitor.misses = visitor.misses[1:]
        back, *visitor_returns = visitor.returns or (-1,)
        visitor.returns = tuple(visitor_returns)
        if back >= 0 and rules.may_return(now, now + back, self.plan.rules.return_minutes):
            self.plan_for(now + back, self.come_back, visitor)
        else:
            self.over(visitor, MISSED, now)
        self.call(now, post)

    def come_back(self, now: int, visitor: Visitor) -> None:
        self.move_back(visitor, self.plan.rules.late_places, now, is_waiting=False)
        self.join(now, visitor, visitor.key)

    def finish(self, now: int, post: Post, visitor: Visitor, called: int) -> None:
        between = round(self.plan.rules.between_minutes * MINUTE)
        self.record.busy.append((called, now + between))
        self.plan_for(now + between, self.call, post)
        if visitor.stage + 1 < len(self.plan.services[visitor.service].stages):
            visitor.stage += 1
            self.join(now, visitor, now)
        else:
            self.over(visitor, SERVED, now)


def simulate_day(plan: Plan, *, seed: int, day: int) -> Record:
    """One day of the plan; the same seed and day give the same day."""
    return Hall(plan, seed=seed, day=day).pass_day()
