"""The load watch of a site, to read."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from servicehall.channels.api.answers import show
from servicehall.channels.api.callers import Request
from servicehall.channels.api.declaring import SitePath, read
from servicehall.channels.api.schemas import load
from servicehall.rooms.diversion import queries as diversion


def _rule(one: diversion.RuleNow) -> dict[str, Any]:
    rule = one.rule
    return {
        "id": str(rule.pk),
        "names": rule.names,
        "measure": rule.measure,
        "services": [service.slug for service in rule.services.all()],
        "threshold": rule.threshold,
        "over_at": rule.over_at,
        "hold_minutes": rule.hold_minutes,
        "calm_minutes": rule.calm_minutes,
        "action": rule.action,
        "mode": rule.mode,
        "is_active": rule.is_active,
        "value": one.value,
        "is_beyond": one.is_beyond,
    }


def _episode(one: diversion.EpisodeView) -> dict[str, Any]:
    row = one.row
    return {
        "id": str(row.pk),
        "rule": str(row.rule_id),
        "state": row.state,
        "value": row.value,
        "began_at": row.began_at.isoformat(),
        "started_at": row.started_at.isoformat() if row.started_at else None,
        "taken": row.taken,
    }


@read("/sites/{site}/load", load.Load, tag="queue")
def get_load(request: Request, site: SitePath) -> HttpResponse:
    """The rules of the load watch with what they measure now, and the loads that are not over."""
    site_id, actor = request.auth.site(site), request.auth.actor
    with request.auth.at(site_id):
        rules = diversion.load_now(site_id, actor=actor)
        episodes = diversion.open_episodes(site_id, actor=actor)
    return show(
        load.Load, {"rules": [_rule(one) for one in rules], "episodes": [_episode(one) for one in episodes]}
    )
