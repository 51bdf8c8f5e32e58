"""What all screens of a kiosk share: the language, what the frame needs, refusals as a screen.

A kiosk shows one address all the time: its pages fetch the next screen and put it in place
(static/kiosk/screens.js), so nothing of a customer is ever in the browser's history.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from servicehall.channels.kiosk import devices
from servicehall.channels.kiosk.devices import Device
from servicehall.channels.refusals import refusal_of
from servicehall.channels.voice.speaking import can_speak
from servicehall.kernel import events
from servicehall.kernel.errors import NotFound, Refused
from servicehall.kernel.languages import NAMES
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.services import queries as services

View = Callable[..., HttpResponse]


def screen(view: View) -> View:
    """A screen of a kiosk: found by the device's name, in the customer's language, kept nowhere."""

    @wraps(view)
    def answer(request: HttpRequest, device: str, **kwargs: str) -> HttpResponse:
        try:
            found = devices.find(request, device)
        except NotFound:
            return _private(render(request, "kiosk/unknown.html", {"name": device}, status=404))
        _speak(request, found)
        try:
            response = view(request, found, **kwargs)
        except Exception as error:
            if (refused := refusal_of(error)) is None:
                raise
            response = refusal(request, found, refused)
        return _private(response)

    return answer


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _speak(request: HttpRequest, device: Device) -> None:
    """The language chosen on the screen, else the device's, else the browser's."""
    chosen = request.POST.get("language") or request.GET.get("language") or device.settings.language
    if chosen in NAMES:
        translation.activate(chosen.lower())
        request.LANGUAGE_CODE = chosen.lower()


def show(
    request: HttpRequest, device: Device, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a screen with what the frame needs."""
    settings = device.settings
    frame = {
        "device": device,
        "site": device.site,
        "site_name": str(device.site),
        "timezone": device.site.timezone,
        "mm": f"{settings.mm:g}" if settings.mm else "",
        "low_reach": settings.low,
        "can_speak": can_speak(),
    }
    return render(request, f"kiosk/{template}", {**frame, **context}, status=status)


def hall_of(device: Device) -> dict[str, Any]:
    """The hall's services with the number of the last event that they include."""
    seq = events.last_seq(device.site.pk)  # first: what happens in between is told again, not lost
    return {**queueing.hall(device.site.pk), "seq": seq}


def request_here(device: Device, code: str) -> services.Instance:
    """The request of that code, at the kiosk's own site: its queues and its people are no other site's.

    Raises:
        NotFound: nobody's code is that, or it is another site's.
    """
    found = services.instance_by_code(code)
    if found.site_id != device.site.pk:
        raise NotFound
    return found


def refusal(request: HttpRequest, device: Device, refused: Refused) -> HttpResponse:
    """A refusal as a screen with a way on."""
    context = {"problem": refused.problem(), "kind": refused.kind}
    template = "gone.html" if refused.kind == "request-gone-on" else "refused.html"
    return show(request, device, template, context, status=refused.status)
