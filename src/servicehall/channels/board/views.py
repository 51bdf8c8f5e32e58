"""The board's page, its data and its sounds. Open to all: a board shows numbers, never people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from servicehall.channels.board import screens, sounds, wording
from servicehall.channels.board.chime import chime as chime_sound
from servicehall.channels.page_context import public_url
from servicehall.channels.voice.shelf import VoiceUnavailable
from servicehall.kernel import clock, languages
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.queueing import queries as queueing

if TYPE_CHECKING:
    from servicehall.rooms.hall.models import Site, Zone

Snapshot = dict[str, Any]


def _found(site: str, zone: str) -> tuple[Site, Zone | None, Snapshot]:
    place = hall.site(site)
    part = hall.zone(place.pk, zone) if zone else None
    found = queueing.board(place.pk, part.slug if part else None)
    if part and not found["counters"]:
        # A waiting area or lobby has no counters of its own: whoever sits there waits for all of them.
        found = queueing.board(place.pk)
    return place, part, _public(found | {"calls": _of_today(place, found["calls"])})


def _of_today(place: Site, calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without yesterday's calls, which nobody in the hall still waits for.

    A rehearsal runs on days of its own, so there all calls are shown.
    """
    if place.is_rehearsal:
        return calls

    def day(moment: datetime) -> date:
        return clock.business_day(moment, place.timezone, place.day_ends)

    today = day(clock.now())
    return [call for call in calls if day(datetime.fromisoformat(call["called_at"])) >= today]


def _public(snapshot: Snapshot) -> Snapshot:
    """What a hall may read: no ticket ids, no priority classes (one may tell of a disability).

    Each call gets the token that lets this page fetch its speech.
    """
    calls = [
        {name: value for name, value in call.items() if name != "ticket"}
        | {"speech": sounds.token(call["number"], call["counter"])}
        for call in snapshot["calls"]
    ]
    waiting = [{"number": one["number"], "service": one["service"]} for one in snapshot["waiting"]]
    return {**snapshot, "calls": calls, "waiting": waiting}


def _dress(place: Site, part: Zone | None, snapshot: Snapshot, first: str) -> screens.Dress:
    return screens.dress(
        site_id=place.pk,
        zone_id=part.pk if part else None,
        zone_kind=part.kind if part else "",
        spoken=snapshot["announce"]["languages"],
        today=clock.business_day(clock.now(), place.timezone, place.day_ends),
        first=first,
    )


@require_safe
def board(request: HttpRequest, site: str, zone: str = "") -> HttpResponse:
    """The full-screen board of a zone, or of the whole site. ``?lang=`` chooses the main language."""
    place, part, snapshot = _found(site, zone)
    asked = request.GET.get("lang", "")
    dress = _dress(place, part, snapshot, languages.tag(asked) if asked else "")
    names = [place.slug, part.slug] if part else [place.slug]
    query = f"?lang={dress.languages[0]}" if asked else ""
    context = {
        "site": place,
        "zone": part,
        "dress": dress,
        "languages": dress.languages,
        "snapshot": snapshot,
        "phrases": wording.in_languages(dress.languages),
        "state_url": reverse("board:zone-state" if part else "board:state", args=names) + query,
        "speech_url": reverse("board:speech", args=[place.slug, "call", "language"]),
        "sound_on_url": reverse("board:sound-on", args=["language"]),
        "door": public_url(request, f"/s/{place.slug}"),
    }
    with translation.override(dress.languages[0].lower()):
        return render(request, "board/board.html", context)


@require_safe
def state(request: HttpRequest, site: str, zone: str = "") -> JsonResponse:
    """The snapshot as JSON, with the fingerprint of the dress that the page must have."""
    place, part, snapshot = _found(site, zone)
    asked = request.GET.get("lang", "")
    dress = _dress(place, part, snapshot, languages.tag(asked) if asked else "")
    response = JsonResponse({**snapshot, "dress": dress.fingerprint})
    response["Cache-Control"] = "no-store"
    return response


def _spoken(path: Callable[[], Path]) -> HttpResponse:
    """The file, or 503 when nothing can speak: the board then shows and chimes without."""
    for _ in range(2):
        try:
            sound = path().read_bytes()
        except VoiceUnavailable:
            break
        except FileNotFoundError:  # removed, to make room, since it was looked up
            continue
        return _sound(sound)
    return HttpResponse(status=503, headers={"Retry-After": "15", "Cache-Control": "no-store"})


def _sound(sound: bytes) -> HttpResponse:
    return HttpResponse(sound, "audio/wav", headers={"Cache-Control": "public, max-age=3600"})


@require_safe
def speech(_request: HttpRequest, site: str, call: str, language: str) -> HttpResponse:
    """A call of the site, spoken."""
    place = hall.site(site)
    return _spoken(lambda: sounds.speech(place.pk, call, language))


@require_safe
def sound_on(_request: HttpRequest, language: str) -> HttpResponse:
    """The words that confirm that the sound is on."""
    return _spoken(lambda: sounds.sound_on(language))


@require_safe
def chime(_request: HttpRequest) -> HttpResponse:
    """The chime before a call."""
    return _sound(chime_sound())
