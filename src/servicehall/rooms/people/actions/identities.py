"""Single sign-on: which member of staff an identity at a provider belongs to. Roles are never given by it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock, step_up
from servicehall.kernel.errors import NotFound, Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import INSTALLATION, transaction
from servicehall.rooms.people.events import IdentityLinked, IdentityUnlinked
from servicehall.rooms.people.models import Staff


class IdentityTaken(Refused):
    """The identity is another person's."""

    kind = "identity-taken"
    title = _("This account at the provider is connected to somebody else here")
    advice = _("Sign in at the provider with your own account.")


def person_to_link(verified: Iterable[str]) -> Staff | None:
    """The one active member of staff with one of these addresses, which the provider has verified.

    Compared here: a database's upper case and a folded case take ``straße.example`` or a dotless ``ı`` for
    another's address.
    """
    addresses = {address.strip().lower() for address in verified if address.strip()}
    found = [
        person
        for address in addresses
        for person in Staff.objects.filter(email__iexact=address, is_active=True)[:20]
        if person.email.lower() == address
    ]
    return found[0] if len({person.pk for person in found}) == 1 else None


def link_identity(staff: Staff, *, provider: str, uid: str, by: str, at: datetime | None = None) -> None:
    """Connect an identity to a person, ``by`` their verified e-mail or their own ``link``.

    Raises:
        IdentityTaken: it is connected to somebody else.
        StepUpNeeded, StepUpRefused: linking it oneself has to be confirmed.
    """
    actor = Actor("staff", staff.pk, "desk")
    try:
        with transaction(INSTALLATION):
            SocialAccount.objects.create(user=staff, provider=provider, uid=uid, extra_data={})
            record(
                IdentityLinked(staff.pk, provider, by),
                actor=actor,
                at=at or clock.now(),
                subject_id=staff.pk,
            )
    except IntegrityError:
        raise IdentityTaken from None


def unlink_identity(staff: Staff, identity_id: int, *, at: datetime | None = None) -> None:
    """Disconnect one of a person's identities.

    Raises:
        NotFound: it is not theirs.
        StepUpNeeded, StepUpRefused: the person has to confirm it.
    """
    actor = Actor("staff", staff.pk, "desk")
    with transaction(INSTALLATION):
        found = SocialAccount.objects.filter(user=staff, pk=identity_id).first()
        if found is None:
            raise NotFound
        step_up.demand(actor, step_up.Operation("identity.unlink", str(identity_id)))
        provider = found.provider
        found.delete()
        record(IdentityUnlinked(staff.pk, provider), actor=actor, at=at or clock.now(), subject_id=staff.pk)


def begin_linking(staff: Staff, provider: str) -> None:
    """Let a person go to a provider in order to connect their identity there.

    Raises:
        StepUpNeeded, StepUpRefused: the person has to confirm it.
    """
    with transaction(INSTALLATION):
        step_up.demand(Actor("staff", staff.pk, "desk"), step_up.Operation("identity.link", provider))
