"""What stands around the back office: its sidebar, its first page, the way in and out.

The pages themselves are the rooms' (``rooms/*/admin.py``).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from servicehall.kernel.errors import NotAllowed, NotSignedIn
from servicehall.kernel.languages import say
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing

RIGHT = "setup.see"


def stylesheet(_request: HttpRequest) -> str:
    """Our own touches on the theme: type faces with Chinese, contrast."""
    return static("ops/back-office.css")


def colours(_request: HttpRequest) -> str:
    """The theme's colours, as a file."""
    return static("ops/back-office-colours.css")


def no_inline_colours(_request: HttpRequest) -> dict[str, dict[str, str]]:
    """What the theme would write into each page as a style, which the pages' policy forbids."""
    return {}


def alpine(_request: HttpRequest) -> str:
    """What the theme's pages say in words that the Alpine without evaluation does not know."""
    return static("ops/back-office-alpine.js")


def script(_request: HttpRequest) -> str:
    """What the theme's pages lack for screen readers."""
    return static("ops/back-office.js")


def icon(_request: HttpRequest) -> str:
    """The product's sign."""
    return static("look/mark.svg")


# --- The sidebar, in the order in which one sets a hall up -----------------------------------------


def _item(request: HttpRequest, title: str, icon: str, model: str) -> dict[str, Any] | None:
    app, name = model.split(".")
    pages = next((p for m, p in admin.site._registry.items() if m._meta.label_lower == model), None)
    if pages is None or not pages.has_module_permission(request):
        return None
    try:
        link = reverse(f"admin:{app}_{name}_changelist")
    except NoReverseMatch:
        return None
    return {"title": title, "icon": icon, "link": link}


def _webhooks(request: HttpRequest) -> dict[str, Any] | None:
    actor = people.actor_of(request.user, "admin") if request.user.is_authenticated else None
    if actor is None or actor.sites("webhook.change") == frozenset():
        return None
    return {"title": _("Webhooks"), "icon": "webhook", "link": reverse("ops:webhooks-first")}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups of the sidebar with what this reader may see."""
    groups: list[tuple[str, list[dict[str, Any] | None]]] = [
        (
            "",
            [
                {"title": _("What is missing"), "icon": "checklist", "link": reverse("admin:index")},
                {"title": _("Overview"), "icon": "monitoring", "link": reverse("ops:overview")},
            ],
        ),
        (
            _("1. Places"),
            [
                _item(request, _("Organisations"), "domain", "hall.organisation"),
                _item(request, _("Regions"), "map", "hall.region"),
                _item(request, _("Sites and hours"), "storefront", "hall.site"),
                _item(request, _("Zones"), "grid_view", "hall.zone"),
            ],
        ),
        (
            _("2. Services"),
            [
                _item(request, _("Priority classes"), "accessible", "queueing.priorityclass"),
                _item(request, _("Number series"), "tag", "queueing.series"),
                _item(request, _("Skills"), "school", "people.skill"),
                _item(request, _("Services and stages"), "concierge", "queueing.service"),
            ],
        ),
        (
            _("3. Counters"),
            [
                _item(request, _("Counters"), "desk", "queueing.counter"),
                _item(request, _("Queue rules"), "rule", "queueing.queuerules"),
                _item(request, _("Boards"), "tv", "board.screen"),
                _item(request, _("Payment accounts"), "payments", "payments.account"),
            ],
        ),
        (
            _("4. People"),
            [
                _item(request, _("Staff and roles"), "badge", "people.staff"),
                _item(request, _("API tokens"), "key", "people.apitoken"),
                _item(request, _("Connectors"), "cable", "connectors.connector"),
                _webhooks(request),
            ],
        ),
        (
            _("Customers' data"),
            [
                _item(request, _("Purposes"), "handshake", "customers.purpose"),
                _item(request, _("Retention"), "auto_delete", "kernel.retentionrule"),
            ],
        ),
        (_("Feedback"), [_item(request, _("Ratings"), "star", "feedback.rating")]),
    ]
    return [
        {"title": title, "items": [item for item in items if item]} for title, items in groups if any(items)
    ]


# --- The first page: what is missing before a hall can open ----------------------------------------


def first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds each site's checklist to the first page's context."""
    if not request.user.is_authenticated:
        raise NotSignedIn
    actor = people.actor_of(request.user, "admin")
    sites = list(hall.sites_seen(actor, RIGHT).order_by("slug"))
    gaps = queueing.gaps([s.pk for s in sites])
    found = [
        {
            "names": site.names,
            "slug": site.slug,
            "edit": reverse("admin:hall_site_change", args=[site.pk]),
            "steps": _steps(str(site.pk), {gap.kind: gap.names for gap in gaps[site.pk]}),
            "missing": len(gaps[site.pk]),
        }
        for site in sites
    ]
    found.sort(key=lambda one: not one["missing"])
    may_add = admin.site._registry[hall.sites_seen(actor).model].has_add_permission(request)
    return {**context, "halls": found, "title": _("What is missing"), "may_add_site": may_add}


