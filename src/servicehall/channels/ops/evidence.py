"""The record of acts: who did what to whom, when and where, and what proves it. For managers and auditors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.languages import Text, say
from servicehall.kernel.natural_order import natural
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import INSTALLATION
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.trust import actions as trust_actions
from servicehall.rooms.trust import queries as trust

from . import asking, exports, kinds, story
from .frame import frame
from .records import CHANNELS

RIGHT = "evidence.read"
PAGE = 50
EXPORT_PART = 500
WHOLE = "installation"
NUMBER_DAYS = timedelta(days=92)
"""How far back a ticket's number is looked for when no day is given."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, what they may read, and whose wall clock the page shows."""

    actor: Actor
    sites: dict[UUID, Any]
    chosen: UUID | None
    zone: str
    first: date | None
    last: date | None

    @property
    def organisations(self) -> dict[UUID, Any]:
        """Whom the sites belong to: customers' records, consents and messages are acts of theirs."""
        above = (site.region.organisation for site in self.sites.values())
        return {one.pk: one for one in above}

    @property
    def under(self) -> dict[UUID, frozenset[UUID]]:
        """The sites by organisation."""
        found: dict[UUID, set[UUID]] = {}
        for site in self.sites.values():
            found.setdefault(site.region.organisation_id, set()).add(site.pk)
        return {one: frozenset(its) for one, its in found.items()}

    def ref(self, site_id: UUID) -> str:
        """A site as addresses call it."""
        if site_id == INSTALLATION:
            return WHOLE
        return str(self.sites[site_id].slug) if site_id in self.sites else str(site_id)

    def names_of(self, site_id: UUID) -> str:
        """A site as the page calls it."""
        if site_id == INSTALLATION:
            return _("Whole installation")
        site = self.sites.get(site_id) or self.organisations.get(site_id)
        return say(site.names) if site else str(site_id)


def _reader(request: HttpRequest) -> Reader:
    actor = asking.watcher(request, RIGHT)
    sites = {site.pk: site for site in hall.sites_seen(actor, RIGHT).order_by("slug")}
    chosen = _site(request.GET.get("site", ""), sites, actor)
    zones = {sites[chosen].timezone} if chosen in sites else {site.timezone for site in sites.values()}
    first, last = asking.day_of(request.GET, "from"), asking.day_of(request.GET, "to")
    if first and last and last < first:
        raise BadInput(errors={"to": f"≥ {first.isoformat()}"})
    return Reader(actor, sites, chosen, zones.pop() if len(zones) == 1 else "UTC", first, last)


def _site(ref: str, sites: dict[UUID, Any], actor: Actor) -> UUID | None:
    """The site of an address.

    Raises:
        NotFound: there is none that this reader may read about.
    """
    if not ref:
        return None
    if ref == WHOLE and actor.may(RIGHT, INSTALLATION):
        return INSTALLATION
    for site in sites.values():
        for place, name in ((site, site.slug), (site.region.organisation, str(site.region.organisation_id))):
            if name == ref:
                found: UUID = place.pk
                return found
    raise NotFound


def _wanted(request: HttpRequest, reader: Reader) -> trust.Wanted:
    def begins(day: date) -> datetime:
        return clock.moment_of(day, datetime.min.time(), reader.zone)

    number = request.GET.get("number", "").strip()
    visits = None
    if number:
        last = reader.last or clock.local(clock.now(), reader.zone).date() + timedelta(days=1)
        sites = [reader.chosen] if reader.chosen else list(reader.sites)
        visits = queueing.visits_of_number(sites, number, reader.first or last - NUMBER_DAYS, last)
    return trust.Wanted(
        site=reader.chosen,
        person=asking.uuid_of(request.GET, "person"),
        kind=request.GET.get("kind", "").strip()[:60],
        visits=visits,
        since=begins(reader.first) if reader.first else None,
        until=begins(reader.last + timedelta(days=1)) if reader.last else None,
    )


# --- Rows ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """An act in words."""

    act: trust.Act
    told: dict[str, Any]
    site: str
    ref: str
    slug: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        return self.act.at

    @property
    def number(self) -> str:
        """The ticket's; other things have numbers too, such as versions of forms."""
        return str(self.facts.get("number") or "") if "ticket" in self.facts else ""

    @property
    def ticket(self) -> str:
        return str(self.facts.get("ticket") or "") if self.slug else ""

    @property
    def proof(self) -> str:
        """``waiting``, ``sound``, ``unlinked`` or ``broken``."""
        if not self.act.fits:
            return "broken"
        if not self.act.linked:
            return "unlinked"
        return "waiting" if self.act.index is None else "sound"


def _rows(acts: Sequence[trust.Act], reader: Reader) -> list[Row]:
    """Acts with words and names: four queries and one a site, however many acts."""
    happened = [act.event for act in acts if act.event is not None]
    tokens = people.token_names_of({e.actor_id for e in happened if e.actor_kind == "token" and e.actor_id})
    by_place = {
        (event.site_id, event.seq): {**told, "token": tokens.get(event.actor_id) if event.actor_id else None}
        for event, told in zip(happened, queueing.told(happened), strict=True)
    }
    return [_row(act, by_place.get((act.site_id, act.seq)), reader) for act in acts]


def _row(act: trust.Act, event: dict[str, Any] | None, reader: Reader) -> Row:
    site = reader.sites.get(act.site_id)
    place, ref, slug = reader.names_of(act.site_id), reader.ref(act.site_id), site.slug if site else ""
    if event is None:
        told = {"title": act.kind, "text": "", "who": "–", "tone": "bad", "icon": "circle-alert"}
        return Row(act, told, place, ref, slug)
    told = story.told(event, CHANNELS)
    if event["token"]:
        told["who"] = event["token"]
    told["channel"] = CHANNELS.get(event["channel"], event["channel"])
    return Row(act, told, place, ref, slug, event["facts"])


