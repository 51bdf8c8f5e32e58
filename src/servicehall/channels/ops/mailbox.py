"""The mailbox: messages to customers that stayed here because the hall has no provider for them."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from servicehall.kernel import clock
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.messages import actions as messages
from servicehall.rooms.messages import queries as message_queries
from servicehall.rooms.people import queries as people

from . import asking
from .frame import frame

RIGHT = "mailbox.see"


@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The mailbox of the first site where the reader may read it."""
    return asking.first_with(request, RIGHT, "ops:mailbox")


@never_cache
@require_GET
def mailbox(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest messages of the site's organisation. That they were read is recorded."""
    actor = asking.watcher(request)
    place = asking.place(slug, actor)
    organisation = customers.organisation_of_site(place.id)
    found = messages.open_mailbox(organisation_id=organisation, place=place.id, by=actor)
    with timezone.override(place.timezone):
        context = {
            "place": place,
            "messages_kept": found,
            "ends": message_queries.ends(organisation, clock.now() - timedelta(days=1)),
            "is_demo": people.is_demo(),
            "here": "mailbox",
            **frame(actor, site=place.id),
        }
        return render(request, "ops/mailbox.html", context)
