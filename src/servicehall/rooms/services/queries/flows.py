"""Flows: which are begun now, and what staff see of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, QuerySet, Subquery

from servicehall.kernel import clock
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.services import programs
from servicehall.rooms.services.checking import findings
from servicehall.rooms.services.checking.graph import can_be_passed_over, graph, longest
from servicehall.rooms.services.language import texts
from servicehall.rooms.services.language.definition import Opening
from servicehall.rooms.services.language.findings import Finding
from servicehall.rooms.services.language.schema import top
from servicehall.rooms.services.models import Flow, Publication, Version
from servicehall.rooms.services.opening import is_open
from servicehall.rooms.services.publishing import against_organisation
from servicehall.rooms.services.speaking import said_to_all


@dataclass(frozen=True, slots=True)
class Offered:
    """A service that can be begun, or (``is_open`` is false) could be within its opening times."""

    slug: str
    names: Text
    summary: Text
    category: str
    channels: tuple[str, ...]
    version: UUID
    offline: str = "refused"
    """What a player does with it while its line is cut: works, queued, refused."""
    opening: tuple[Opening, ...] = ()
    is_open: bool = True


def _newest(moment: datetime) -> QuerySet[Publication]:
    return Publication.objects.filter(flow=OuterRef("pk"), from_at__lte=moment).order_by(
        "-from_at", "-made_at"
    )


def live_version(organisation_id: UUID, slug: str, *, at: datetime | None = None) -> Version | None:
    """The version of a flow that is begun now; none when none is published, or it has retired (one query)."""
    moment = at or clock.now()
    flow = Flow.objects.filter(organisation_id=organisation_id, slug=slug).annotate(
        live=Subquery(_newest(moment).values("version")[:1])
    )
    return (
        Version.objects.defer("text")
        .filter(pk__in=flow.values("live"))
        .filter(Q(retires_at=None) | Q(retires_at__gt=moment))
        .first()
    )


def offered(
    organisation_id: UUID, *, channel: str = "", timezone: str = "UTC", at: datetime | None = None
) -> list[Offered]:
    """The services that are offered now on a channel, by category and name (one query, once they are known).

    Args:
        timezone: the site's, in which opening times are. Who is closed now is listed all the same, and says so.
    """
    moment = at or clock.now()
    local = moment.astimezone(ZoneInfo(timezone))
    rows = (
        Flow.objects.filter(organisation_id=organisation_id)
        .annotate(live=Subquery(_newest(moment).values("version")[:1]))
        .exclude(live=None)
        .values_list("live", flat=True)
    )
    found = []
    versions = Version.objects.filter(pk__in=rows).filter(Q(retires_at=None) | Q(retires_at__gt=moment))
    for version_id in versions.values_list("pk", flat=True):
        flow = programs.of_version(version_id).flow
        if not channel or channel in flow.channels:
            found.append(
                Offered(
                    flow.slug,
                    flow.name.text,
                    flow.summary.text,
                    flow.category,
                    flow.channels,
                    version_id,
                    flow.offline,
                    flow.opening,
                    is_open(flow.opening, local),
                )
            )
    return sorted(found, key=lambda one: (one.category, one.slug))


def said_at_kiosks(*, at: datetime | None = None) -> dict[UUID, list[tuple[str, str]]]:
    """What is said to everybody alike (language and text), by version that is begun at kiosks now or from a moment on."""
    moment = at or clock.now()
    rows = Flow.objects.annotate(live=Subquery(_newest(moment).values("version")[:1])).exclude(live=None)
    begun = set(rows.values_list("live", flat=True))
    begun |= set(
        Publication.objects.filter(from_at__gt=moment).exclude(version=None).values_list("version", flat=True)
    )
    found = {version: programs.of_version(version) for version in begun}
    return {
        version: said_to_all(program)
        for version, program in found.items()
        if "kiosk" in program.flow.channels
    }


def opening_facts(opening: Sequence[Opening]) -> list[dict[str, Any]]:
    """Opening times for other systems: 1 is Monday."""
    return [{"days": [day + 1 for day in one.days], "start": one.start, "end": one.end} for one in opening]


def outline(organisation_id: UUID, slug: str, *, at: datetime | None = None) -> dict[str, Any] | None:
    """What a service is, step by step, before anybody begins it; none when it cannot be begun now (two queries)."""
    version = live_version(organisation_id, slug, at=at)
    if version is None:
        return None
    flow = programs.of_version(version.pk).flow
    return {
        "slug": flow.slug,
        "names": flow.name.text,
        "summary": flow.summary.text,
        "category": flow.category,
        "channels": list(flow.channels),
        "offline": flow.offline,
        "purposes": list(flow.purposes),
        "opening": opening_facts(flow.opening),
        "version": version.number,
        "most_steps": longest(graph(flow))[0],
        "steps": [
            {
                "id": step.id,
                "kind": step.kind,
                "names": {language: texts.bare(text) for language, text in step.title.text.items()},
                "by_customer": step.by_customer,
                "channels": list(step.channels or flow.channels),
                "may_be_skipped": can_be_passed_over(step),
            }
            for step in flow.steps
        ],
    }


def flows_of(organisation_id: UUID, *, actor: Actor) -> list[Flow]:
    """All flows of an organisation, for staff."""
    allow(actor, "flow.see", organisation_id)
    return list(Flow.objects.filter(organisation_id=organisation_id))


def names_at(site_id: UUID) -> dict[str, Text]:
    """The names of the flows of a site's organisation, by their short names (one query)."""
    found = Flow.objects.filter(organisation__regions__sites=site_id)
    return dict(found.values_list("slug", "names"))


def versions_of(flow: Flow, *, actor: Actor) -> list[Version]:
    """The versions of a flow, newest first, without their texts."""
    allow(actor, "flow.see", flow.organisation_id)
    return list(flow.versions.defer("text"))


def schema() -> dict[str, Any]:
    """The JSON Schema of a definition, for editors."""
    return top(steps_too=True)


def samples() -> dict[str, str]:
    """The definitions that come with the product, by short name."""
    folder = files("servicehall.rooms.services") / "samples"
    found = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    return {one.name.removesuffix(".yaml"): one.read_text(encoding="utf-8") for one in found}


def unfit(organisation_id: UUID, text: str) -> list[Finding]:
    """What stops a definition from being published at an organisation."""
    found = [*findings(text), *against_organisation(organisation_id, text)]
    return [one for one in found if one.level == "fault"]