def _steps(site: str, missing: dict[Any, Any]) -> list[dict[str, Any]]:
    """The checklist in the order of setting up: what is done, what is missing, where to do it."""
    of_site = urlencode({"site": site})

    def link(name: str, *, add: bool = False) -> str:
        page = f"admin:{name}_add" if add else f"admin:{name}_changelist"
        return f"{reverse(page)}?{of_site}"

    def about(kind: str) -> str:
        return _(", ").join(say(names) for names in missing.get(kind, ()))

    steps = [
        (
            "no-floors",
            _("Floors"),
            _("Add at least one floor, at the end of the site's page; zones lie on floors."),
            reverse("admin:hall_site_change", args=[site]),
        ),
        (
            "no-zones",
            _("Zones"),
            _("Add the zones that counters and boards stand in."),
            link("hall_zone", add=True),
        ),
        (
            "no-hours",
            _("Opening hours"),
            _("Say when the hall is open; outside these hours nobody can take a ticket."),
            reverse("admin:hall_site_change", args=[site]),
        ),
        (
            "no-class",
            _("Priority classes"),
            _("Add at least the ordinary class; until then nobody can take a ticket."),
            link("queueing_priorityclass", add=True),
        ),
        (
            "no-series",
            _("Number series"),
            _("Add a prefix for ticket numbers, such as A."),
            link("queueing_series", add=True),
        ),
        (
            "no-services",
            _("Services"),
            _("Add what customers come for."),
            link("queueing_service", add=True),
        ),
        (
            "service-without-stage",
            _("Stages"),
            _("Without a stage nobody can be served: %(services)s")
            % {"services": about("service-without-stage")},
            link("queueing_service"),
        ),
        (
            "no-counters",
            _("Counters"),
            _("Add the counters at which customers are served."),
            link("queueing_counter", add=True),
        ),
        (
            "stage-without-counter",
            _("Counters for every service"),
            _("No counter serves: %(services)s") % {"services": about("stage-without-counter")},
            link("queueing_counter"),
        ),
        (
            "no-staff",
            _("Staff"),
            _("Give somebody a role at this hall."),
            reverse("admin:people_staff_add"),
        ),
        (
            "stage-without-skill",
            _("Skills"),
            _("Nobody here has the skills for: %(services)s") % {"services": about("stage-without-skill")},
            reverse("admin:people_staff_changelist"),
        ),
    ]
    return [
        {"title": title, "missing": kind in missing, "text": text, "link": address}
        for kind, title, text, address in steps
        if not _NEEDS.get(kind, set()) & missing.keys()
    ]


_NEEDS = {
    "service-without-stage": {"no-services"},
    "stage-without-counter": {"no-services", "no-counters"},
    "stage-without-skill": {"no-services", "no-staff"},
}
"""Steps that say something only when others are done; before that a tick would be no news."""


# --- The way in and out ----------------------------------------------------------------------------


def sign_in(request: HttpRequest) -> HttpResponse:
    """The back office has no sign-in of its own: to the staff's, or a clear refusal.

    Raises:
        NotAllowed: somebody is signed in who is neither manager nor administrator.
    """
    if request.user.is_authenticated and not request.user.is_staff:
        raise NotAllowed(right=RIGHT)
    target = request.GET.get("next", "") or reverse("admin:index")
    if request.user.is_authenticated:
        return HttpResponseRedirect(reverse("admin:index"))
    return redirect_to_login(target, settings.LOGIN_URL)


def sign_out(_request: HttpRequest) -> HttpResponse:
    """The staff's own sign-out, with the same form."""
    answer = HttpResponseRedirect("/sign-out")
    answer.status_code = 307
    return answer


def account(_request: HttpRequest) -> HttpResponse:
    """The staff's own account page, where the password is changed."""
    return HttpResponseRedirect("/account")
