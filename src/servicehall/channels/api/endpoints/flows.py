"""Services that customers do by themselves: which can be begun at a site, and what each consists of."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from servicehall.channels.api.answers import show
from servicehall.channels.api.callers import Request
from servicehall.channels.api.declaring import FlowPath, SitePath, read
from servicehall.channels.api.schemas import requests as forms
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.services import actions, queries


class FlowsQuery(BaseModel):
    """Which services."""

    channel: forms.Channel | None = Field(None, description="those that are offered there; none: all")


def _organisation(site_id: UUID) -> UUID:
    return hall.site(site_id).region.organisation_id


@read("/sites/{site}/flows", forms.Flows, tag="flows", public=True)
def list_flows(request: Request, site: SitePath, wanted: Query[FlowsQuery]) -> HttpResponse:
    """The services that are offered at a site; ``is_open`` says which can be begun now."""
    site_id = request.auth.site(site)
    with request.auth.at(site_id):
        place = hall.site(site_id)
        organisation_id, channel = place.region.organisation_id, wanted.channel or ""
        found = queries.offered(organisation_id, channel=channel, timezone=place.timezone)
    items = [
        {
            "slug": one.slug,
            "names": one.names,
            "summary": one.summary,
            "category": one.category,
            "channels": one.channels,
            "opening": queries.opening_facts(one.opening),
            "is_open": one.is_open,
        }
        for one in found
    ]
    return show(forms.Flows, {"items": items})


@read(
    "/sites/{site}/flows/{flow}", forms.Outline, tag="flows", public=True, refuses=(actions.FlowNotOffered,)
)
def get_flow(request: Request, site: SitePath, flow: FlowPath) -> HttpResponse:
    """A service, step by step, as it is begun now."""
    site_id = request.auth.site(site)
    with request.auth.at(site_id):
        found = queries.outline(_organisation(site_id), flow)
    if found is None:
        raise actions.FlowNotOffered
    return show(forms.Outline, found)
