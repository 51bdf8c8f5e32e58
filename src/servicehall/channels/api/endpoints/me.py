"""Whose token this is and what it may do."""

from __future__ import annotations

from django.http import HttpResponse

from servicehall.channels.api.answers import show
from servicehall.channels.api.callers import Request
from servicehall.channels.api.declaring import read
from servicehall.channels.api.schemas.places import Me
from servicehall.kernel.rights import ROLES
from servicehall.rooms.hall import queries as hall


@read("/me", Me, tag="caller")
def get_me(request: Request) -> HttpResponse:
    """Whose token this is, its roles, and what it may do at which site."""
    actor = request.auth.actor
    every = sorted({right for rights in ROLES.values() for right in rights})
    found = {
        "kind": actor.kind,
        "id": str(actor.id),
        "name": actor.name,
        "roles": sorted({grant.role for grant in actor.grants}),
        "sites": [
            {
                "id": str(site.pk),
                "slug": site.slug,
                "names": site.names,
                "is_rehearsal": site.is_rehearsal,
                "rights": [right for right in every if actor.may(right, site.pk)],
            }
            for site in hall.sites_seen(actor)
        ],
    }
    return show(Me, found)
