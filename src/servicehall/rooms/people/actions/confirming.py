"""Step-up: what a person is asked to confirm, whether they did, and acts that exist for it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator

from servicehall.kernel import clock, step_up
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor
from servicehall.kernel.step_up import Confirmation, Operation, StepUpRefused
from servicehall.kernel.transactions import INSTALLATION, transaction
from servicehall.rooms.people import passkeys
from servicehall.rooms.people.events import ExportReleased, StepUpConfirmed, StepUpWasRefused
from servicehall.rooms.people.models import Staff, StepUp

from .proving import WrongProof, prove_code, prove_passkey, prove_password

BY_SIGN_ON = frozenset({"factor.add"})
"""Acts that a single sign-on of just now confirms, for whoever has neither password nor second factor here.

It is how such a person gets a second factor, with which everything else is confirmed. Not more, because a provider
that knows the browser lets it in without asking anything.
"""


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody shows to confirm: one of these, and where they are.

    ``signed_on``: that they came in by single sign-on within the time that a confirmation is good for.
    """

    address: str
    place: passkeys.Place
    password: str = ""
    code: str = ""
    credential: Mapping[str, Any] | None = None
    signed_on: bool = False


def _session(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def ask_step_up(staff: Staff, operation: Operation, *, session: str, at: datetime | None = None) -> StepUp:
    """Make a challenge for one operation of one session; it is good for five minutes."""
    moment, nonce = at or clock.now(), secrets.token_bytes(32)
    with transaction(INSTALLATION):
        StepUp.objects.filter(expires_at__lt=moment).delete()
        return StepUp.objects.create(
            staff=staff,
            session=_session(session),
            act=operation.act,
            nonce=nonce,
            challenge=operation.challenge(nonce),
            expires_at=moment + step_up.VALID_FOR,
        )


def confirm_step_up(
    staff: Staff, step_up_id: str, proof: Proof, *, session: str, at: datetime | None = None
) -> Confirmation:
    """Check the proof of a challenge. The act itself checks what it was for, and spends it.

    Raises:
        StepUpRefused: it is not this session's, expired or spent.
        WrongProof, LockedOut: the proof is wrong.
    """
    moment = at or clock.now()
    asked = _challenge(step_up_id, staff)
    if asked is None or asked.session != _session(session):
        raise StepUpRefused("other-session")
    if asked.used_at is not None:
        raise StepUpRefused("used")
    if asked.expires_at <= moment:
        raise StepUpRefused("expired")
    by = _prove(staff, asked, proof, at=moment)
    use = partial(_use, asked.pk, staff, asked.act, by, moment)
    return Confirmation(bytes(asked.nonce), bytes(asked.challenge), use)


def _challenge(step_up_id: str, staff: Staff) -> StepUp | None:
    try:
        return StepUp.objects.filter(pk=UUID(step_up_id), staff=staff).first()
    except ValueError:
        return None


def _prove(staff: Staff, asked: StepUp, proof: Proof, *, at: datetime) -> str:
    if proof.credential is not None:
        # The passkey signs the challenge of the operation itself.
        _options, state = passkeys.begin_using(staff, proof.place, challenge=bytes(asked.challenge))
        factor = prove_passkey(
            staff, proof.credential, state=state, place=proof.place, address=proof.address, at=at
        )
        return str(factor.type)
    if proof.code:
        return str(prove_code(staff, proof.code, address=proof.address, at=at).type)
    if proof.signed_on and asked.act in BY_SIGN_ON and not can_confirm(staff):
        return "single-sign-on"
    if not proof.password or has_second_factor(staff):
        # Who has a second factor confirms with it: a password that was looked over is not enough.
        raise WrongProof(reason="factor-needed")
    prove_password(staff.username, proof.password, address=proof.address, at=at)
    return "password"


def has_second_factor(staff: Staff) -> bool:
    """Whether the person can confirm with something else than the password."""
    real = Authenticator.objects.filter(user_id=staff.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(real.exists())


def can_confirm(staff: Staff) -> bool:
    """Whether the person has anything here to confirm an act with."""
    return staff.has_usable_password() or has_second_factor(staff)


def _use(step_up_id: UUID, staff: Staff, act: str, by: str, at: datetime) -> bool:
    """Spend it in the transaction of the act itself, whichever log that writes in."""
    spent = StepUp.objects.filter(pk=step_up_id, used_at=None).update(used_at=at)
    if spent:
        record(
            StepUpConfirmed(staff.pk, step_up_id, act, by),
            actor=Actor("staff", staff.pk, "desk"),
            at=at,
            subject_id=staff.pk,
        )
    return bool(spent)


def note_step_up_refused(staff: Staff, step_up_id: str, *, reason: str, at: datetime | None = None) -> None:
    """Record that a confirmation did not hold; the act is the one that was asked for, if any was."""
    asked = _challenge(step_up_id, staff)
    act = asked.act if asked is not None else ""
    with transaction(INSTALLATION):
        record(
            StepUpWasRefused(staff.pk, act, reason),
            actor=Actor("staff", staff.pk, "desk"),
            at=at or clock.now(),
            subject_id=staff.pk,
        )


def release_export(
    *, kind: str, site_id: UUID, first: str, last: str, by: Actor, at: datetime | None = None
) -> None:
    """Let a file of single visits out.

    Raises:
        StepUpNeeded, StepUpRefused: a person has to confirm it.
    """
    with transaction(INSTALLATION):
        step_up.demand(by, Operation("export.release", f"{kind}:{site_id}:{first}:{last}"))
        record(ExportReleased(site_id, kind, first, last), actor=by, at=at or clock.now(), subject_id=site_id)
