"""What the actions of rules do, and how that is taken back: by the acts of the rooms whose things they change.

In the site's line. What was really changed is returned, and only that is taken back; a counter whose services a person
has changed meanwhile is left as that person wanted it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import events
from servicehall.kernel.models import Event
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.queueing import actions as queue

from .models import RUNNING, Episode, LoadRule, Plan


def lend(site_id: UUID, counter_id: UUID, stages: Collection[UUID], at: datetime) -> dict[str, Any]:
    """Let a counter serve more stages for the time being; which of them it did not serve before."""
    added, _none = queue.change_counter_stages(
        site_id=site_id, counter_id=counter_id, add=stages, by=SYSTEM, at=at
    )
    return {
        "counter": str(counter_id),
        "added": sorted(str(one) for one in added),
        "seq": events.last_seq(site_id),
    }


def take_back(site_id: UUID, did: Mapping[str, Any], at: datetime, *, besides: UUID) -> bool:
    """Take back what :func:`lend` did; whether it was left because a person changed the counter meanwhile.

    ``besides``: the episode or plan that it was for. What another one still lends stays, and becomes that one's.
    """
    if not did.get("added"):
        return False
    counter = str(did["counter"])
    if _changed_by_people(site_id, counter, int(did["seq"])):
        return True
    wanted = _wanted_by_others(site_id, counter, besides)
    gone = [UUID(one) for one in did["added"] if one not in wanted]
    queue.change_counter_stages(site_id=site_id, counter_id=UUID(counter), remove=gone, by=SYSTEM, at=at)
    return False


def _changed_by_people(site_id: UUID, counter: str, seq: int) -> bool:
    rows = Event.objects.filter(site_id=site_id, seq__gt=seq, kind="setup.changed").exclude(
        actor_kind="system"
    )
    return any(
        data.get("thing") == "queueing.counter"
        and data.get("id") == counter
        and "stages" in (data.get("fields") or ["stages"])
        for data in rows.values_list("data", flat=True)
    )


def _wanted_by_others(site_id: UUID, counter: str, besides: UUID) -> set[str]:
    """Stages that other episodes and plans lend to the counter, or wanted to and found there already.

    Who found them there takes over the duty to take them back.
    """
    found: set[str] = set()
    running = Episode.objects.filter(
        site_id=site_id, state=RUNNING, over_at=None, rule__action=LoadRule.Action.COUNTER_SERVICES,
        rule__counter_id=counter,
    ).exclude(pk=besides)  # fmt: skip
    for episode in running.prefetch_related("rule__stages"):
        wanted = {str(one.pk) for one in episode.rule.stages.all()}
        added = set(episode.did.get("added", []))
        _take_over(episode, "did", {**episode.did, "added": sorted(added | wanted)})
        found |= wanted
    for plan in Plan.objects.filter(site_id=site_id, state=Plan.State.APPLIED).exclude(pk=besides):
        for line in plan.did.get("counters", []):
            if line["counter"] == counter:
                line["added"] = sorted({*line["added"], *line.get("wanted", [])})
                found |= set(line["added"])
        _take_over(plan, "did", plan.did)
    return found


def _take_over(row: Episode | Plan, name: str, value: Any) -> None:
    setattr(row, name, value)
    row.save(update_fields=[name])


def carry_out(rule: LoadRule, at: datetime) -> dict[str, Any]:
    """Do what the rule says; what was really changed."""
    if rule.action == LoadRule.Action.COUNTER_SERVICES and rule.counter_id:
        return lend(rule.site_id, rule.counter_id, [one.pk for one in rule.stages.all()], at)
    # The others change no other room's rows: pages and kiosks look at the episodes that run.
    return {}


def undo(episode: Episode, at: datetime) -> bool:
    """Take back what the episode's action did; whether it was left because of what a person changed meanwhile."""
    return take_back(episode.site_id, episode.did, at, besides=episode.pk)
