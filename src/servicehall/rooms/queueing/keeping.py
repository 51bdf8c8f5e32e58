"""How long free texts about visits are kept: until their customer is erased, and by age; and what was told of waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from servicehall.kernel import clock, events
from servicehall.kernel.events import record
from servicehall.kernel.retention import keep
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import Due, set_timer, timer
from servicehall.kernel.transactions import transaction
from servicehall.rooms.trust import actions as trust
from servicehall.rooms.trust import queries as evidence

from .events import NotesEmptied
from .history import WaitModel, WaitQuote
from .models import CounterStatus, Ticket

EMPTY_NOTES = "queueing.empty-notes"
PART = 500
TREE_FOLLOWS = timedelta(seconds=5)


@timer(EMPTY_NOTES, erases=True)
def empty_notes(due: Due) -> None:
    """A customer was erased: the free texts of their tickets go, and other rooms are told which tickets."""
    customers = [UUID(one) for one in due.data["customers"]]
    ids = list(
        Ticket.objects.filter(site_id=due.site_id, customer_id__in=customers).values_list("pk", flat=True)
    )
    if "up_to" not in due.data:
        _empty(ids)
    up_to = due.data.get("up_to") or events.last_seq(due.site_id)
    done = evidence.taken_in(due.site_id)
    # What they did themselves here, such as taking a ticket on their phone; what staff did stays provable.
    seqs = evidence.acts_of(due.site_id, customers, up_to=up_to)
    trust.unlink(due.site_id, seqs, by=SYSTEM, at=clock.now())
    if done < up_to:
        again = {**due.data, "up_to": up_to}
        set_timer(EMPTY_NOTES, due.key, clock.now() + TREE_FOLLOWS, site_id=due.site_id, data=again)


def _empty(ids: list[UUID]) -> None:
    """In the site's line."""
    Ticket.objects.filter(pk__in=ids).update(note="", reason="")
    CounterStatus.objects.filter(undo_ticket_id__in=ids).update(undo_before=None)
    for part in _parts(ids):
        record(NotesEmptied([str(one) for one in part]), actor=SYSTEM, at=clock.now())


def _parts(ids: list[UUID]) -> Iterable[list[UUID]]:
    return (ids[n : n + PART] for n in range(0, len(ids), PART))


def _old(before: datetime) -> QuerySet[Ticket]:
    return Ticket.objects.filter(ended_at__lt=before).filter(~Q(note="") | ~Q(reason=""))


def _empty_old(before: datetime, limit: int) -> int:
    found = list(_old(before).values_list("site_id", "pk")[:limit])
    for site in {site for site, _pk in found}:
        with transaction(site):
            Ticket.objects.filter(pk__in=[pk for at, pk in found if at == site]).update(note="", reason="")
    return len(found)


keep("queueing.notes", days=90, count=lambda before: _old(before).count(), remove=_empty_old)


def _remove_quotes(before: datetime, limit: int) -> int:
    found = list(WaitQuote.objects.filter(told_at__lt=before).values_list("site_id", "pk")[:limit])
    for site in {site for site, _pk in found}:
        with transaction(site):
            WaitQuote.objects.filter(pk__in=[pk for at, pk in found if at == site]).delete()
    return len(found)


def _old_models(before: datetime) -> QuerySet[WaitModel]:
    return WaitModel.objects.filter(trained_at__lt=before).exclude(state=WaitModel.State.IN_USE)


def _remove_models(before: datetime, limit: int) -> int:
    found = list(_old_models(before).values_list("site_id", "pk")[:limit])
    for site in {site for site, _pk in found}:
        with transaction(site):
            WaitModel.objects.filter(pk__in=[pk for at, pk in found if at == site]).delete()
    return len(found)


keep(
    "queueing.wait-quotes",
    days=180,
    count=lambda before: WaitQuote.objects.filter(told_at__lt=before).count(),
    remove=_remove_quotes,
)
keep(
    "queueing.wait-models", days=400, count=lambda before: _old_models(before).count(), remove=_remove_models
)
