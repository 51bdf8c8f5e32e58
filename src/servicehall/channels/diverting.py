"""What customers are offered instead of a ticket, in words and addresses: for the kiosk and the phone."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from servicehall.channels.look import moments
from servicehall.kernel.languages import say
from servicehall.rooms.diversion import queries as diversion

ICONS = {"time": "calendar-clock", "site": "map-pin", "channel": "smartphone"}


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer as customers read it: what, what it means for them, and where it leads on the phone."""

    episode: UUID
    kind: str
    icon: str
    title: str
    text: str
    address: str


def _words(one: diversion.Offer) -> tuple[str, str]:
    if one.kind == "time":
        return _("Come at a time of your own"), _("Book a time that suits you, and wait less.")
    if one.kind == "channel":
        return _("Do it on your phone now"), say(one.names)
    words = {"wait": moments.expected_wait(one.wait), "distance": _distance(one.km)}
    return (
        _("Go to %(site)s instead") % {"site": say(one.names)},
        (
            _("Expected wait there: %(wait)s")
            if one.km is None
            else _("Expected wait there: %(wait)s, %(distance)s away")
        )
        % words,
    )


def _distance(km: float | None) -> str:
    """In words: hundreds of metres, kilometres with a tenth below ten, whole ones beyond."""
    if km is None:
        return ""
    if km < 1:
        return _("%(m)d m") % {"m": max(100, round(km * 10) * 100)}
    return _("%(km)s km") % {"km": f"{km:.1f}" if km < 10 else f"{km:.0f}"}


def _address(one: diversion.Offer) -> str:
    if one.kind == "time":
        return f"/s/{one.site}/book"
    if one.kind == "channel":
        return reverse("portal:begin", args=[one.site, one.flow])
    return reverse("portal:take", args=[one.site, one.service])


def offered(site_id: UUID, service: str) -> list[Offered]:
    """What is offered now to whoever is about to take a ticket for a service (short name)."""
    return [
        Offered(one.episode, one.kind, ICONS[one.kind], *_words(one), _address(one))
        for one in diversion.offers(site_id, service)
    ]


def address_of(site_id: UUID, service: str, episode: UUID) -> str | None:
    """Where an offer leads; None: it is not offered any more."""
    return next((one.address for one in offered(site_id, service) if one.episode == episode), None)
