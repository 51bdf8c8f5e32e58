"""API tokens: made once and shown once, revoked, never changed."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock, rights, step_up
from servicehall.kernel.errors import BadInput
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import INSTALLATION, transaction
from servicehall.rooms.people.events import TokenCreated, TokenRevoked
from servicehall.rooms.people.models import ApiToken
from servicehall.rooms.people.queries import digest


def create_token(
    *, role: str, site_id: UUID | None, name: str, by: Actor, at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make an API token; returns its row and the only copy of the token itself.

    Raises:
        BadInput: there is no such token role.
        NotAllowed: the actor may not make tokens there.
        StepUpNeeded, StepUpRefused: a person has to confirm it.
    """
    if role not in rights.TOKEN_ROLES:
        raise BadInput(errors={"role": ", ".join(rights.TOKEN_ROLES)})
    allow(by, "token.change", site_id or INSTALLATION)
    moment = at or clock.now()
    raw = f"sh_{secrets.token_urlsafe(32)}"
    with transaction(INSTALLATION):
        step_up.demand(by, step_up.Operation("token.create", f"{role}@{site_id or INSTALLATION}"))
        token = ApiToken.objects.create(
            name=name or f"{role} token", digest=digest(raw), role=role, site_id=site_id, created_at=moment
        )
        record(TokenCreated(token.pk, role, site_id), actor=by, at=moment, subject_id=token.pk)
    return token, raw


def revoke_token(token: ApiToken, *, by: Actor, at: datetime | None = None) -> None:
    """Make a token invalid from now on; doing it twice changes nothing more.

    Raises:
        NotAllowed: the actor may not change tokens there.
        StepUpNeeded, StepUpRefused: a person has to confirm it.
    """
    allow(by, "token.change", token.site_id or INSTALLATION)
    moment = at or clock.now()
    with transaction(INSTALLATION):
        step_up.demand(by, step_up.Operation("token.revoke", str(token.pk)))
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=moment):
            record(TokenRevoked(token.pk), actor=by, at=moment, subject_id=token.pk)
