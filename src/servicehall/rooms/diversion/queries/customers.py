"""What customers meet of the load watch: offers before a ticket, notices while they wait, kiosks with other services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from servicehall.kernel import clock
from servicehall.kernel.languages import Text
from servicehall.rooms.diversion import outside
from servicehall.rooms.diversion.models import RUNNING, Episode, LoadRule
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.services import queries as services

Action = LoadRule.Action
MOST_SITES = 6
"""So many other sites are compared with one another."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Something instead of a ticket here.

    ``kind`` is time, site or channel; ``site`` and ``flow`` are short names for an address; ``names`` are those of the
    site or service offered, ``wait`` its expected minutes, ``km`` how far it is as the crow flies.
    """

    episode: UUID
    kind: str
    site: str
    service: str = ""
    flow: str = ""
    names: Text | None = None
    wait: tuple[int, int] | None = None
    km: float | None = None


def _running(site_id: UUID, *actions: str) -> list[Episode]:
    """The episodes in effect with one of these actions (one query while there is none)."""
    rows = Episode.objects.filter(site_id=site_id, over_at=None, state=RUNNING, rule__action__in=actions)
    return list(rows.select_related("rule__other_site").prefetch_related("rule__services").order_by("pk"))


def _concerns(rule: LoadRule, service: str) -> bool:
    found = [one.slug for one in rule.services.all()]
    return not found or service in found


def offers(site_id: UUID, service: str, *, at: datetime | None = None) -> list[Offer]:
    """What is offered to whoever is about to take a ticket for a service (short name); one of each kind.

    One query while nothing is in effect. Another site is offered only where it is open and its wait is shorter.
    """
    found: dict[str, Offer] = {}
    moment = at or clock.now()
    for episode in _running(site_id, Action.OFFER_TIME, Action.OFFER_SITE, Action.OFFER_CHANNEL):
        kind = str(episode.rule.action).removeprefix("offer-")
        if kind in found or not _concerns(episode.rule, service):
            continue
        offer = _offer(episode, kind, service, moment)
        if offer is not None:
            found[kind] = offer
    return list(found.values())


def _offer(episode: Episode, kind: str, service: str, at: datetime) -> Offer | None:
    site = hall.site(episode.site_id)
    if kind == "time":
        return Offer(episode.pk, kind, site.slug, service) if outside.can_book(site.pk) else None
    if kind == "channel":
        offered = services.offered(
            site.region.organisation_id, channel="phone", timezone=site.timezone, at=at
        )
        flow = next((one for one in offered if one.slug == episode.rule.flow and one.is_open), None)
        return Offer(episode.pk, kind, site.slug, service, flow.slug, flow.names) if flow else None
    return _other_site(episode, service, at)


def _high_end(site_id: UUID, service: str, at: datetime) -> tuple[int, int] | None:
    """The expected wait of a service at a site that is open for it; None: none can be told."""
    door = queueing.hall(site_id, at=at)
    one = next((s for s in door["services"] if s["slug"] == service and s["state"] == "open"), None)
    if not door["is_open"] or one is None or one["wait_minutes"] is None:
        return None
    low, high = one["wait_minutes"]
    return int(low), int(high)


def _other_site(episode: Episode, service: str, at: datetime) -> Offer | None:
    """A site that is open for the service and quicker: the named one, else the best of the organisation.

    Where the rule states a distance and it is known where the sites are: the nearest one within it, else one of which
    that is not known. Otherwise the one with the shortest wait, its own region's first among equals.
    """
    site, rule = hall.site(episode.site_id), episode.rule
    others = hall.open_sites().filter(region__organisation_id=site.region.organisation_id).exclude(pk=site.pk)
    others = others.filter(pk=rule.other_site_id) if rule.other_site_id else others.order_by("slug")
    within = None if rule.other_site_id else rule.within_km
    known = [(hall.distance_km(site, one), one) for one in others]
    near = [(km, one) for km, one in known if within is None or km is None or km <= within]
    near.sort(key=lambda one: (one[0] is None, one[0] or 0.0, one[1].region_id != site.region_id))
    here = _high_end(site.pk, service, at)
    found = []
    for km, other in near[:MOST_SITES]:
        wait = _high_end(other.pk, service, at)
        if wait is None or (here is not None and wait[1] >= here[1]):
            continue
        offer = Offer(episode.pk, "site", other.slug, service, names=other.names, wait=wait, km=km)
        if within is not None and km is not None:
            return offer
        found.append((wait[1], other.region_id != site.region_id, offer))
    return min(found, key=lambda one: one[:2])[2] if found else None


def notices(site_id: UUID, service: str) -> list[Text]:
    """What those who wait for a service (short name) are told (one query while there is nothing to tell)."""
    return [
        episode.rule.notice
        for episode in _running(site_id, Action.NOTICE)
        if _concerns(episode.rule, service)
    ]


def hidden_at_kiosks(site_id: UUID) -> frozenset[str]:
    """Short names of the services that kiosks do not show now (one query while no rule says anything of kiosks)."""
    running = Episode.objects.filter(rule=OuterRef("pk"), state=RUNNING, over_at=None)
    rules: Sequence[LoadRule] = list(
        LoadRule.objects.filter(
            site_id=site_id, is_active=True, action__in=[Action.HIDE_SERVICES, Action.SHOW_SERVICES]
        )
        .annotate(is_running=Exists(running))
        .prefetch_related("kiosk_services")
    )
    hidden: set[str] = set()
    shown: set[str] = set()
    for rule in rules:
        slugs = {one.slug for one in rule.kiosk_services.all()}
        is_running = bool(getattr(rule, "is_running", False))
        if rule.action == Action.HIDE_SERVICES and is_running:
            hidden |= slugs
        elif rule.action == Action.SHOW_SERVICES:
            (shown if is_running else hidden).update(slugs)
    return frozenset(hidden - shown)
