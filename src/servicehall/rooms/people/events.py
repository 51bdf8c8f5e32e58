"""Facts that this room publishes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact


@fact("staff.signed-in")
@dataclass(frozen=True, slots=True)
class StaffSignedIn:
    """A member of staff signed in on a page."""

    staff: UUID


@fact("staff.sign-in-refused")
@dataclass(frozen=True, slots=True)
class SignInRefused:
    """A sign-in failed; ``staff`` is known when the user name exists.

    ``who`` and ``where`` are keyed digests of name with address and of the address alone.
    """

    staff: UUID | None
    reason: str
    who: str = ""
    where: str = ""


@fact("staff.signed-out")
@dataclass(frozen=True, slots=True)
class StaffSignedOut:
    """A member of staff signed out on a page."""

    staff: UUID


@fact("staff.password-changed")
@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """A member of staff chose another password."""

    staff: UUID


@fact("token.created")
@dataclass(frozen=True, slots=True)
class TokenCreated:
    """An API token was made."""

    token: UUID
    role: str
    site: UUID | None


@fact("token.revoked")
@dataclass(frozen=True, slots=True)
class TokenRevoked:
    """An API token was made invalid."""

    token: UUID
