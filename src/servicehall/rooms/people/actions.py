"""What can be done about staff and tokens. The only writers of this room's tables."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock, rights
from servicehall.kernel.errors import BadInput, Refused
from servicehall.kernel.events import after, last_seq, record
from servicehall.kernel.languages import NAMES, Text, tag
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import INSTALLATION, transaction

from .events import (
    PasswordChanged,
    SignInRefused,
    StaffSignedIn,
    StaffSignedOut,
    TokenCreated,
    TokenRevoked,
)
from .models import ApiToken, RoleGrant, Skill, Staff
from .queries import digest
from .throttle import TRIES_BY_ADDRESS, TRIES_BY_NAME, wait_after

LOOKED_AT = 500
"""How many of the installation's newest events are searched for failed sign-ins."""


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


class SignInDelayed(Refused):
    """Too many sign-ins failed just before; ``seconds`` says how long to wait."""

    kind = "sign-in-delayed"
    status = 429
    title = _("Too many failed sign-ins")
    advice = _("Wait, then try again. If you forgot your password, ask your manager.")


def _traces(username: str, address: str) -> tuple[str, str]:
    # Keyed, because what was typed as a name may be a password, and an address is personal.
    name = username.strip().casefold()
    return tuple(  # type: ignore[return-value]
        salted_hmac("servicehall.sign-in", part, algorithm="sha256").hexdigest()[:16]
        for part in (f"{name}\n{address}", address)
    )


def allow_sign_in(username: str, *, address: str, at: datetime | None = None) -> None:
    """Let somebody try to sign in; ask before the password is looked at.

    Raises:
        SignInDelayed: too many failed just before, with this name or from this address.
    """
    moment = at or clock.now()
    who, where = _traces(username, address)
    newest = last_seq(INSTALLATION)
    refused = [
        e for e in after(INSTALLATION, newest - LOOKED_AT, LOOKED_AT) if e.kind == "staff.sign-in-refused"
    ]
    wait = max(
        wait_after((e.at for e in refused if e.data.get("who") == who), TRIES_BY_NAME, moment),
        wait_after((e.at for e in refused if e.data.get("where") == where), TRIES_BY_ADDRESS, moment),
    )
    if wait:
        raise SignInDelayed(seconds=math.ceil(wait.total_seconds()))


def note_sign_in_refused(
    username: str, *, reason: str, address: str = "", at: datetime | None = None
) -> None:
    """Record that a sign-in failed (the name that was typed is not kept: it may be a password)."""
    staff = Staff.objects.filter(username__iexact=username).first()
    who, where = _traces(username, address)
    with transaction(INSTALLATION):
        record(
            SignInRefused(staff.pk if staff else None, reason, who, where),
            actor=Actor("customer", None, "desk"),
            at=at or clock.now(),
        )


def change_password(staff: Staff, *, old: str, new: str, at: datetime | None = None) -> None:
    """Let a person choose another password.

    Raises:
        ValidationError: the old one is wrong (``old``), or the new one is weak or the same (``new``).
    """
    if not staff.check_password(old):
        raise ValidationError({"old": _("This is not your present password.")})
    if old == new:
        raise ValidationError({"new": _("Choose a password that differs from the present one.")})
    try:
        validate_password(new, staff)
    except ValidationError as error:
        raise ValidationError({"new": error.messages}) from error
    with transaction(INSTALLATION):
        staff.set_password(new)
        staff.save(update_fields=["password"])
        record(PasswordChanged(staff.pk), actor=Actor("staff", staff.pk, "desk"), at=at or clock.now())


def choose_language(staff: Staff, code: str) -> None:
    """Keep the language that a person wants our pages in (``en``, ``zh-hans``).

    Raises:
        BadInput: pages do not exist in it.
    """
    if tag(code) not in NAMES:
        raise BadInput(errors={"language": ", ".join(NAMES)})
    with transaction(INSTALLATION):
        staff.language = tag(code).lower()
        staff.save(update_fields=["language"])


def note_sign_out(staff: Staff, *, at: datetime | None = None) -> None:
    """Record that a person signed out."""
    with transaction(INSTALLATION):
        record(StaffSignedOut(staff.pk), actor=Actor("staff", staff.pk, "desk"), at=at or clock.now())
