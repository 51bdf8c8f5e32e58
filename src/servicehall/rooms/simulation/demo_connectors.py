"""The demo's connectors: its organisations call the sample back office that runs beside the hall."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from servicehall.kernel import key_files
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.connectors import actions, queries
from servicehall.rooms.hall import queries as hall

from .demo_content import SITES
from .demo_flows import add_flows

SLUG = "back-office"
NAMES = {"en": "Sample back office", "zh-Hans": "演示业务系统"}
HERE = "http://127.0.0.1:"


def connect(address: str, description: dict[str, Any]) -> Path:
    """Add the connectors that are missing, and tell the others where it is and what it can do now."""
    slugs = [site.organisation[0] for site in SITES]
    place = _secret_for(slugs)
    known = hall.organisations()
    for organisation in (known[slug] for slug in slugs if slug in known):
        row = queries.connector_of(organisation, SLUG)
        given = {"address": address, "definition": description}
        if row is None:
            actions.add_connector(
                organisation_id=organisation,
                slug=SLUG,
                names=NAMES,
                allowed_hosts="127.0.0.1",
                secret_use="bearer",
                secret_name=SLUG,
                by=SYSTEM,
                **given,
            )
            add_flows(organisation)
            continue
        fields = [name for name, value in given.items() if getattr(row, name) != value]
        # Whoever pointed it elsewhere meant it.
        if fields and row.address.startswith(HERE):
            for name in fields:
                setattr(row, name, given[name])
            actions.save_connector(row, by=SYSTEM, fields=fields)
    return place


def _secret_for(slugs: list[str]) -> Path:
    """One secret in a file for each organisation, made once."""
    places = [actions.secret_place(slug, SLUG) for slug in slugs]
    held = {place.read_text(encoding="utf-8") if place.exists() else "" for place in places}
    if len(held) > 1 or "" in held:
        value = secrets.token_urlsafe(24)
        for place in places:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            key_files.put_closed(place, value + "\n")
    return places[0]
