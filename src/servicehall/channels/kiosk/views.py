"""The kiosk's screens: services, one service, the ticket, and the set-up of the device. Requests are in requests.py."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicehall.channels import categories, diverting
from servicehall.channels.flooding import count_ticket
from servicehall.channels.headers import allow_camera, clear_site
from servicehall.channels.kiosk import devices, finding
from servicehall.channels.kiosk.devices import ACTOR, Device, SettingsForm
from servicehall.channels.kiosk.forms import SetupForm, TakeForm
from servicehall.channels.kiosk.screens import hall_of, screen, show
from servicehall.channels.page_context import public_url
from servicehall.kernel import idempotency, languages
from servicehall.kernel.errors import BadInput
from servicehall.kernel.ids import uuid7
from servicehall.rooms.booking import queries as booking
from servicehall.rooms.diversion import queries as diversion
from servicehall.rooms.queueing import actions as queue
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.services import queries as flows

MANY = 8
"""With more services than this one may look for them by letters."""
FEW = 4
"""So many services to do by oneself are one group; more are sorted by category."""


@require_safe
@screen
def home(request: HttpRequest, device: Device) -> HttpResponse:
    """The services; or that the hall is closed. Settings in the address are put on the device first."""
    form = SettingsForm(request.GET)
    if any(name in request.GET for name in form.fields if name != "language") and form.is_valid():
        response = HttpResponseRedirect(reverse("kiosk:home", args=[device.name]))
        devices.keep(response, device.name, form.over(device.settings))
        return response
    hall = hall_of(device)
    hidden = diversion.hidden_at_kiosks(device.site.pk)
    services = [
        {**service, "keys": finding.keys(languages.say(service["names"]))}
        for service in hall["services"]
        if service["slug"] not in hidden
    ]
    offered = _flows(device)
    context = {
        "hall": hall,
        "services": services,
        "flows": offered,
        "groups": _groups(offered, tickets=bool(services)),
        "can_find": len(services) + len(offered) > MANY,
        "bookable": bool(booking.offers(device.site.pk, public=False)),
        "takes_any": any(service["state"] == "open" for service in services),
        "door": public_url(request, reverse("portal:site", args=[device.site.slug])),
    }
    page = show(request, device, "home.html" if hall["is_open"] else "closed.html", context)
    # Every screen is put into this page, so what one of them may use is said here.
    allow_camera(page)
    return page


def _flows(device: Device) -> list[dict[str, Any]]:
    """What customers can do here by themselves, by category; with what it may be found by."""
    site = device.site
    offered = flows.offered(site.region.organisation_id, channel="kiosk", timezone=site.timezone)
    found = [
        {
            "slug": one.slug,
            "names": one.names,
            "summary": one.summary,
            "category": categories.of(one.category),
            "keys": finding.keys(languages.say(one.names)),
            "opening": one.opening,
            "is_open": one.is_open,
        }
        for one in offered
    ]
    order = [one.slug for one in categories.among(flow.category for flow in offered)]
    return sorted(found, key=lambda flow: order.index(flow["category"].slug))


def _groups(offered: list[dict[str, Any]], *, tickets: bool) -> list[dict[str, Any]]:
    """What the first screen can be narrowed down to, when there is a choice: categories, and tickets."""
    found: list[dict[str, Any]] = [
        {"slug": one.slug, "icon": one.icon, "label": one.label}
        for one in categories.among(flow["category"].slug for flow in offered)
    ]
    if len(offered) <= FEW and found:
        found = [{"slug": "do", "icon": "pointer", "label": _("Do it here")}]
    if tickets:
        found.append({"slug": "tickets", "icon": "ticket", "label": _("Take a ticket")})
    return found if len(found) > 1 else []


@require_safe
@screen
def service(request: HttpRequest, device: Device, service: str) -> HttpResponse:
    """One service: what it is, how long it takes, who goes first, and the button for the ticket."""
    hall = hall_of(device)
    if not hall["is_open"]:
        return show(request, device, "closed.html", {"hall": hall})
    chosen = _service(hall, service)
    classes = [c for c in chosen["priorities"] if c["is_public"] or c["is_default"]]
    context = {
        "hall": hall,
        "service": chosen,
        "classes": sorted(classes, key=lambda c: not c["is_default"]) if len(classes) > 1 else [],
        "key": uuid7(),
        "offers": [(one, uuid7()) for one in diverting.offered(device.site.pk, chosen["slug"])],
    }
    return show(request, device, "service.html", context)


def _service(hall: dict[str, Any], slug: str) -> dict[str, Any]:
    """The service with that short name, open for tickets.

    Raises:
        UnknownService, ServiceNotOffered, ServiceFull: as taking a ticket would.
    """
    found: dict[str, Any] | None = next((s for s in hall["services"] if s["slug"] == slug), None)
    if found is None:
        raise queue.UnknownService
    if found["state"] == "closed":
        raise queue.ServiceNotOffered
    if found["state"] == "full":
        raise queue.ServiceFull
    return found


@require_POST
@screen
def take(request: HttpRequest, device: Device) -> HttpResponse:
    """Take a ticket and show it. The same key shows the same ticket again (in another language, say)."""
    form = TakeForm(request.POST)
    if not form.is_valid():
        raise BadInput(errors={name: str(errors[0]) for name, errors in form.errors.items()})
    given = form.cleaned_data
    site_id = device.site.pk

    def act() -> idempotency.Answer:
        count_ticket(request, site_id)
        ticket = queue.issue_ticket(
            site_id=site_id,
            service=given["service"],
            priority=given["priority"] or None,
            language=languages.current(),
            by=ACTOR,
        )
        return idempotency.Answer(201, ticket.code)

    answer = idempotency.once(
        site_id=site_id,
        scope=f"kiosk:{device.name}",
        key=given["idempotency_key"],
        fingerprint=idempotency.fingerprint("take", given["service"], given["priority"]),
        act=act,
    )
    ticket = queueing.ticket_by_code(answer.body)
    context = {
        "ticket": ticket,
        "given": given,
        "follow_url": public_url(request, reverse("portal:ticket", args=[ticket["code"]])),
    }
    return show(request, device, "ticket.html", context)


@require_safe
@screen
def forget(_request: HttpRequest, _device: Device) -> HttpResponse:
    """Asked for when a screen begins anew: the browser is told to drop whatever it kept of the customer before.

    Not its cookies, which hold the device's own settings.
    """
    response = HttpResponse(status=204)
    clear_site(response, "cache", "storage")
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@screen
def setup(request: HttpRequest, device: Device) -> HttpResponse:
    """Fit the screen to a ruler and set what the device has; for whoever installs it."""
    settings = device.settings
    form = SetupForm(
        request.POST or None,
        initial={"language": settings.language, "prints": settings.prints, "low": settings.low},
    )
    if request.method == "POST" and form.is_valid():
        response = HttpResponseRedirect(reverse("kiosk:home", args=[device.name]))
        devices.keep(response, device.name, form.settings())
        return response
    return show(request, device, "setup.html", {"form": form}, status=422 if form.is_bound else 200)