# --- Page ------------------------------------------------------------------------------------------


@never_cache
@require_GET
def acts(request: HttpRequest) -> HttpResponse:
    """A page of acts, newest first, by person, kind, ticket, site and days."""
    reader = _reader(request)
    wanted = _wanted(request, reader)
    found, following = trust.trail(
        wanted, actor=reader.actor, under=reader.under, after=request.GET.get("after", ""), limit=PAGE
    )
    rows = _rows(found, reader)
    standing = trust.standing()
    with timezone.override(reader.zone):
        return render(
            request,
            "ops/evidence.html",
            {
                "rows": rows,
                "next": following,
                "first_page": not request.GET.get("after"),
                "filtered": any(
                    request.GET.get(name) for name in ("site", "person", "kind", "number", "from", "to")
                ),
                "broken": sum(row.proof == "broken" for row in rows),
                "standing": standing,
                "refusing": [one for one in standing.witnesses if one.refuses],
                "choices": _choices(request, reader),
                "several": bool(reader.sites) or reader.actor.may(RIGHT, INSTALLATION),
                "zone_name": reader.zone,
                "may_export_acts": _may_export(reader),
                "on_evidence": True,
                "place": reader.sites.get(reader.chosen) if reader.chosen else None,
                **frame(reader.actor),
            },
        )


def _choices(request: HttpRequest, reader: Reader) -> dict[str, Any]:
    sites = [(site.slug, say(site.names)) for site in reader.sites.values()]
    sites += [(str(key), say(one.names)) for key, one in reader.organisations.items()]
    if reader.actor.may(RIGHT, INSTALLATION):
        sites.append((WHOLE, _("Whole installation")))
    return {
        "sites": sites,
        "people": _people(reader),
        "kinds": kinds.choices(),
        **{name: request.GET.get(name, "") for name in ("site", "person", "kind", "number", "from", "to")},
        "first": request.GET.get("from", ""),
        "last": request.GET.get("to", ""),
    }


def _people(reader: Reader) -> list[tuple[str, str]]:
    at_sites = people.staff_of_sites(list(reader.sites))
    names: dict[UUID, Text] = people.names_of({one for staff in at_sites.values() for one in staff})
    return sorted(((str(key), say(name)) for key, name in names.items()), key=lambda pair: natural(pair[1]))


def _may_export(reader: Reader) -> bool:
    places = [reader.chosen] if reader.chosen else list(reader.sites)
    return bool(places) and all(reader.actor.may("ops.export", place) for place in places)


# --- Files -----------------------------------------------------------------------------------------


def _proof_words(row: Row) -> str:
    if row.proof == "broken":
        return _("does not match")
    if row.proof == "unlinked":
        return _("unlinked")
    return _("waits") if row.act.index is None else _("in the tree")


def _columns() -> tuple[tuple[str | Promise, Any], ...]:
    return (
        (gettext_lazy("Leaf"), lambda row, _language: row.act.index),
        (gettext_lazy("Moment (UTC)"), lambda row, _language: row.moment.astimezone(UTC).isoformat()),
        (gettext_lazy("Site"), lambda row, _language: row.site),
        (gettext_lazy("Who"), lambda row, _language: row.told["who"]),
        (gettext_lazy("Act"), lambda row, _language: row.told["title"]),
        (gettext_lazy("Details"), lambda row, _language: row.told["text"]),
        (gettext_lazy("Ticket"), lambda row, _language: row.number),
        (gettext_lazy("Kind"), lambda row, _language: row.act.kind),
        (gettext_lazy("Number in the site's log"), lambda row, _language: row.act.seq),
        (gettext_lazy("Proof"), lambda row, _language: _proof_words(row)),
    )


@never_cache
@require_GET
def acts_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All acts that the filters take, as a file. That somebody took it is an act itself."""
    reader = _reader(request)
    if not _may_export(reader):
        raise NotFound
    wanted = _wanted(request, reader)
    used = [name for name in ("site", "person", "kind", "number", "from", "to") if request.GET.get(name)]
    place = reader.chosen or next(iter(reader.sites))
    trust_actions.note_export(place, form="csv", filters=used, by=reader.actor)
    columns = _columns()
    language = translation.get_language() or "en"
    response = StreamingHttpResponse(
        exports.lines(
            [str(head) for head, _read in columns], columns, _all(wanted, reader, language), language
        ),
        content_type="text/csv; charset=utf-8",
    )
    today = clock.local(clock.now(), reader.zone).date().isoformat()
    response["Content-Disposition"] = f'attachment; filename="acts-{today}.csv"'
    return response


def _all(wanted: trust.Wanted, reader: Reader, language: str) -> Iterator[Any]:
    after = ""
    while True:
        found, after = trust.trail(
            wanted, actor=reader.actor, under=reader.under, after=after, limit=EXPORT_PART
        )
        with translation.override(language):
            rows = _rows(found, reader)
        yield from rows
        if not after:
            return


@never_cache
@require_GET
def receipt(request: HttpRequest) -> JsonResponse:
    """An act with all that proves it, as a file to give away."""
    reader = _reader(request)
    if reader.chosen is None:
        raise NotFound
    seq = request.GET.get("seq", "")
    if not (seq.isascii() and seq.isdigit() and 0 < len(seq) < 19):
        raise BadInput(errors={"seq": "1…"})
    found = trust.receipt(reader.chosen, int(seq), actor=reader.actor, under=reader.under)
    response = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 1})
    name = request.GET.get("site", "")
    response["Content-Disposition"] = f'attachment; filename="receipt-{name}-{int(seq)}.json"'
    return response
