"""Who is at the desk and where: the signed-in person, the hall, the counter. No rules of the queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Ground:
    """Where somebody acts: a hall, and on the desk a counter of it."""

    site_id: UUID
    actor: Actor
    counter_id: UUID | None = None

    def may(self, right: str) -> bool:
        """Whether the person holds the right in this hall."""
        return self.actor.may(right, self.site_id)

    @property
    def supervises(self) -> bool:
        return self.may("queue.supervise")


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request") == "true"


def for_staff(
    view: Callable[Concatenate[HttpRequest, Actor, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for signed-in staff: the view gets the actor. Others are led to the sign-in and back."""

    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user: Any = request.user
        if not user.is_authenticated:
            return _to_sign_in(request)
        answer = view(request, people.actor_of(user, "desk"), *args, **kwargs)
        answer.setdefault("Cache-Control", "no-store")
        return answer

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", page)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if not is_part(request):
        back = request.get_full_path() if request.method == "GET" else reverse("desk:start")
        return redirect_to_login(back, reverse("account_login"))
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = f"{shown.path}?{shown.query}" if shown.query else shown.path or reverse("desk:start")
    answer = HttpResponse(status=401)
    answer["HX-Redirect"] = redirect_to_login(back, reverse("account_login")).url
    return answer


def at_counter(actor: Actor, counter_id: UUID) -> Ground:
    """The ground of a counter's screen.

    Raises:
        NotFound: there is no such counter in a hall that the person has to do with.
        NotAllowed: the person does not serve there.
    """
    counter, site_id = queueing.site_of_counter(counter_id)
    allow(actor, "queue.call", site_id)
    return Ground(site_id, actor, counter)


def in_hall(actor: Actor, slug: str, right: str = "queue.call") -> Ground:
    """The ground of a hall's page.

    Raises:
        NotFound: there is no such hall for this person.
        NotAllowed: the person lacks the right there.
    """
    site = hall.site(slug, actor=actor)
    allow(actor, right, site.pk)
    return Ground(site.pk, actor)


def halls_of(actor: Actor) -> list[Any]:
    """The halls in which the person may serve, with their regions."""
    return list(hall.sites_seen(actor, "queue.call").order_by("region__slug", "slug"))
