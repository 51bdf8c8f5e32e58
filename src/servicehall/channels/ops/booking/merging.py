"""A changed merge rule, shown on simulated days before it is saved: today's rule beside the new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from servicehall.channels.ops.what_if import results
from servicehall.kernel.rights import Actor
from servicehall.rooms.booking import actions
from servicehall.rooms.simulation import queries as simulation

FIGURES = ("wait_mean", "wait_p90", "service_level")


def _way(values: Mapping[str, Any]) -> simulation.Way:
    return simulation.Way(values["merge"], values["merge_minutes"], values["late"], values["priority"])


def seal(form: actions.OfferForm) -> str:
    """What was looked at: another rule has to be looked at again."""
    given = form.cleaned_data
    return (
        ":".join(str(given[name]) for name in ("merge", "merge_minutes", "late", "priority"))
        + f":{given['service']}"
    )


def look(site_id: UUID, row: Any, form: actions.OfferForm, *, actor: Actor) -> dict[str, Any]:
    """Both rules on the same simulated days, for the page; ``found`` is None where nothing can be tried.

    Raises:
        NotAllowed, NotFound: the actor does not watch the site.
    """
    service = form.cleaned_data["service"]
    before = _way({name: form.initial[name] for name in ("merge", "merge_minutes", "late", "priority")})
    found = None
    if service is not None:
        after = _way(form.cleaned_data)
        found = simulation.merge_comparison(site_id, row.pk, service.slug, before, after, actor=actor)
    context: dict[str, Any] = {"seal": seal(form), "found": found}
    if found is not None:
        context["groups"] = [
            (_("Booked customers"), _lines(found.before.booked, found.after.booked)),
            (_("Walk-ins of the ordinary class"), _lines(found.before.walked_in, found.after.walked_in)),
        ]
        context["appointments"] = round(found.appointments)
    return context


def _lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    lines = []
    for name in FIGURES:
        words, kind = results.FIGURES[name]
        unit = _("min") if kind == results.MINUTES else ""
        cells = [results.cell(kind, one.get(name)) for one in (before, after)]
        lines.append({"words": words, "unit": unit, "cells": cells})
    return lines
