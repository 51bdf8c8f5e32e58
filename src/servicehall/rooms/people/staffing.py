"""What managers do about staff: change a person, give and withdraw roles. Writers of this room, like actions.py.

Nobody gives a role above their own, or at a place beyond their own; nobody changes a person who
holds more than they do; nobody locks themselves out.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock, step_up
from servicehall.kernel.errors import Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import ROLES, STAFF_ROLES, Actor, allow
from servicehall.kernel.transactions import INSTALLATION, transaction
from servicehall.rooms.hall.events import SetupChanged

from .actions import end_sessions
from .models import RoleGrant, Skill, Staff
from .passwords import FIRST_IS_GOOD_FOR, first_password

RIGHT = "staff.change"


class RoleOutOfReach(Refused):
    """The role is above the giver's own, or its place beyond theirs."""

    kind = "role-out-of-reach"
    status = 403
    title = _("You cannot give or withdraw this role")
    advice = _("Roles up to your own, at places that you manage, are yours to give.")


class PersonOutOfReach(Refused):
    """The person also has roles that the actor could not give."""

    kind = "person-out-of-reach"
    status = 403
    title = _("You cannot change this person")
    advice = _("Somebody with roles beyond yours is changed by an administrator of their places.")


class OwnAccess(Refused):
    """Somebody would lock themselves out."""

    kind = "own-access"
    title = _("You would take away your own access")
    advice = _("Ask another administrator to do it.")


def place_of(grant: RoleGrant) -> UUID | None:
    """The place of a role: a site, a region or an organisation."""
    return grant.site_id or grant.region_id or grant.organisation_id


def at_places(places: Collection[UUID]) -> Q:
    """Roles that hold at one of these places themselves."""
    return Q(site_id__in=places) | Q(region_id__in=places) | Q(organisation_id__in=places)


def roles_at(actor: Actor, place: UUID) -> tuple[str, ...]:
    """The roles that the actor may give at a place: up to their own highest there."""
    if actor.extra:
        return STAFF_ROLES
    own = [
        STAFF_ROLES.index(grant.role)
        for grant in actor.grants
        if grant.role in STAFF_ROLES and grant.covers(place) and RIGHT in ROLES[grant.role]
    ]
    return STAFF_ROLES[: max(own) + 1] if own else ()


def may_give(actor: Actor, role: str, place: UUID | None) -> bool:
    """Whether the actor may give or withdraw the role at the place."""
    return place is not None and role in roles_at(actor, place)


def may_change(actor: Actor, person: Staff) -> bool:
    """Whether the actor may change the person: all of their roles are the actor's to give."""
    grants = list(RoleGrant.objects.filter(staff_id=person.pk))
    if not grants:
        return actor.may(RIGHT, INSTALLATION)
    return all(may_give(actor, grant.role, place_of(grant)) for grant in grants)


def _note(thing: Any, act: str, fields: list[str], *, by: Actor, at: datetime | None) -> None:
    record(SetupChanged(thing._meta.label_lower, str(thing.pk), act, fields), actor=by, at=at or clock.now())


def _operation(act: str, grant: RoleGrant) -> step_up.Operation:
    # By user name: somebody who is just being added has no lasting id yet.
    return step_up.Operation(act, f"{grant.staff.username}:{grant.role}@{place_of(grant)}")


