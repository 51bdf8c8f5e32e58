"""Accounts of staff and their skills: add, change the password, choose a language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput
from servicehall.kernel.events import record
from servicehall.kernel.languages import NAMES, Text, tag
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import INSTALLATION, transaction
from servicehall.rooms.people.events import FirstPasswordEnded, PasswordChanged
from servicehall.rooms.people.models import RoleGrant, Skill, Staff

from .proving import WrongProof, prove_password
from .sessions import end_sessions


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
    email: str = "",
    check_password: bool = True,
    is_demo: bool = False,
) -> Staff:
    """Add a member of staff with roles and skills (short names of existing ones).

    Raises:
        ValidationError: the name is taken or a field does not fit, or the password is weak.
        NotAllowed: the actor may not change staff.
    """
    allow(by, "staff.change", INSTALLATION)
    staff = Staff(username=username, names=names, language=language, email=email, is_demo=is_demo)
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


def change_password(
    staff: Staff, *, old: str, new: str, address: str, session: str = "", at: datetime | None = None
) -> None:
    """Let a person choose another password; their other sessions end with it.

    Raises:
        ValidationError: the old one is wrong (``old``), or the new one is weak or the same (``new``).
        LockedOut: too many wrong ones.
    """
    try:
        prove_password(staff.username, old, address=address, at=at)
    except WrongProof:
        raise ValidationError({"old": _("This is not your present password.")}) from None
    if old == new:
        raise ValidationError({"new": _("Choose a password that differs from the present one.")})
    try:
        validate_password(new, staff)
    except ValidationError as error:
        raise ValidationError({"new": error.messages}) from error
    by = Actor("staff", staff.pk, "desk")
    with transaction(INSTALLATION):
        staff.set_password(new)
        staff.first_password_until = None
        staff.save(update_fields=["password", "first_password_until"])
        record(PasswordChanged(staff.pk), actor=by, at=at or clock.now())
        end_sessions(staff, by=by, keep=session, reason="password-changed", at=at)


def end_first_password(staff: Staff, *, by: str, at: datetime | None = None) -> bool:
    """Make the one-time password of somebody who came in without it useless; says whether there was one.

    Its owner needs none to come in, and whoever else has seen it could come in with it for days.

    Args:
        by: what they came in with instead, ``passkey`` or ``single-sign-on``.
    """
    if staff.first_password_until is None:
        return False
    with transaction(INSTALLATION):
        # Not one that a manager makes at this moment.
        seen = Staff.objects.filter(pk=staff.pk, password=staff.password)
        staff.set_unusable_password()
        staff.first_password_until = None
        ended = bool(seen.update(password=staff.password, first_password_until=None))
        if ended:
            record(
                FirstPasswordEnded(staff.pk, by),
                actor=Actor("staff", staff.pk, "desk"),
                at=at or clock.now(),
                subject_id=staff.pk,
            )
    if not ended:
        staff.refresh_from_db()
    return ended


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
