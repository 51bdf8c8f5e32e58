"""What the kiosk says aloud, for those who ask for it: a step's words, what is wrong with an answer, what to do next.

The page asks with the request's code and gets a sound; which text that is the hall decides, so nobody outside can make
it say, or keep, anything else. Sounds with what a customer entered are made anew each time and written nowhere.
"""

from __future__ import annotations

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from servicehall.channels.kiosk.devices import Device
from servicehall.channels.kiosk.screens import screen
from servicehall.channels.voice.shelf import VoiceUnavailable
from servicehall.channels.voice.speaking import Part, speech
from servicehall.kernel import languages
from servicehall.rooms.services import queries

_SALT = "kiosk.said"
_VALID = 900
MOST = 60
"""So many parts are said of one screen; a list that is longer is read by eye."""


@require_POST
@screen
def say(request: HttpRequest, _device: Device) -> HttpResponse:
    """The screen as a WAV file; nothing (204) where it has no words or nothing can speak now."""
    name, code = request.POST.get("screen", ""), request.POST.get("code", "")
    parts = _of_request(request, code) if code and name == "request" else _of_screen(name)
    if code and name == "move" and (moving := queries.moving_of(code)) and moving.number:
        parts = [Part(_("Choose this number on your phone"), of_all=True), Part(moving.number, of_all=False)]
    try:
        sound = speech(parts[:MOST], languages.current()) if parts else b""
    except VoiceUnavailable:
        sound = b""
    if not sound:
        return HttpResponse(status=204)
    return HttpResponse(sound, content_type="audio/wav")


def _of_screen(name: str) -> list[Part]:
    """What is said of the kiosk's own screens: how to go on."""
    words = {
        "home": _("What can we do for you? Touch a service on the screen."),
        "service": _("Touch the large button at the bottom to take a ticket."),
        "ticket": _("This is your ticket. Please take the slip, and wait until your number is called."),
        "closed": _("We are closed now."),
        "refused": _("This cannot be done now. Touch the button at the bottom to go back to the services."),
        "move": _("Scan the code on the screen with your phone."),
        "pickup": _("Type the six figures on your phone, or hold the phone to the scanner."),
        "person": _("Touch the queue in which you would like to wait."),
        "gone": _("Your phone has it now"),
        "idle": _("Do you need more time? Touch the screen to go on."),
    }
    return [Part(words[name])] if name in words else []


def _of_request(request: HttpRequest, code: str) -> list[Part]:
    found = queries.instance_by_code(code)
    shown = queries.screen(found, at=request.POST.get("at", ""), language=languages.current())
    parts = [Part(text, of_all=False) for text in _wrong(request.POST.get("wrong", ""))]
    parts += [Part(one.text, of_all=one.of_all) for one in queries.spoken(found, shown)]
    if shown.get("working"):
        parts.append(Part(_("This takes a moment.")))
    elif shown["kind"] == "waiting":
        parts.append(Part(_("Our staff take care of this now. Please ask at a counter.")))
    elif shown["kind"] in {"form", "inform", "review", "confirm", "print"}:
        parts.append(Part(_("To go on, touch the large button at the bottom.")))
    return parts


def signed(errors: list[tuple[str, str]]) -> str:
    """What is wrong with an answer, for the page to hand back when it asks to have it said."""
    return signing.dumps([text for _field, text in errors], salt=_SALT) if errors else ""


def _wrong(token: str) -> list[str]:
    if not token:
        return []
    try:
        texts: list[str] = signing.loads(token, salt=_SALT, max_age=_VALID)
    except signing.BadSignature:
        return []
    return texts
