"""Facts that this room publishes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from servicehall.kernel.events import fact


@fact("staff.signed-in")
@dataclass(frozen=True, slots=True)
class StaffSignedIn:
    """A member of staff signed in on a page, by ``password``, ``passkey`` or ``single-sign-on``.

    ``factor`` is the second factor that was shown: ``totp``, ``recovery_codes``, ``webauthn`` or none.
    """

    staff: UUID
    by: str = "password"
    factor: str = ""


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


@fact("staff.first-password-ended")
@dataclass(frozen=True, slots=True)
class FirstPasswordEnded:
    """A one-time password was made useless, because its owner came in without it: ``by`` passkey or single-sign-on."""

    staff: UUID
    by: str


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


@fact("staff.locked")
@dataclass(frozen=True, slots=True)
class StaffLocked:
    """Too many sign-ins failed for an account; ``scope`` is ``account`` or ``account-address``."""

    staff: UUID | None
    lock: UUID
    scope: str
    until: datetime


@fact("staff.unlocked")
@dataclass(frozen=True, slots=True)
class StaffUnlocked:
    """A supervisor or administrator ended the locks of an account early."""

    staff: UUID
    locks: int


@fact("address.locked")
@dataclass(frozen=True, slots=True)
class AddressLocked:
    """Too many tries failed from a range of addresses; ``where`` is a keyed digest of it.

    ``scope`` is ``range`` (sign-ins) or ``token-range`` (guessed API tokens).
    """

    where: str
    lock: UUID
    scope: str
    until: datetime


@fact("alert.raised")
@dataclass(frozen=True, slots=True)
class AlertRaised:
    """Something happened that somebody should look at; ``about`` is a kind, ``subject`` its id."""

    about: str
    subject: UUID | None
    level: str


@fact("factor.added")
@dataclass(frozen=True, slots=True)
class FactorAdded:
    """A second factor was added: ``totp``, ``webauthn`` or ``recovery_codes``."""

    staff: UUID
    factor: str


@fact("factor.removed")
@dataclass(frozen=True, slots=True)
class FactorRemoved:
    """A second factor was taken away."""

    staff: UUID
    factor: str


@fact("session.revoked")
@dataclass(frozen=True, slots=True)
class SessionsRevoked:
    """Sessions of a person were ended from elsewhere, or by a time-out (``reason``)."""

    staff: UUID
    count: int
    reason: str


@fact("identity.linked")
@dataclass(frozen=True, slots=True)
class IdentityLinked:
    """A person's identity at a single sign-on provider was connected: ``by`` e-mail or their own link."""

    staff: UUID
    provider: str
    by: str


@fact("identity.unlinked")
@dataclass(frozen=True, slots=True)
class IdentityUnlinked:
    """A person's identity at a provider was disconnected."""

    staff: UUID
    provider: str


@fact("step-up.confirmed")
@dataclass(frozen=True, slots=True)
class StepUpConfirmed:
    """A sensitive act was confirmed, by ``password``, ``totp``, ``recovery_codes``, ``webauthn`` or
    ``single-sign-on``."""

    staff: UUID
    step_up: UUID
    act: str
    by: str


@fact("step-up.refused")
@dataclass(frozen=True, slots=True)
class StepUpWasRefused:
    """A confirmation did not hold: wrong proof, other operation, other session, spent or expired."""

    staff: UUID
    act: str
    reason: str


@fact("export.released")
@dataclass(frozen=True, slots=True)
class ExportReleased:
    """A file of single visits was handed out after a confirmation."""

    site: UUID
    file: str
    first: str
    last: str
