"""The look at the load every few seconds: what fires, what is over. Done by the worker, safely by several at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from servicehall.kernel import clock
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import set_timer
from servicehall.kernel.transactions import transaction
from servicehall.rooms.diversion import doing, standing
from servicehall.rooms.diversion.events import LoadBegun, LoadOver, LoadProposed
from servicehall.rooms.diversion.hysteresis import Watched, step
from servicehall.rooms.diversion.measures import Load, value_of
from servicehall.rooms.diversion.models import OVER, PROPOSED, RUNNING, Episode, LoadRule, Watch
from servicehall.rooms.diversion.standing import Calendar
from servicehall.rooms.queueing import queries as queueing

AFTERWARDS = "diversion.afterwards"
HALF_HOUR = timedelta(minutes=30)
SEEN_EVERY = timedelta(seconds=30)
"""While a measure is on its way, that somebody looks is noted so often; see ``hysteresis.GAP``."""


def rules_to_watch(site_id: UUID, only: Iterable[UUID] | None = None) -> list[LoadRule]:
    """The site's rules in use, and those whose load is not over, with their services (three queries)."""
    opened = Episode.objects.filter(rule=OuterRef("pk"), over_at=None)
    rows = LoadRule.objects.filter(site_id=site_id).filter(Q(is_active=True) | Exists(opened))
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    return list(rows.annotate(has_open=Exists(opened)).select_related("watch").prefetch_related("services"))


def watched(rule: LoadRule) -> Watched:
    """How far a rule of :func:`rules_to_watch` has come."""
    row = getattr(rule, "watch", None)
    is_on = bool(getattr(rule, "has_open", False))
    if row is None:
        return Watched(is_on=is_on)
    return Watched(is_on, row.beyond_since, row.calm_since, row.seen_at)


def _next(rule: LoadRule, load: Load, at: datetime, calendar: Calendar) -> tuple[Watched, float | None]:
    value = value_of(rule.measure, load, [one.pk for one in rule.services.all()])
    if not standing.applies_at(rule, at, calendar):
        return Watched(), value
    return step(watched(rule), value, standing.limits_of(rule), at), value


def _differs(before: Watched, after: Watched) -> bool:
    """Whether it has to be written: where it stands, or that somebody still looks."""
    if (before.is_on, before.beyond_since, before.calm_since) != (
        after.is_on,
        after.beyond_since,
        after.calm_since,
    ):
        return True
    return bool(before.seen_at and after.seen_at and after.seen_at - before.seen_at >= SEEN_EVERY)


def watch_site(site_id: UUID, *, at: datetime | None = None) -> int:
    """Look at a site's load and do what its rules say; returns how many rules fired or were over.

    What is read outside of the site's line only tells whether to enter it; there it is read again, so that two
    workers at once act once.

    Raises:
        NotFound: there is no such site in use.
    """
    moment = at or clock.now()
    rules = rules_to_watch(site_id)
    if not rules:
        return 0
    calendar = standing.calendar_of(site_id, rules, moment, moment)
    load = standing.load_of(site_id, moment)
    due = [rule.pk for rule in rules if _differs(watched(rule), _next(rule, load, moment, calendar)[0])]
    if not due:
        return 0
    acted = 0
    with transaction(site_id):
        for rule in rules_to_watch(site_id, due):
            before = watched(rule)
            after, value = _next(rule, load, moment, calendar)
            if after.is_on and not before.is_on:
                begin(rule, value or 0.0, moment)
            elif before.is_on and not after.is_on:
                finish(rule, moment)
            acted += before.is_on != after.is_on
            Watch.objects.update_or_create(
                rule=rule,
                defaults={
                    "beyond_since": after.beyond_since,
                    "calm_since": after.calm_since,
                    "seen_at": after.seen_at,
                },
            )
    return acted


def named(episode: Episode) -> dict[str, Any]:
    """The fields that every fact about an episode has."""
    rule = episode.rule
    return {"episode": episode.pk, "rule": rule.pk, "rule_names": rule.names, "action": rule.action}


def stretch(rule: LoadRule, start: datetime, end: datetime) -> dict[str, Any]:
    """The waits of those called in a stretch of time, of the rule's services."""
    services = [one.pk for one in rule.services.all()]
    found = queueing.waits_called(rule.site_id, start, end, services=services)
    return {"count": found.count, "mean": found.mean}


def begin(rule: LoadRule, value: float, at: datetime) -> Episode:
    """The rule fires: propose, or do it at once."""
    episode = Episode.objects.create(
        site_id=rule.site_id, rule=rule, state=PROPOSED, value=round(value, 2), began_at=at,
        before=stretch(rule, at - HALF_HOUR, at),
    )  # fmt: skip
    if rule.mode == LoadRule.Mode.AUTOMATIC:
        take_effect(episode, at)
    else:
        fact = LoadProposed(**named(episode), measure=rule.measure, value=episode.value)
        record(fact, actor=SYSTEM, at=at, subject_id=episode.pk)
    return episode


def take_effect(episode: Episode, at: datetime) -> None:
    """The action runs from now on."""
    episode.did = doing.carry_out(episode.rule, at)
    episode.state, episode.started_at = RUNNING, at
    episode.save()
    fact = LoadBegun(**named(episode), measure=episode.rule.measure, value=episode.value, did=episode.did)
    record(fact, actor=SYSTEM, at=at, subject_id=episode.pk)


def stop(episode: Episode, at: datetime) -> bool:
    """The action runs no more; whether something was left as a person had changed it."""
    left = doing.undo(episode, at)
    episode.stopped_at = at
    episode.meanwhile = stretch(episode.rule, episode.started_at or episode.began_at, at)
    set_timer(AFTERWARDS, str(episode.pk), at + HALF_HOUR, site_id=episode.site_id)
    return left


def finish(rule: LoadRule, at: datetime) -> None:
    """The load is over: what runs is taken back, what was only proposed is withdrawn."""
    episode = Episode.objects.filter(rule=rule, over_at=None).first()
    if episode is None:
        return
    episode.rule = rule
    was, left = episode.state, False
    if was == RUNNING:
        left = stop(episode, at)
    episode.state = OVER if was in {RUNNING, PROPOSED} else was
    episode.over_at = at
    episode.save()
    fact = LoadOver(**named(episode), was=was, left=left)
    record(fact, actor=SYSTEM, at=at, subject_id=episode.pk)