def save_person(
    person: Staff, *, by: Actor, fields: list[str], new_password: bool = False, at: datetime | None = None
) -> str:
    """Add or change a person; returns a one-time password when one is wanted, else an empty text.

    Nobody but its owner knows a password for long: the one made here ends after three days, and whoever
    signs in with it has to choose another. It is kept nowhere in the clear.

    Raises:
        PersonOutOfReach: the person has roles that the actor could not give.
        OwnAccess: the actor would lock themselves out.
        NotAllowed: the actor may not change staff at all.
        ValidationError: a field does not fit.
        StepUpNeeded, StepUpRefused: a new password or address has to be confirmed.
    """
    added = person._state.adding
    places = by.sites(RIGHT)
    if not by.extra and (places == frozenset() or (not added and not may_change(by, person))):
        raise PersonOutOfReach
    if by.id == person.pk and not person.is_active:
        raise OwnAccess
    moment, password = at or clock.now(), first_password() if new_password else ""
    if password:
        person.set_password(password)
        person.first_password_until = moment + FIRST_IS_GOOD_FOR
    person.full_clean()
    with transaction(INSTALLATION):
        if password and not added:
            step_up.demand(by, step_up.Operation("password.set", person.username))
        if not added and "email" in fields:
            # Single sign-on finds people by their address.
            step_up.demand(by, step_up.Operation("email.set", f"{person.username}:{person.email}"))
        person.save()
        _note(person, "added" if added else "changed", fields, by=by, at=moment)
        if password and not added:
            end_sessions(person, by=by, reason="password-set", at=moment)
    return password


def end_sessions_of(person: Staff, *, by: Actor, at: datetime | None = None) -> int:
    """Sign a person out wherever they are signed in; returns at how many places.

    Raises:
        PersonOutOfReach: the person has roles that the actor could not give.
        StepUpNeeded, StepUpRefused: a person has to confirm it.
    """
    if not by.extra and not may_change(by, person):
        raise PersonOutOfReach
    with transaction(INSTALLATION):
        step_up.demand(by, step_up.Operation("sessions.end", person.username))
        return end_sessions(person, by=by, reason="by-manager", at=at)


def give_role(grant: RoleGrant, *, by: Actor, at: datetime | None = None) -> None:
    """Give a role, or change one.

    Raises:
        RoleOutOfReach: it is, or was, not the actor's to give.
        OwnAccess: an administrator would lose their own last administrator's role.
        ValidationError: it has not exactly one place.
        StepUpNeeded, StepUpRefused: a person has to confirm it.
    """
    stored = RoleGrant.objects.filter(pk=grant.pk).first() if grant.pk else None
    for one in (grant, stored):
        if one is not None and not may_give(by, one.role, place_of(one)):
            raise RoleOutOfReach
    if stored is not None and grant.role != "admin":
        _keep_own_last(stored, by)
    grant.full_clean()
    with transaction(INSTALLATION):
        step_up.demand(by, _operation("role.give", grant))
        grant.save()
        _note(grant, "changed" if stored else "added", [], by=by, at=at)


def withdraw_role(grant: RoleGrant, *, by: Actor, at: datetime | None = None) -> None:
    """Take a role away.

    Raises:
        RoleOutOfReach: it is not the actor's to give.
        OwnAccess: an administrator would lose their own last administrator's role.
        StepUpNeeded, StepUpRefused: a person has to confirm it.
    """
    if not may_give(by, grant.role, place_of(grant)):
        raise RoleOutOfReach
    _keep_own_last(grant, by)
    with transaction(INSTALLATION):
        step_up.demand(by, _operation("role.withdraw", grant))
        _note(grant, "removed", [], by=by, at=at)
        grant.delete()


def _keep_own_last(grant: RoleGrant, by: Actor) -> None:
    if grant.staff_id != by.id or grant.role != "admin":
        return
    if not RoleGrant.objects.filter(staff_id=by.id, role="admin").exclude(pk=grant.pk).exists():
        raise OwnAccess


def save_skill(skill: Skill, *, by: Actor, fields: list[str], at: datetime | None = None) -> None:
    """Add or change a skill; skills belong to no site.

    Raises:
        NotAllowed: the actor may not change staff everywhere.
        ValidationError: a field does not fit.
    """
    allow(by, RIGHT, INSTALLATION)
    added = skill._state.adding
    skill.full_clean()
    with transaction(INSTALLATION):
        skill.save()
        _note(skill, "added" if added else "changed", fields, by=by, at=at)
