"""What is asked at the calendar before something is done: one appointment, moving it, booking for somebody, finding."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from servicehall.channels.desk.access import Ground, for_staff, in_hall
from servicehall.channels.desk.fields import id_in, id_or_none, number_in, text_in
from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.rights import Actor
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.customers import queries as customers
from servicehall.rooms.hall import queries as hall

from .drawing import ICONS, TONES
from .showing import RIGHT, rendered, wanted

LOOK = timedelta(days=14)
"""Where a day has no free time, the next one within these days is named."""


def found_in(form: QueryDict, ground: Ground) -> Any:
    """The appointment that a form is about.

    Raises:
        NotFound: there is none at this site.
    """
    row = booking.appointment_at(ground.site_id, id_in(form, "appointment"), actor=ground.actor)
    if row is None:
        raise NotFound
    return row


def day_in(form: QueryDict, name: str, default: date) -> date:
    """A day of a form.

    Raises:
        BadInput: it is none.
    """
    text = form.get(name, "").strip()
    try:
        found = date.fromisoformat(text) if text else default
    except ValueError:
        raise BadInput(_("Enter a date.")) from None
    if found.year not in clock.YEARS:
        raise BadInput(_("Enter a date."))
    return found


def _one(form: QueryDict, ground: Ground) -> dict[str, Any]:
    row = found_in(form, ground)
    now = clock.now()
    early = row.starts_at - timedelta(minutes=row.offer.early)
    return {
        "row": row,
        "tone": TONES.get(row.state, "neutral"),
        "icon": ICONS.get(row.state, "calendar"),
        "resources": list({one.resource_id: one.resource for one in row.assignments.all()}.values()),
        "may_arrive": row.state in {"booked", "lost"} and now >= early,
        "early": early,
        "may_lose": row.state == "booked" and now >= row.starts_at,
        "may_return": row.state in {"lost", "arrived"},
        "may_end": row.state in {"booked", "arrived"} and row.offer.service_id is None,
        "may_move": row.state == "booked",
    }


def _move(form: QueryDict, ground: Ground) -> dict[str, Any]:
    row = found_in(form, ground)
    resource = id_or_none(form, "resource")
    day = day_in(form, "on", row.day)
    offer = booking.offer_of(ground.site_id, row.offer_id)
    fitting = {pk for need in offer.needs for pk in need}
    return {
        "row": row,
        "on": day,
        "resource": resource,
        "resources_offered": [one for one in booking.resources(ground.site_id) if one.pk in fitting],
        **_times(ground, str(row.offer_id), day, row.people, resource),
    }


def _times(
    ground: Ground, offer: str, day: date, people: int, resource: UUID | None
) -> dict[str, list[datetime] | date | None]:
    """The free times of a day; where there are none, the next day that has some."""
    days = booking.free_times(
        site_id=ground.site_id,
        offer=offer,
        first=day,
        last=day + LOOK,
        people=people,
        by_staff=True,
        resource=resource,
    )
    following = next((one.day for one in days[1:] if one.starts), None)
    return {"times": list(days[0].starts), "next_day": None if days[0].starts else following}


def _book(form: QueryDict, ground: Ground) -> dict[str, Any]:
    zone = hall.site(ground.site_id).timezone
    offers = booking.offers(ground.site_id, public=False)
    if not offers:
        return {"offered": []}
    chosen = next((one for one in offers if one.row.slug == form.get("offer")), offers[0])
    resource = id_or_none(form, "resource")
    fitting = {pk for need in chosen.needs for pk in need}
    resource = resource if resource in fitting else None
    day = day_in(form, "on", clock.local(clock.now(), zone).date())
    people = number_in(form, "people", 1, chosen.row.group_most)
    words = text_in(form, "customer_words", 200)
    context: dict[str, Any] = {
        "offered": [one.row for one in offers],
        "offer": chosen.row,
        "on": day,
        "people": people,
        "resource": resource,
        "resources_offered": [one for one in booking.resources(ground.site_id) if one.pk in fitting],
        "starts": form.get("starts", ""),
        "typed": {name: form.get(name, "")[:500] for name in ("name", "phone", "email", "note")},
        "customer_words": words,
        "may_find": ground.may("customer.see"),
        **_times(ground, str(chosen.row.pk), day, people, resource),
    }
    if words and context["may_find"]:
        organisation = customers.organisation_of_site(ground.site_id)
        context["customers"] = customers.find_customers(organisation, words, actor=ground.actor, limit=10)
        context["customer"] = form.get("customer", "")
    return context


def _cancel(form: QueryDict, ground: Ground) -> dict[str, Any]:
    return {"row": found_in(form, ground)}


def _find(form: QueryDict, ground: Ground) -> dict[str, Any]:
    words = text_in(form, "words", 100)
    rows = booking.search(ground.site_id, words, actor=ground.actor)
    return {"words": words, "rows": [(row, TONES.get(row.state, "neutral")) for row in rows]}


ASKS: dict[str, tuple[Callable[[QueryDict, Ground], dict[str, Any]], str]] = {
    "appointment": (_one, RIGHT),
    "find": (_find, RIGHT),
    "move": (_move, "booking.change"),
    "cancel": (_cancel, "booking.change"),
    "book": (_book, "booking.change"),
}


@sensitive_post_parameters("words", "customer_words", "name", "phone", "email", "note")
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def ask(request: HttpRequest, actor: Actor, site: str, what: str) -> HttpResponse:
    """The dialog's content. By POST, too: names and telephone numbers do not belong into an address."""
    if what not in ASKS:
        raise NotFound
    asks, right = ASKS[what]
    ground = in_hall(actor, site, right)
    form = request.POST if request.method == "POST" else request.GET
    return asked(request, ground, site, what, asks(form, ground))


def asked(
    request: HttpRequest, ground: Ground, slug: str, what: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """The content as it is shown, on top of the page's view."""
    view = shown_addresses(request, ground, slug)
    return rendered(request, f"desk/calendar/ask/{what}.html", {**view, **context}, status=status)


def shown_addresses(request: HttpRequest, ground: Ground, slug: str) -> dict[str, Any]:
    """Where forms of the dialog go: with the query of the page that shows it."""
    zone = str(hall.site(ground.site_id).timezone)
    today = clock.local(clock.now(), zone).date()
    return {
        "slug": slug,
        "zone": zone,
        "today": today,
        "query": wanted(request.GET, today).address(),
        "do": reverse("desk:calendar-act", args=[slug, "x"]).removesuffix("x"),
        "asks": reverse("desk:calendar-ask", args=[slug, "x"]).removesuffix("x"),
        "may_change": ground.may("booking.change"),
    }
