"""Where a ticket stands, who may take it and what ends its claim. Pure rules: no clock, no database.

The actions and the simulated day (rooms/simulation/day) both decide by these. Moments are microseconds since an epoch
of the caller's: only differences count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from .discipline import MINUTE, Candidate, ClassRule, Discipline, key_for_score, ranked


@dataclass(frozen=True, slots=True)
class Choice:
    """Why a ticket is next: its score against the heads of the other groups. ``directed``: it was sent there."""

    score: float
    candidate: Candidate
    directed: UUID | None = None


def can_serve(needed: frozenset[UUID], skills: frozenset[UUID] | None) -> bool:
    """Whether somebody with these skills may serve a stage; of a caller without a person (None) nothing is asked."""
    return skills is None or needed <= skills


def choices(
    discipline: Discipline,
    rules: Mapping[UUID, ClassRule],
    heads: Iterable[Candidate],
    sent: Iterable[tuple[UUID, UUID, UUID, int]],
    now: int,
) -> list[Choice]:
    """Who could be called, the next one first: the heads of the groups, and (ticket, stage, class, arrival) sent there."""
    found = [Choice(score, candidate) for score, candidate in ranked(discipline, rules, heads, now)]
    found += [
        Choice(discipline.score(rules[group], key, now), Candidate(stage, group, key), ticket)
        for ticket, stage, group, key in sent
    ]
    return sorted(found, key=lambda c: (-c.score, c.candidate.order_key))


def key_behind(
    discipline: Discipline,
    rules: Mapping[UUID, ClassRule],
    own: Candidate,
    behind: Iterable[Candidate],
    *,
    places: int,
    now: int,
) -> int:
    """The arrival that lets the next ``places`` of those ``behind`` go first (all of them, when fewer)."""
    others = [
        c
        for _score, c in ranked(discipline, rules, behind, now)
        if not (c.priority == own.priority and c.order_key == own.order_key)
    ][:places]
    if not others:
        return max(own.order_key, 0)
    last = others[-1]
    key = key_for_score(discipline, rules[own.priority], rules[last.priority], last.order_key, now)
    return max(key, own.order_key)


def may_return(missed_at: int, at: int, minutes: int) -> bool:
    """Whether somebody who missed the call may still rejoin."""
    return at - missed_at <= minutes * MINUTE


def is_reached(count: Callable[[], int], most: int | None) -> bool:
    """Whether a limit (of those who wait, of a day's tickets) leaves nobody in any more; None: there is no limit."""
    return most is not None and count() >= most


AT_TIME, BEFORE, FRONT = "booked", "lead", "front"


def booked_key(booked: int, arrived: int, *, lead: int, late: int, rule: str = BEFORE, wait: int = 0) -> int:
    """The virtual arrival of somebody with an appointment who checks in at ``arrived``.

    * ``booked``: as if they had come at the booked time.
    * ``lead``: as if they had come ``lead`` before it; a short one keeps them from overtaking all who walked in.
    * ``front``: as long before it as the line is long now (``wait``: how long whoever is next has waited), ``lead`` at
      most: who comes on time is next at about the booked time.

    To be early gains nothing. Who comes more than ``late`` after the time stands as a walk-in of that moment. Nobody is
    passed without end, because the number of the booked is limited by their times.

    Raises:
        ValueError: there is no such rule.
    """
    if arrived > booked + late:
        return arrived
    if rule not in {AT_TIME, BEFORE, FRONT}:
        raise ValueError(rule)
    return booked - {AT_TIME: 0, BEFORE: lead, FRONT: min(max(wait, 0), lead)}[rule]
