"""What becomes of a request that somebody walked away from at a machine that others use next."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.errors import NotAllowed, NotFound, Refused
from servicehall.kernel.rights import Actor
from servicehall.rooms.services.instances import path_of
from servicehall.rooms.services.models import Instance
from servicehall.rooms.services.path import FlowFault

from .keeping_on import locked
from .moving import give_back
from .paying import stop_paying
from .refusals import Over
from .running import leave


def leave_behind(*, instance_id: UUID, by: Actor, at: datetime | None = None) -> bool:
    """Leaves a request of which nothing was done yet; says whether it did.

    What a person has to look at, what was paid or done once, and what may still come in or be done stays: somebody
    goes on with it. A payment that is merely waited for is stopped first. What came from a phone goes back to it.

    Raises:
        NotAllowed, NotFound: it is none of the actor's.
    """
    moment = at or clock.now()
    try:
        stop_paying(instance_id=instance_id, by=by, at=moment)
    except (NotAllowed, NotFound):
        raise
    except Refused:  # it is over, or the provider cannot say now whether it was paid
        with suppress(Refused):
            give_back(instance_id=instance_id, by=by, at=moment)
        return False
    try:
        if give_back(instance_id=instance_id, by=by, at=moment):
            return False
        with locked(instance_id, by) as instance:
            if instance.intent_id is not None or not _is_nothing_done(instance):
                return False
            leave(instance_id=instance_id, by=by, at=moment)
    except Over:
        return False
    return True


def _is_nothing_done(instance: Instance) -> bool:
    """Whether it is the customer's turn, and nothing behind them was done once."""
    if instance.state != Instance.State.OPEN:
        return False
    try:
        return path_of(instance).locked == 0
    except FlowFault:
        return False
