"""What is offered instead of a ticket, taken at the kiosk: it goes on with the customer's phone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from servicehall.channels import diverting
from servicehall.channels.flooding import count_ticket
from servicehall.channels.kiosk.devices import ACTOR, Device
from servicehall.channels.kiosk.forms import OfferForm
from servicehall.channels.kiosk.screens import screen, show
from servicehall.channels.page_context import public_url
from servicehall.kernel import idempotency
from servicehall.kernel.errors import BadInput
from servicehall.rooms.diversion import actions


@require_POST
@screen
def offer(request: HttpRequest, device: Device) -> HttpResponse:
    """Take an offer: a QR code leads to it. The same key shows the same again (in another language, say)."""
    form = OfferForm(request.POST)
    if not form.is_valid():
        raise BadInput(errors={name: str(errors[0]) for name, errors in form.errors.items()})
    given, site_id = form.cleaned_data, device.site.pk

    def act() -> idempotency.Answer:
        address = diverting.address_of(site_id, given["service"], given["episode"])
        if address is None:
            raise actions.NotOffered
        count_ticket(request, site_id)
        taken = actions.take_offer(given["episode"], site_id=site_id, by=ACTOR)
        return idempotency.Answer(200, f"{taken.rule.action.removeprefix('offer-')} {address}")

    answer = idempotency.once(
        site_id=site_id,
        scope=f"kiosk:{device.name}",
        key=given["idempotency_key"],
        fingerprint=idempotency.fingerprint("offer", given["service"], str(given["episode"])),
        act=act,
    )
    kind, _space, address = answer.body.partition(" ")
    context = {"kind": kind, "phone_url": public_url(request, address), "service_slug": given["service"]}
    return show(request, device, "offer.html", context)
