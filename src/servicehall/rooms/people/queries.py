"""Reads of staff and tokens: above all, who an actor is and what they may do."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from servicehall.kernel import sql
from servicehall.kernel.errors import NotFound
from servicehall.kernel.languages import Text
from servicehall.kernel.natural_order import natural_name
from servicehall.kernel.rights import ROLES, STAFF_ROLES, Actor, Grant
from servicehall.kernel.transactions import INSTALLATION
from servicehall.rooms.hall import queries as hall

from .models import ApiToken, Lock, RoleGrant, Skill, Staff

MANAGING = frozenset({"manager", "admin"})
"""The roles of which "managers and administrators" is said."""


def digest(raw: str) -> str:
    """What is kept of a token (256 random bits need no slow hash)."""
    return hashlib.sha256(raw.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class TokenSite:
    """The site that a token is for."""

    id: UUID
    slug: str
    is_rehearsal: bool


@dataclass(frozen=True, slots=True)
class Bearer:
    """The actor that a bearer token stands for, and its site (None: every site)."""

    actor: Actor
    home: TokenSite | None


def bearer(raw: str, channel: str = "api") -> Bearer | None:
    """Whoever sent that token; None when it is unknown or revoked. One query."""
    found = sql.row(
        "SELECT t.id, t.name, t.role, s.id, s.slug, s.is_rehearsal FROM people_apitoken t"
        " LEFT JOIN hall_site s ON s.id = t.site_id WHERE t.digest = %s AND t.revoked_at IS NULL",
        digest(raw),
    )
    if found is None:
        return None
    site = sql.uuid(found[3])
    grant = Grant(found[2], None if site is None else frozenset({site}))
    home = None if site is None else TokenSite(site, found[4], bool(found[5]))
    return Bearer(Actor("token", sql.uuid(found[0]), channel, found[1], (grant,)), home)


def actor_for_token(raw: str, channel: str = "api") -> Actor | None:
    """The actor that a bearer token stands for; None when unknown or revoked. One query."""
    found = bearer(raw, channel)
    return found.actor if found else None


def actor_for_staff(staff_id: UUID, channel: str = "desk") -> Actor | None:
    """The actor that a member of staff is; None when unknown or no longer active."""
    staff = Staff.objects.filter(pk=staff_id, is_active=True).first()
    return None if staff is None else actor_of(staff, channel)


def actor_of(staff: Staff, channel: str = "desk") -> Actor:
    """The actor that this member of staff is, with scopes resolved to places (sites, regions, organisations)."""
    grants = []
    for one in RoleGrant.objects.filter(staff=staff):
        reach = (
            frozenset({one.site_id})
            if one.site_id
            else hall.places_under(organisation=one.organisation_id, region=one.region_id)
        )
        if one.organisation_id:
            # What belongs to no place (skills, new organisations) is the organisations' own.
            reach |= {INSTALLATION}
        grants.append(Grant(one.role, reach))
    return Actor("staff", staff.pk, channel, str(staff), tuple(grants))


def is_demo() -> bool:
    """Whether the demo's people may sign in here: their passwords are printed, so nothing is secret."""
    return Staff.objects.filter(is_demo=True, is_active=True).exists()


def anybody() -> bool:
    """Whether there is anybody who may sign in."""
    return Staff.objects.filter(is_active=True).exists()


def staff_at(site_id: UUID, username: str) -> Staff:
    """A member of staff with a role at the site, by user name or id.

    Raises:
        NotFound: nobody of that name has a role there.
    """
    found = Staff.objects.filter(username__iexact=username, is_active=True).first()
    if found is None:
        try:
            found = Staff.objects.filter(pk=UUID(username), is_active=True).first()
        except ValueError:
            found = None
    if found is None or not actor_of(found).may("queue.call", site_id):
        raise NotFound
    return found


def staff_named(username: str) -> Staff:
    """The member of staff who signs in with that name.

    Raises:
        NotFound: nobody does.
    """
    found = Staff.objects.filter(username__iexact=username).first()
    if found is None:
        raise NotFound
    return found


def staff_reaches(staff: Staff, site_id: UUID) -> bool:
    """Whether the person has a role that holds at the site."""
    return actor_of(staff).sees(site_id)


@dataclass(frozen=True, slots=True)
class LockedPerson:
    """A member of staff whose account is locked now."""

    staff_id: UUID
    names: Text
    username: str
    at: datetime
    until: datetime


def locked_at(site_id: UUID, *, at: datetime) -> list[LockedPerson]:
    """Who of a site's staff is locked out now, the newest first."""
    above = hall.places_above([site_id])
    region, organisation = above[site_id]
    grants = RoleGrant.objects.filter(
        Q(site_id=site_id) | Q(region_id=region) | Q(organisation_id=organisation)
    )
    open_locks = Lock.objects.filter(
        scope="account", until__gt=at, unlocked_at=None, staff__in=grants.values("staff_id")
    )
    rows = open_locks.order_by("-at").values_list(
        "staff_id", "staff__names", "staff__username", "at", "until"
    )
    return [LockedPerson(*row) for row in rows]


def second_factors(staff_id: UUID) -> list[Authenticator]:
    """A person's second factors and recovery codes, oldest first."""
    return list(Authenticator.objects.filter(user_id=staff_id).order_by("created_at", "pk"))


def real_factors() -> QuerySet[Authenticator]:
    """Everybody's second factors without recovery codes, which only stand in for one that was lost."""
    found: QuerySet[Authenticator] = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES)
    return found


