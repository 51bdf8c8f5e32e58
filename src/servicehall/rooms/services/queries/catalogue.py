"""The flows of an organisation as those who write them see them: what is begun, what is planned, what the draft is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.rights import Actor, allow
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.services.language.findings import Unreadable
from servicehall.rooms.services.language.fingerprint import fingerprint
from servicehall.rooms.services.language.source import read
from servicehall.rooms.services.models import Flow, Instance, Publication, Version

SEE, CHANGE = "flow.see", "flow.change"
RUNNING = (Instance.State.OPEN, Instance.State.WAITING)


@dataclass(frozen=True, slots=True)
class Standing:
    """A flow, the publication that counts now, those that are to come, and who is half-way through which version."""

    flow: Flow
    current: Publication | None
    coming: tuple[Publication, ...]
    versions: int
    running: dict[int, int] = field(default_factory=dict)
    is_retired: bool = False

    @property
    def live(self) -> Version | None:
        """The version that customers begin now."""
        return self.current.version if self.current and not self.is_retired else None

    @property
    def state(self) -> str:
        """One word: live, retired, withdrawn, or never (published)."""
        if self.live:
            return "live"
        if self.current is None:
            return "never"
        return "retired" if self.is_retired else "withdrawn"

    @property
    def has_changes(self) -> bool:
        """Whether the draft says something else than the version that counts now."""
        version = self.current.version if self.current else None
        if version is None:
            return False
        if self.flow.draft == version.text:
            return False
        try:
            return fingerprint(self.flow.draft) != version.digest
        except Unreadable:
            return True

    @property
    def changed_at(self) -> datetime:
        """When anything about it was last changed."""
        return max([self.flow.changed_at, *([self.current.made_at] if self.current else [])])

    @property
    def category(self) -> str:
        """What the draft says, or else what is published; nothing for a text that is no flow."""
        return _category(self.flow.draft) or (_category(self.live.text) if self.live else "")


@lru_cache(maxsize=1024)
def _category(text: str) -> str:
    """Read from the text alone: a list of services need not compile them all."""
    try:
        value = read(text).value
    except Unreadable:
        return ""
    return str(value.get("category") or "") if isinstance(value, dict) else ""


def organisation_at(site_id: UUID, *, actor: Actor) -> UUID:
    """The organisation of a site, for who may see its flows there.

    Raises:
        NotFound, NotAllowed: the actor may not.
    """
    allow(actor, SEE, site_id)
    (_region, organisation) = hall.places_above([site_id])[site_id]
    return organisation


def flow_at(flow_id: UUID, *, site_id: UUID, actor: Actor) -> Flow:
    """A flow of the site's organisation.

    Raises:
        NotFound, NotAllowed: there is none, or the actor may not see it.
    """
    found = Flow.objects.filter(pk=flow_id, organisation_id=organisation_at(site_id, actor=actor)).first()
    if found is None:
        raise NotFound
    return found


def version_of(flow: Flow, number: int) -> Version:
    """A version with its text.

    Raises:
        NotFound: there is none of that number.
    """
    found = flow.versions.filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def versions(flow: Flow) -> list[Version]:
    """The versions of a flow that ``flow_at`` found, newest first, without their texts."""
    return list(flow.versions.defer("text"))


def standings(organisation_id: UUID, *, at: datetime | None = None) -> list[Standing]:
    """All flows of an organisation, by short name (five queries, however many there are)."""
    return _standings(Flow.objects.filter(organisation_id=organisation_id), at or clock.now())


def standing(flow: Flow, *, at: datetime | None = None) -> Standing:
    """One flow."""
    return _standings(Flow.objects.filter(pk=flow.pk), at or clock.now())[0]


def publications(flow: Flow) -> list[Publication]:
    """What was published and withdrawn, newest first."""
    return list(
        flow.publications.select_related("version").defer("version__text").order_by("-from_at", "-made_at")
    )


def running_of(flow: Flow) -> dict[int, int]:
    """How many requests are under way, by version's number."""
    return _running(Flow.objects.filter(pk=flow.pk)).get(flow.pk, {})


def _standings(flows: QuerySet[Flow], moment: datetime) -> list[Standing]:
    newest = Publication.objects.filter(flow=OuterRef("pk"), from_at__lte=moment)
    rows = list(
        flows.annotate(now_id=Subquery(newest.order_by("-from_at", "-made_at").values("pk")[:1])).order_by(
            "slug"
        )
    )
    wanted = Q(pk__in=[row.now_id for row in rows if row.now_id]) | Q(
        flow__in=[row.pk for row in rows], from_at__gt=moment
    )
    found = list(Publication.objects.filter(wanted).select_related("version").order_by("from_at", "made_at"))
    current, coming = _parted(found, moment)
    many = dict(
        Version.objects.filter(flow__in=rows)
        .values_list("flow")
        .annotate(Count("pk"))
        .order_by()
        .values_list("flow", "pk__count")
    )
    running = _running(flows)
    return [
        Standing(
            row,
            current.get(row.pk),
            tuple(coming[row.pk]),
            many.get(row.pk, 0),
            running.get(row.pk, {}),
            is_retired=_retired(current.get(row.pk), moment),
        )
        for row in rows
    ]


def _parted(
    found: Iterable[Publication], moment: datetime
) -> tuple[dict[UUID, Publication], dict[UUID, list[Publication]]]:
    current: dict[UUID, Publication] = {}
    coming: dict[UUID, list[Publication]] = defaultdict(list)
    for one in found:
        if one.from_at > moment:
            coming[one.flow_id].append(one)
        else:
            current[one.flow_id] = one
    return current, coming


def _retired(one: Publication | None, moment: datetime) -> bool:
    until = one.version.retires_at if one and one.version else None
    return until is not None and until <= moment


def _running(flows: QuerySet[Flow]) -> dict[UUID, dict[int, int]]:
    found: dict[UUID, dict[int, int]] = defaultdict(dict)
    rows = (
        Instance.objects.filter(version__flow__in=flows.values("pk"), state__in=RUNNING)
        .values("version__flow", "version__number")
        .annotate(count=Count("pk"))
        .order_by("version__number")
    )
    for row in rows:
        found[row["version__flow"]][row["version__number"]] = row["count"]
    return found
