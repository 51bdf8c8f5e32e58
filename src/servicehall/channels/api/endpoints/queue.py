"""A site's queue: who waits, the board, the figures, the log; services closed for today."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from servicehall.channels.api.answers import rendered, show, write
from servicehall.channels.api.callers import Request, checked
from servicehall.channels.api.declaring import ServicePath, SitePath, read, written
from servicehall.channels.api.schemas import places, queue
from servicehall.channels.api.schemas.base import Nothing, QueryDate
from servicehall.kernel import events
from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import allow
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import actions
from servicehall.rooms.queueing import queries as queueing

LAST_SEQ = 2**62


class QueueQuery(BaseModel):
    """How much of the queue."""

    limit: Annotated[int, Field(ge=1, le=500)] = Field(50, description="waiting tickets at most")


class BoardQuery(BaseModel):
    """Which board."""

    zone: str | None = Field(
        None, description="short name of a zone; none: the whole site", examples=["open"]
    )


class FiguresQuery(BaseModel):
    """Which figures."""

    day: QueryDate | None = Field(None, description="a business day; none: today")
    zone: str | None = Field(None, description="short name of a zone: its counters and what they serve")


class EventsQuery(BaseModel):
    """Which part of the log."""

    after: Annotated[int, Field(ge=0, le=LAST_SEQ)] = Field(0, description="events with a higher `seq`")
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


@read("/sites/{site}/queue", queue.Queue, tag="queue")
def get_queue(request: Request, site: SitePath, wanted: Query[QueueQuery]) -> HttpResponse:
    """Who waits at a site, in calling order; who is at a counter, on hold, or missed the call."""
    site_id = request.auth.site(site)
    with request.auth.at(site_id):
        found = queueing.queue(site_id, actor=request.auth.actor, limit=wanted.limit)
    if not request.auth.actor.may("queue.call", site_id):
        for part in ("directed", "at_counters", "held", "missed"):
            found[part] = [{**t, "note": "", "reason": "", "for_staff": None} for t in found[part]]
    return show(queue.Queue, found)


@read("/sites/{site}/board", queue.Board, tag="queue", public=True)
def get_board(request: Request, site: SitePath, wanted: Query[BoardQuery]) -> HttpResponse:
    """What a display board shows, for one zone or the whole site."""
    site_id = request.auth.site(site)
    zone = checked(wanted.zone) if wanted.zone else None
    with request.auth.at(site_id):
        return show(queue.Board, queueing.board(site_id, zone))


@read("/sites/{site}/figures", queue.SiteFigures, tag="queue")
def get_figures(request: Request, site: SitePath, wanted: Query[FiguresQuery]) -> HttpResponse:
    """A site's day in figures: in all, by service, counter and hour, and what waits now."""
    site_id = request.auth.site(site)
    zone = hall.zone(site_id, checked(wanted.zone)).pk if wanted.zone else None
    with request.auth.at(site_id):
        found = queueing.site_figures(site_id, actor=request.auth.actor, day=wanted.day, zone=zone)
    return show(queue.SiteFigures, found)


@read("/sites/{site}/events", queue.Events, tag="queue")
def list_events(request: Request, site: SitePath, wanted: Query[EventsQuery]) -> HttpResponse:
    """What happened at a site, from the log, oldest first. Live: `/live/sites/{site}`."""
    site_id = request.auth.site(site)
    allow(request.auth.actor, "events.read", site_id)
    found = [
        {
            "seq": e.seq,
            "kind": e.kind,
            "version": e.version,
            "at": e.at.isoformat(),
            "actor_kind": e.actor_kind,
            "actor_id": str(e.actor_id) if e.actor_id else None,
            "channel": e.channel,
            "visit_id": str(e.visit_id) if e.visit_id else None,
            "subject_id": str(e.subject_id) if e.subject_id else None,
            "data": e.data,
        }
        for e in events.after(site_id, wanted.after, wanted.limit)
    ]
    return show(queue.Events, {"items": found, "last": found[-1]["seq"] if found else wanted.after})


def _service(site_id: UUID, ref: str) -> bytes:
    """The service as it stands now.

    Raises:
        NotFound: it is not in use.
    """
    for one in queueing.hall(site_id)["services"]:
        if ref in (one["id"], one["slug"]):
            return rendered(places.Service, one)
    raise NotFound


@written("/sites/{site}/services/{service}/close", places.Service, tag="queue")
def close_service(request: Request, site: SitePath, service: ServicePath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """No more tickets for a service today; who waits is still served."""
    site_id, by = request.auth.site(site), request.auth.actor
    ref = checked(service)
    with request.auth.at(site_id):
        return write(
            request,
            site_id,
            lambda: actions.close_service(site_id=site_id, service=ref, by=by),
            lambda _: _service(site_id, ref),
        )


@written("/sites/{site}/services/{service}/reopen", places.Service, tag="queue")
def reopen_service(request: Request, site: SitePath, service: ServicePath, body: Nothing) -> HttpResponse:  # noqa: ARG001
    """Tickets for the service again."""
    site_id, by = request.auth.site(site), request.auth.actor
    ref = checked(service)
    with request.auth.at(site_id):
        return write(
            request,
            site_id,
            lambda: actions.reopen_service(site_id=site_id, service=ref, by=by),
            lambda _: _service(site_id, ref),
        )
