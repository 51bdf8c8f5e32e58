"""Which hall a kiosk stands in, and what is set on the device itself (screen size, language, printer).

The settings live in a cookie of the device, so that a kiosk needs no record before it works.
Nothing of a customer is ever kept here.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import NAMES
from servicehall.kernel.rights import customer
from servicehall.rooms.hall import queries as hall

if TYPE_CHECKING:
    from servicehall.rooms.hall.models import Site

COOKIE = "servicehall_kiosk"
KEPT_SECONDS = 5 * 365 * 24 * 3600
ACTOR = customer("kiosk")
_MOST_PARTS = 8
_MM_OF_AN_INCH = 25.4
LEAST_MM, MOST_MM = 1, 40
"""CSS pixels of a millimetre that a screen may have."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is set on the device. ``mm``: CSS pixels of one millimetre; None: taken from the screen's width."""

    mm: float | None = None
    language: str = ""
    prints: bool = True
    low: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """A kiosk: its name, its hall and its settings."""

    name: str
    site: Site
    settings: Settings


def pixels_a_millimetre(diagonal: float, resolution: str) -> float:
    """CSS pixels of one millimetre on a screen of so many inches that is so many pixels across and down."""
    across, down = (int(one) for one in resolution.split("x"))
    return round(math.hypot(across, down) / (diagonal * _MM_OF_AN_INCH), 4)


class SettingsForm(forms.Form):
    """The settings as they come in an address (``?mm=4.1&language=zh-Hans&printer=no``).

    Instead of ``mm`` the screen's own figures: ``?diagonal=32&resolution=1080x1920``, inches and CSS pixels.
    """

    mm = forms.FloatField(
        label=_("CSS pixels a millimetre"), min_value=LEAST_MM, max_value=MOST_MM, required=False
    )
    diagonal = forms.FloatField(
        label=_("Diagonal of the screen in inches"), min_value=5, max_value=120, required=False
    )
    resolution = forms.RegexField(
        r"^[1-9]\d{2,4}x[1-9]\d{2,4}$", label=_("CSS pixels across and down"), required=False
    )
    language = forms.ChoiceField(
        label=_("Language at the start"), choices=[("", ""), *NAMES.items()], required=False
    )
    printer = forms.ChoiceField(label=_("Printer"), choices=[("yes", ""), ("no", "")], required=False)
    reach = forms.ChoiceField(
        label=_("Height of the controls"), choices=[("low", ""), ("normal", "")], required=False
    )

    def over(self, settings: Settings) -> Settings:
        """The settings with what was given changed."""
        given = {name: value for name, value in self.cleaned_data.items() if name in self.data}
        changes: dict[str, Any] = {name: given[name] for name in ("mm", "language") if name in given}
        if given.get("diagonal") and given.get("resolution"):
            changes["mm"] = pixels_a_millimetre(given["diagonal"], given["resolution"])
        if "printer" in given:
            changes["prints"] = given["printer"] != "no"
        if "reach" in given:
            changes["low"] = given["reach"] == "low"
        return replace(settings, **changes)


def find(request: HttpRequest, name: str) -> Device:
    """The kiosk of that name (``<site>`` or ``<site>-<place>``); of several sites the longest name counts.

    Raises:
        NotFound: no site's short name begins it.
    """
    parts = name.split("-")
    if len(parts) > _MOST_PARTS:
        raise NotFound
    names = ["-".join(parts[:n]) for n in range(1, len(parts) + 1)]
    sites = sorted(hall.sites_seen(ACTOR).filter(slug__in=names), key=lambda site: len(site.slug))
    if not sites:
        raise NotFound
    return Device(name, sites[-1], kept(request))


def kept(request: HttpRequest) -> Settings:
    """The settings in the device's cookie; what cannot be read counts as not set."""
    try:
        found = json.loads(request.COOKIES.get(COOKIE, "{}"))
        given = {
            "mm": found.get("mm") or "",
            "language": found.get("language", ""),
            "printer": "yes" if found.get("prints", True) else "no",
            "reach": "low" if found.get("low") else "normal",
        }
    except (ValueError, AttributeError, RecursionError):
        return Settings()
    form = SettingsForm(given)
    return form.over(Settings()) if form.is_valid() else Settings()


def keep(response: HttpResponse, device: str, settings: Settings) -> None:
    """Put the settings on the device."""
    response.set_cookie(
        COOKIE,
        json.dumps(asdict(settings), separators=(",", ":")),
        max_age=KEPT_SECONDS,
        path=f"/kiosk/{device}",
        httponly=True,
        samesite="Lax",
    )
