"""What a board's page needs besides the calls: its dress and the playlist of its media slot."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Q
from django.urls import reverse

from servicehall.channels.board.models import Medium, Screen
from servicehall.kernel.languages import NAMES, Text

# Zones in which people stay and look up; elsewhere they only look for their number.
_MEDIA_ZONES = frozenset({"waiting", "lounge"})


@dataclass(frozen=True, slots=True)
class Dress:
    """How a board looks and sounds."""

    layout: str
    wording: str
    languages: tuple[str, ...]
    speaks: bool
    oldest_spoken: int
    hurry_from: int
    shows_waiting: bool
    shows_services: bool
    media: tuple[dict[str, Any], ...]

    @property
    def fingerprint(self) -> str:
        """Changes when the page has to be loaded again to look right."""
        return hashlib.sha256(orjson.dumps(asdict(self))).hexdigest()[:16]


def dress(
    *,
    site_id: UUID,
    zone_id: UUID | None,
    zone_kind: str,
    spoken: list[str],
    today: date,
    first: str = "",
) -> Dress:
    """The dress of the board; ``spoken`` are the voice's languages, ``first`` the one asked for."""
    row = _row(site_id, zone_id)
    layout = row.layout
    if layout == Screen.Layout.AUTOMATIC:
        whole_or_waiting = zone_id is None or zone_kind in _MEDIA_ZONES
        layout = Screen.Layout.MEDIA if whole_or_waiting else Screen.Layout.CALLS
    return Dress(
        layout=str(layout),
        wording=str(row.wording),
        languages=_languages(row.languages or spoken, first),
        speaks=row.speaks,
        oldest_spoken=row.oldest_spoken,
        hurry_from=row.hurry_from,
        shows_waiting=row.shows_waiting,
        shows_services=row.shows_services,
        media=tuple(_playlist(row, today)),
    )


def _row(site_id: UUID, zone_id: UUID | None) -> Screen:
    """The zone's own dress, else the whole site's, else the defaults."""
    rows = Screen.objects.filter(Q(zone_id=zone_id) | Q(zone__isnull=True), site_id=site_id)
    found = sorted(rows, key=lambda row: row.zone_id is None)
    return found[0] if found else Screen(site_id=site_id, zone_id=zone_id)


def _languages(configured: list[str], first: str) -> tuple[str, ...]:
    known = [language for language in configured if language in NAMES] or list(NAMES)
    if first in known:
        known.remove(first)
        known.insert(0, first)
    elif first in NAMES:
        known.insert(0, first)
    return tuple(known)


def _playlist(row: Screen, today: date) -> list[dict[str, Any]]:
    if not row.pk:
        return []
    shown = row.media.filter(
        Q(first_day__isnull=True) | Q(first_day__lte=today), Q(last_day__isnull=True) | Q(last_day__gte=today)
    )
    return [_entry(item) for item in shown if item.kind == Medium.Kind.NOTICE or item.media_type]


def _entry(item: Medium) -> dict[str, Any]:
    texts: dict[str, Text] = {"names": item.names, "body": item.body}
    url = "" if item.kind == Medium.Kind.NOTICE else reverse("board:medium", args=[item.pk])
    return {"kind": item.kind, "url": url, "seconds": item.seconds, **texts}