def highest_role(staff: Staff) -> str:
    """The highest of a person's roles, wherever it holds; empty without any."""
    roles = set(RoleGrant.objects.filter(staff=staff).values_list("role", flat=True))
    return max(roles, key=STAFF_ROLES.index, default="")


def needs_second_factor(staff: Staff) -> bool:
    """Whether one of the person's organisations, or the installation, wants a second factor of them.

    The demo's people may do without: their passwords are printed.
    """
    if staff.is_demo:
        return False
    paths = ("organisation", "region__organisation", "site__region__organisation")
    rule = Coalesce(*(f"{path}__second_factor" for path in paths))
    held = set(RoleGrant.objects.filter(staff=staff).values_list("role", rule))
    highest = max((role for role, _rule in held), key=STAFF_ROLES.index, default="")
    return highest in settings.SECOND_FACTOR_ROLES or any(
        rule == "all" or (rule == "managers" and role in MANAGING) for role, rule in held
    )


def timezone_of(staff: Staff) -> str:
    """The time zone of a person's hall: of several the one that was set up first; without any, UTC (one query)."""
    paths = ("site", "region__sites", "organisation__regions__sites")
    place, zone = (Coalesce(*(f"{path}__{name}" for path in paths)) for name in ("pk", "timezone"))
    halls = RoleGrant.objects.filter(staff=staff).annotate(place=place, zone=zone).exclude(place=None)
    return halls.order_by("place").values_list("zone", flat=True).first() or settings.TIME_ZONE


def skills_of(staff_id: UUID) -> frozenset[UUID]:
    """The ids of a person's skills."""
    return frozenset(
        Staff.skills.through.objects.filter(staff_id=staff_id).values_list("skill_id", flat=True)
    )


def colleagues(site_id: UUID) -> list[Staff]:
    """Active staff with a role at the site, by name."""
    site = hall.site(site_id)
    grants = RoleGrant.objects.filter(role__in=STAFF_ROLES, staff__is_active=True)
    wide = grants.filter(site_id=site_id) | grants.filter(region_id=site.region_id)
    wide = wide | grants.filter(organisation_id=site.region.organisation_id)
    found = Staff.objects.filter(pk__in=wide.values("staff_id")).order_by("username")
    return sorted(found, key=lambda one: natural_name(one.names))


def staff_of_sites(sites: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The ids of the active staff with a role at each site, also through its region or organisation."""
    above = hall.places_above(sites)
    grants = RoleGrant.objects.filter(role__in=STAFF_ROLES, staff__is_active=True).filter(
        Q(site_id__in=sites)
        | Q(region_id__in=[region for region, _organisation in above.values()])
        | Q(organisation_id__in=[organisation for _region, organisation in above.values()])
    )
    rows = list(grants.values_list("staff_id", "site_id", "region_id", "organisation_id"))
    return {
        site: {staff for staff, *places in rows if {site, region, organisation} & set(places)}
        for site, (region, organisation) in above.items()
    }


def skills_of_many(ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The ids of the skills of several people (one query); who has none is left out."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for staff, skill in Staff.skills.through.objects.filter(staff_id__in=ids).values_list(
        "staff_id", "skill_id"
    ):
        found[staff].add(skill)
    return {staff: frozenset(skills) for staff, skills in found.items()}


def names_of(ids: Collection[UUID]) -> dict[UUID, Text]:
    """The names of these members of staff, also of those who have left (one query, none for nobody)."""
    if not ids:
        return {}
    return dict(Staff.objects.filter(pk__in=ids).values_list("pk", "names"))


def token_names_of(ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of these tokens, also of revoked ones (one query, none for none)."""
    return dict(ApiToken.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def tokens(actor: Actor) -> list[ApiToken]:
    """The tokens of the sites where the actor may change them, newest first."""
    sites = actor.sites("token.change")
    found = ApiToken.objects.select_related("site")
    return list(found if sites is None else found.filter(site_id__in=sites))


def skill_ids() -> dict[str, UUID]:
    """The ids of all skills by short name."""
    return dict(Skill.objects.values_list("slug", "pk"))


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody of staff who can be written to."""

    address: str
    language: str


def reachable(organisation_id: UUID, right: str) -> list[Reachable]:
    """Who holds a right anywhere in an organisation and has an address (two queries)."""
    places = hall.places_under(organisation=organisation_id)
    roles = [role for role in STAFF_ROLES if right in ROLES[role]]
    grants = RoleGrant.objects.filter(role__in=roles).filter(
        Q(site_id__in=places) | Q(region_id__in=places) | Q(organisation_id__in=places)
    )
    people = Staff.objects.filter(pk__in=grants.values("staff_id"), is_active=True).exclude(email="")
    return [Reachable(*row) for row in people.order_by("username").values_list("email", "language")]


def organisations_of(subject: UUID) -> frozenset[UUID]:
    """Where a person works, or the person whose account a lock is about; nobody's id is nowhere (two queries)."""
    locked = Lock.objects.filter(pk=subject).values_list("staff_id", flat=True).first()
    rows = RoleGrant.objects.filter(staff_id=locked or subject).values_list(
        "organisation_id", "region__organisation_id", "site__region__organisation_id"
    )
    return frozenset(found for row in rows for found in row if found)


def names_about(subjects: Collection[UUID]) -> dict[UUID, Text]:
    """Whose account these are, where a subject is a person or a lock of one's account (two queries)."""
    locked = dict(Lock.objects.filter(pk__in=subjects, staff__isnull=False).values_list("pk", "staff_id"))
    names = names_of({*subjects, *locked.values()})
    return names | {lock: names[staff] for lock, staff in locked.items() if staff in names}
