"""What can be done about staff and tokens. The only writers of this room's tables."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password

from servicehall.kernel import clock, rights
from servicehall.kernel.errors import BadInput
from servicehall.kernel.events import record
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import INSTALLATION, transaction

from .events import SignInRefused, StaffSignedIn, StaffSignedOut, TokenCreated, TokenRevoked
from .models import ApiToken, RoleGrant, Skill, Staff
from .queries import digest


def create_token(
    *, role: str, site_id: UUID | None, name: str, by: Actor, at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make an API token; returns its row and the only copy of the token itself.

    Raises:
        BadInput: there is no such token role.
        NotAllowed: the actor may not make tokens there.
    """
    if role not in rights.TOKEN_ROLES:
        raise BadInput(errors={"role": ", ".join(rights.TOKEN_ROLES)})
    allow(by, "token.change", site_id or INSTALLATION)
    moment = at or clock.now()
    raw = f"sh_{secrets.token_urlsafe(32)}"
    with transaction(INSTALLATION):
        token = ApiToken.objects.create(
            name=name or f"{role} token", digest=digest(raw), role=role, site_id=site_id, created_at=moment
        )
        record(TokenCreated(token.pk, role, site_id), actor=by, at=moment, subject_id=token.pk)
    return token, raw


def revoke_token(token: ApiToken, *, by: Actor, at: datetime | None = None) -> None:
    """Make a token invalid from now on; doing it twice changes nothing more."""
    allow(by, "token.change", token.site_id or INSTALLATION)
    moment = at or clock.now()
    with transaction(INSTALLATION):
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=moment):
            record(TokenRevoked(token.pk), actor=by, at=moment, subject_id=token.pk)


@dataclass(frozen=True, slots=True)
class RoleAt:
    """A role at one organisation, region or site (ids)."""

    role: str
    organisation: UUID | None = None
    region: UUID | None = None
    site: UUID | None = None


def add_skill(*, slug: str, names: Text, by: Actor) -> None:
    """Add a skill that stages can require; one that is there already stays as it is.

    Raises:
        NotAllowed: the actor may not change staff.
    """
    allow(by, "staff.change", INSTALLATION)
    with transaction(INSTALLATION):
        Skill.objects.get_or_create(slug=slug, defaults={"names": names})


def add_staff(
    *,
    username: str,
    names: Text,
    password: str,
    by: Actor,
    roles: Iterable[RoleAt] = (),
    skills: Iterable[str] = (),
    language: str = "zh-hans",
    check_password: bool = True,
) -> Staff:
    """Add a member of staff with roles and skills (short names of existing ones).

    Raises:
        ValidationError: the name is taken or a field does not fit, or the password is weak.
        NotAllowed: the actor may not change staff.
    """
    allow(by, "staff.change", INSTALLATION)
    staff = Staff(username=username, names=names, language=language)
    if check_password:
        validate_password(password, staff)
    staff.set_password(password)
    staff.full_clean()
    with transaction(INSTALLATION):
        staff.save()
        staff.skills.set(Skill.objects.filter(slug__in=list(skills)))
        for one in roles:
            grant = RoleGrant(
                staff=staff,
                role=one.role,
                organisation_id=one.organisation,
                region_id=one.region,
                site_id=one.site,
            )
            grant.full_clean()
            grant.save()
    return staff


def note_sign_in(staff: Staff, *, at: datetime | None = None) -> None:
    """Record that a person signed in."""
    with transaction(INSTALLATION):
        record(StaffSignedIn(staff.pk), actor=Actor("staff", staff.pk, "desk"), at=at or clock.now())


def note_sign_in_refused(username: str, *, reason: str, at: datetime | None = None) -> None:
    """Record that a sign-in failed (the name that was typed is not kept: it may be a password)."""
    staff = Staff.objects.filter(username__iexact=username).first()
    with transaction(INSTALLATION):
        record(
            SignInRefused(staff.pk if staff else None, reason),
            actor=Actor("customer", None, "desk"),
            at=at or clock.now(),
        )


def note_sign_out(staff: Staff, *, at: datetime | None = None) -> None:
    """Record that a person signed out."""
    with transaction(INSTALLATION):
        record(StaffSignedOut(staff.pk), actor=Actor("staff", staff.pk, "desk"), at=at or clock.now())
