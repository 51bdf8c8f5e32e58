"""A person's second factors: the code of an app, passkeys, recovery codes. Rows and secrets are allauth's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock, step_up
from servicehall.kernel.errors import NotFound, Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import INSTALLATION, transaction
from servicehall.rooms.people import passkeys
from servicehall.rooms.people.events import FactorAdded, FactorRemoved
from servicehall.rooms.people.models import Staff

from .proving import counter_of


class WrongCode(Refused):
    """The code is not the one that the app should show now."""

    kind = "wrong-code"
    status = 422
    title = _("This code is not right")
    advice = _("Enter the six digits that the app shows now. The phone's clock must be right.")


class PasskeyNotAdded(Refused):
    """What the browser made is not what was asked for."""

    kind = "passkey-not-added"
    status = 422
    title = _("The passkey was not added")
    advice = _("Try again, or choose another device.")


class FactorRequired(Refused):
    """The last second factor of somebody whose role needs one stays."""

    kind = "factor-required"
    title = _("Your role needs a second factor")
    advice = _("Add another one first, then remove this one.")


def _own(staff: Staff) -> Actor:
    return Actor("staff", staff.pk, "desk")


def _add(staff: Staff, factor: str, at: datetime | None) -> None:
    record(FactorAdded(staff.pk, factor), actor=_own(staff), at=at or clock.now(), subject_id=staff.pk)


def _with_codes(staff: Staff, at: datetime | None) -> None:
    """Whoever has a second factor has recovery codes, so that a lost phone locks nobody out."""
    if not Authenticator.objects.filter(user_id=staff.pk, type=Authenticator.Type.RECOVERY_CODES).exists():
        RecoveryCodes.activate(staff)
        _add(staff, Authenticator.Type.RECOVERY_CODES, at)


def adding_app(secret: str) -> step_up.Operation:
    """What is confirmed when an authenticator app is added: the app with this secret and no other."""
    return step_up.Operation("factor.add", f"totp:{hashlib.sha256(secret.encode()).hexdigest()}")


def adding_passkey(state: Mapping[str, Any] | None) -> step_up.Operation:
    """What is confirmed when a passkey is added: the one that was made for this challenge."""
    return step_up.Operation("factor.add", f"webauthn:{(state or {}).get('challenge', '')}")


def _confirmed_codes(staff: Staff, act: str) -> Authenticator:
    """The recovery codes that there are now, once it is confirmed that exactly these are shown or renewed."""
    codes = Authenticator.objects.filter(user_id=staff.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    step_up.demand(_own(staff), step_up.Operation("factor.codes", f"{act}:{codes.pk if codes else ''}"))
    if codes is None:
        raise NotFound
    return codes


def add_app(staff: Staff, *, secret: str, code: str, at: datetime | None = None) -> None:
    """Add an authenticator app whose secret the person has scanned, instead of one that was there.

    Raises:
        WrongCode: the app does not show what it should.
        StepUpNeeded, StepUpRefused: the person has to confirm it.
    """
    counter = counter_of(secret, code.replace(" ", ""))
    if counter is None:
        raise WrongCode
    with transaction(INSTALLATION):
        step_up.demand(_own(staff), adding_app(secret))
        Authenticator.objects.filter(user_id=staff.pk, type=Authenticator.Type.TOTP).delete()
        factor = TOTP.activate(staff, secret).instance
        factor.data["last_counter"] = counter
        factor.save(update_fields=["data"])
        _add(staff, Authenticator.Type.TOTP, at)
        _with_codes(staff, at)


def add_passkey(
    staff: Staff,
    *,
    name: str,
    credential: Mapping[str, Any],
    state: Mapping[str, Any] | None,
    place: passkeys.Place,
    at: datetime | None = None,
) -> None:
    """Add a passkey that the browser has just made.

    Raises:
        PasskeyNotAdded: it was made for something else than we asked for.
        StepUpNeeded, StepUpRefused: the person has to confirm it.
    """
    try:
        passkeys.check_added(credential, state=state, place=place)
    except passkeys.Unfit:
        raise PasskeyNotAdded from None
    with transaction(INSTALLATION):
        step_up.demand(_own(staff), adding_passkey(state))
        Authenticator.objects.create(
            user=staff,
            type=Authenticator.Type.WEBAUTHN,
            data={"name": name[: passkeys.NAME_LENGTH], "credential": dict(credential)},
        )
        _add(staff, Authenticator.Type.WEBAUTHN, at)
        _with_codes(staff, at)


def remove_factor(staff: Staff, factor_id: int, *, required: bool, at: datetime | None = None) -> None:
    """Take a second factor away; with the last one the recovery codes go.

    Raises:
        NotFound: the person has no such factor.
        FactorRequired: it is the last one and ``required``.
        StepUpNeeded, StepUpRefused: the person has to confirm it.
    """
    by, moment = _own(staff), at or clock.now()
    with transaction(INSTALLATION):
        real = Authenticator.objects.filter(user_id=staff.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
        factor = real.filter(pk=factor_id).first()
        if factor is None:
            raise NotFound
        last = real.count() == 1
        if last and required:
            raise FactorRequired
        step_up.demand(by, step_up.Operation("factor.remove", str(factor_id)))
        kind = factor.type
        factor.delete()
        record(FactorRemoved(staff.pk, kind), actor=by, at=moment, subject_id=staff.pk)
        if last and Authenticator.objects.filter(user_id=staff.pk).delete()[0]:
            removed = FactorRemoved(staff.pk, Authenticator.Type.RECOVERY_CODES)
            record(removed, actor=by, at=moment, subject_id=staff.pk)


def renew_codes(staff: Staff, *, at: datetime | None = None) -> list[str]:
    """Make new recovery codes and return them; the old ones are good for nothing.

    Raises:
        NotFound: the person has no second factor that codes could stand in for.
        StepUpNeeded, StepUpRefused: the person has to confirm it.
    """
    with transaction(INSTALLATION):
        _confirmed_codes(staff, "renew").delete()
        made = RecoveryCodes.activate(staff)
        _add(staff, Authenticator.Type.RECOVERY_CODES, at)
    found: list[str] = made.get_unused_codes()
    return found


def show_codes(staff: Staff) -> list[str]:
    """The recovery codes that are still good.

    Raises:
        NotFound: there are none.
        StepUpNeeded, StepUpRefused: the person has to confirm it.
    """
    with transaction(INSTALLATION):
        codes = _confirmed_codes(staff, "show")
    found: list[str] = codes.wrap().get_unused_codes()
    return found


def reset_factors(staff_id: UUID, *, by: Actor, at: datetime | None = None) -> int:
    """Take all second factors from somebody who lost them; what the command line offers.

    Raises:
        NotFound: there is no such person.
    """
    with transaction(INSTALLATION):
        if not Staff.objects.filter(pk=staff_id).exists():
            raise NotFound
        factors = list(Authenticator.objects.filter(user_id=staff_id))
        for factor in factors:
            removed = FactorRemoved(staff_id, factor.type)
            factor.delete()
            record(removed, actor=by, at=at or clock.now(), subject_id=staff_id)
    return len(factors)
