"""The services of a hall as customers see them, and what a served visit was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count

from servicehall.kernel import clock
from servicehall.rooms.queueing import configuration
from servicehall.rooms.queueing.models import DONE, Counter, Service, Ticket

from . import waits

LONGEST_SERVICE = timedelta(hours=6)
"""A visit that was at a counter longer than this is not looked for as the last one there."""


def _issued_today(setup: configuration.Configuration, today: date) -> dict[UUID, int]:
    """Tickets of the day of each service that has a daily limit (no query when none has)."""
    limited = [s.id for s in setup.services.values() if s.daily_limit is not None]
    if not limited:
        return {}
    found = Ticket.objects.filter(site_id=setup.site, day=today, service_id__in=limited)
    return dict(found.values_list("service_id").annotate(Count("id")))


def service_slugs(organisation_id: UUID) -> frozenset[str]:
    """The short names of the services in use at an organisation's sites (one query)."""
    found = Service.objects.filter(site__region__organisation_id=organisation_id, is_active=True)
    return frozenset(found.values_list("slug", flat=True))


def hall(site_id: UUID, *, at: datetime | None = None) -> dict[str, Any]:
    """The hall's door: open or when it opens, and each service with its queue (five queries at most).

    A hall without a priority class offers nothing: no ticket could be taken (readiness.py says what is missing).
    """
    moment = at or clock.now()
    setup = configuration.of_site(site_id)
    counts = waits.waiting_by_stage(setup)
    work = waits.workforce(setup, moment)
    closes = setup.schedule.closes_at(moment)
    opens = None if closes else setup.schedule.opens_next(moment)
    today = setup.day(moment)
    issued = _issued_today(setup, today)
    services = []
    for service in setup.services.values():
        if not service.is_active or not service.stages or setup.default_class is None:
            continue
        waiting = counts.get(service.stages[0].id, 0)
        span = waits.stage_range(setup, work, service.stages[0].id, waiting)
        everybody = sum(counts.get(s.id, 0) for s in service.stages)
        full = service.max_waiting is not None and everybody >= service.max_waiting
        spent = service.daily_limit is not None and issued.get(service.id, 0) >= service.daily_limit
        state = "closed" if service.closed_on == today else "full" if full or spent else "open"
        services.append(
            {
                "id": str(service.id),
                "slug": service.slug,
                "names": service.names,
                "hint": service.hint,
                "icon": service.icon,
                "prefix": service.prefix,
                "state": state,
                "full_for_today": spent,
                "waiting": waiting,
                "wait_minutes": [span.low, span.high] if span else None,
                "stages": [{"id": str(s.id), "names": s.names} for s in service.stages],
                "priorities": [
                    {
                        "key": c.key,
                        "names": c.names,
                        "rule": c.rule,
                        "is_public": c.is_public,
                        "is_default": c.id == setup.default_class.id,
                    }
                    for c in service.classes
                ],
            }
        )
    return {
        "site": {"id": str(site_id), "slug": setup.slug, "names": setup.names, "timezone": setup.timezone},
        "is_open": closes is not None,
        "closes_at": closes.isoformat() if closes else None,
        "opens_at": opens.isoformat() if opens else None,
        "services": services,
        "zones": [{"id": str(i), "slug": slug, "names": names} for i, (slug, names) in setup.zones.items()],
        "near_places": setup.rules.near_places,
        "postpone_places": setup.rules.postpone_places,
    }


@dataclass(frozen=True, slots=True)
class ServedVisit:
    """A visit that was served: what a rating is about."""

    ticket: UUID
    visit: UUID
    site: UUID
    service: UUID
    counter: UUID | None
    staff: UUID | None
    ended_at: datetime


def _served(ticket: Ticket | None) -> ServedVisit | None:
    if ticket is None or ticket.state != DONE or ticket.ended_at is None:
        return None
    return ServedVisit(
        ticket.pk,
        ticket.visit_id,
        ticket.site_id,
        ticket.service_id,
        ticket.counter_id,
        ticket.staff_id,
        ticket.ended_at,
    )


def served_visit(ticket_id: UUID) -> ServedVisit | None:
    """The served visit of a ticket; None while it is not served."""
    return _served(Ticket.objects.filter(pk=ticket_id).first())


def last_served(counter_id: UUID, *, since: datetime) -> ServedVisit | None:
    """The visit that was served last at a counter, not before ``since``; called in the hours before.

    The call's moment lets the index of last calls find it among millions of past tickets.
    """
    site_id = Counter.objects.filter(pk=counter_id).values_list("site_id", flat=True).first()
    if site_id is None:
        return None
    return _served(
        Ticket.objects.filter(
            site_id=site_id, called_at__gte=since - LONGEST_SERVICE, counter_id=counter_id, state=DONE
        )
        .filter(ended_at__gte=since)
        .order_by("-ended_at")
        .first()
    )
