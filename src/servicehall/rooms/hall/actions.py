"""What can be done to the setup of a hall. The only writers of its tables.

Rooms above register their own setup tables with the same two acts, so that every change of a
setup is checked, recorded and seen at once by every process.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time
from uuid import UUID

from django.db.models import F, Model

from servicehall.kernel import clock, step_up
from servicehall.kernel.events import record
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import INSTALLATION, transaction

from .events import SetupChanged
from .models import Floor, OpeningHours, Organisation, Region, Site, SpecialDay, Zone, owning_site


def _site_of(row: Model) -> UUID:
    """The site in whose line the row is written."""
    site = owning_site(row)
    return site.pk if site is not None and site.pk and not site._state.adding else INSTALLATION


def place_of(row: Model) -> UUID:
    """The place whose right decides about the row: its site, for places the place itself, else all of it.

    A new place is its parent's business: a region's managers add sites, an organisation's add regions.
    """
    if isinstance(row, Organisation):
        return INSTALLATION if row._state.adding else row.pk
    if isinstance(row, Region):
        return row.organisation_id if row._state.adding else row.pk
    if isinstance(row, Site):
        return row.region_id if row._state.adding else row.pk
    return _site_of(row)


def _allow(row: Model, by: Actor) -> None:
    """The right at the row's place, and where it was before: a row cannot be pulled over from elsewhere."""
    allow(by, "setup.change", place_of(row))
    stored = None if row._state.adding else type(row)._base_manager.filter(pk=row.pk).first()
    if stored is None:
        return
    allow(by, "setup.change", place_of(stored))
    for parent in ("region_id", "organisation_id"):
        if getattr(stored, parent, None) != getattr(row, parent, None):
            allow(by, "setup.change", getattr(row, parent))


def touch(site_id: UUID) -> None:
    """Tell every process that the site's setup has changed (they keep it in memory)."""
    sites = Site.objects.all() if site_id == INSTALLATION else Site.objects.filter(pk=site_id)
    sites.update(setup_version=F("setup_version") + 1)


def _demand(row: Model, by: Actor) -> None:
    """How people sign in is not changed from a browser that was left open."""
    if not isinstance(row, Organisation) or row._state.adding:
        return
    before = Organisation.objects.values_list("second_factor", flat=True).get(pk=row.pk)
    if before != row.second_factor:
        step_up.demand(by, step_up.Operation("second-factor.rule", f"{row.pk}:{row.second_factor}"))


def save_setup(row: Model, *, by: Actor, fields: list[str] | None = None, at: datetime | None = None) -> None:
    """Add or change a row of the setup.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there.
        ValidationError: a field does not fit.
        StepUpNeeded, StepUpRefused: who has to have a second factor has to be confirmed.
    """
    site_id = _site_of(row)
    _allow(row, by)
    row.full_clean()
    added = row._state.adding
    with transaction(site_id):
        _demand(row, by)
        row.save()
        touch(site_id)
        record(
            SetupChanged(row._meta.label_lower, str(row.pk), "added" if added else "changed", fields or []),
            actor=by,
            at=at or clock.now(),
        )


def remove_setup(row: Model, *, by: Actor, at: datetime | None = None) -> None:
    """Remove a row of the setup.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there.
        ProtectedError: something still needs the row.
    """
    site_id = INSTALLATION if isinstance(row, Site) else _site_of(row)
    _allow(row, by)
    key = str(row.pk)
    with transaction(site_id):
        row.delete()
        touch(site_id)
        record(SetupChanged(row._meta.label_lower, key, "removed", []), actor=by, at=at or clock.now())


def add_organisation(*, slug: str, names: Text, by: Actor) -> Organisation:
    """Add an organisation. Raises what :func:`save_setup` raises."""
    row = Organisation(slug=slug, names=names)
    save_setup(row, by=by)
    return row


def add_region(*, organisation: Organisation, slug: str, names: Text, by: Actor) -> Region:
    """Add a region. Raises what :func:`save_setup` raises."""
    row = Region(organisation=organisation, slug=slug, names=names)
    save_setup(row, by=by)
    return row


def add_site(
    *,
    region: Region,
    slug: str,
    names: Text,
    by: Actor,
    timezone: str = "Asia/Shanghai",
    address: Text | None = None,
    hours: Iterable[tuple[int, time, time]] = (),
    is_rehearsal: bool = False,
) -> Site:
    """Add a site with opening hours: (weekday from Monday = 0, opens, closes).

    Raises what :func:`save_setup` raises.
    """
    row = Site(
        region=region,
        slug=slug,
        names=names,
        timezone=timezone,
        address=address or {},
        is_rehearsal=is_rehearsal,
    )
    save_setup(row, by=by)
    for weekday, opens, closes in hours:
        save_setup(OpeningHours(site=row, weekday=weekday, opens=opens, closes=closes), by=by)
    return row


def add_floor(*, site: Site, level: int, names: Text, by: Actor) -> Floor:
    """Add a floor. Raises what :func:`save_setup` raises."""
    row = Floor(site=site, level=level, names=names)
    save_setup(row, by=by)
    return row


def add_zone(*, floor: Floor, slug: str, names: Text, by: Actor, kind: str = "consultation") -> Zone:
    """Add a zone; ``kind`` is one of ``Zone.Kind``. Raises what :func:`save_setup` raises."""
    row = Zone(site=floor.site, floor=floor, slug=slug, names=names, kind=kind)
    save_setup(row, by=by)
    return row


def set_opening_week(*, site: Site, week: Sequence[tuple[int, time, time]], by: Actor) -> None:
    """Open at these hours of the weekdays (Monday = 0) and no others; spans that stay are not touched.

    Raises what :func:`save_setup` and :func:`remove_setup` raise.
    """
    left = list(week)
    with transaction(site.pk):
        for row in OpeningHours.objects.filter(site=site):
            if (span := (row.weekday, row.opens, row.closes)) in left:
                left.remove(span)
            else:
                remove_setup(row, by=by)
        for weekday, opens, closes in left:
            save_setup(OpeningHours(site=site, weekday=weekday, opens=opens, closes=closes), by=by)


def remove_special_days(*, site: Site, ids: Collection[int], by: Actor) -> None:
    """Let the weekdays' hours hold again on these dates. Raises what :func:`remove_setup` raises."""
    with transaction(site.pk):
        for row in SpecialDay.objects.filter(site=site, pk__in=ids):
            remove_setup(row, by=by)


def add_special_day(
    *, site: Site, day: date, opens: time | None, closes: time | None, by: Actor, names: Text | None = None
) -> SpecialDay:
    """Other hours on a date; neither: closed all day. Raises what :func:`save_setup` raises."""
    row = SpecialDay(site=site, date=day, opens=opens, closes=closes, names=names or {})
    save_setup(row, by=by)
    return row


def remove_special_day(
    *, site: Site, day: date, opens: time | None, closes: time | None, names: Text, by: Actor
) -> bool:
    """Let the weekday's hours hold again, if the day is still as described here; whether it was.

    Raises what :func:`remove_setup` raises.
    """
    row = SpecialDay.objects.filter(site=site, date=day, opens=opens, closes=closes).first()
    if row is None or row.names != names:
        return False
    remove_setup(row, by=by)
    return True
