"""How long answers are kept: as many days after the last change as their flow says, or until their customer is erased."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from servicehall.kernel import clock
from servicehall.kernel.events import StoredEvent
from servicehall.kernel.followers import follower
from servicehall.kernel.protection import keys
from servicehall.kernel.retention import keep
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import Due, set_timer, timer
from servicehall.kernel.transactions import transaction

from .models import Instance, Move, Upload

FORGET_OF = "services.forget-customer"


def _count(before: datetime) -> int:
    return Instance.objects.filter(forget_at__lt=before, answers__isnull=False).count()


def _forget_one(pk: UUID) -> None:
    """Without the key nobody reads it again; without the rows nobody keeps it either."""
    keys.destroy(pk, by=SYSTEM)
    Instance.objects.filter(pk=pk).update(answers=None)
    Upload.objects.filter(instance_id=pk).delete()


def _forget(before: datetime, limit: int) -> int:
    due = Instance.objects.filter(forget_at__lt=before, answers__isnull=False)
    listed = list(due.values_list("pk", "site_id")[:limit])
    for pk, site_id in listed:
        with transaction(site_id):
            _forget_one(pk)
    return len(listed)


keep("services.answers", days=0, count=_count, remove=_forget)


def _old_moves(before: datetime, limit: int) -> int:
    old = Move.objects.filter(made_at__lt=before).order_by()
    sites = {one["instance__site_id"] for one in old.values("instance__site_id").distinct()}
    gone = 0
    for site_id in sites:
        with transaction(site_id):
            listed = list(old.filter(instance__site_id=site_id).values_list("pk", flat=True)[: limit - gone])
            gone += Move.objects.filter(pk__in=listed).delete()[0]
        if gone >= limit:
            break
    return gone


# No personal data; but after a month nobody asks where a request went.
keep(
    "services.moves",
    days=30,
    count=lambda before: Move.objects.filter(made_at__lt=before).count(),
    remove=_old_moves,
)


@timer(FORGET_OF, erases=True)
def forget_of(due: Due) -> None:
    """A customer was erased: what they entered at the site cannot be read any more."""
    customers = [UUID(one) for one in due.data["customers"]]
    for pk in Instance.objects.filter(site_id=due.site_id, customer_id__in=customers).values_list(
        "pk", flat=True
    ):
        _forget_one(pk)


@follower("services.erasure", kinds=("customer.erased",), erases=True)
def forget_erased(batch: list[StoredEvent]) -> None:
    """Each site's requests are forgotten in its own line."""
    for event in batch:
        ids = [UUID(one) for one in event.data["customers"]]
        sites = Instance.objects.filter(customer_id__in=ids).order_by().values_list("site_id", flat=True)
        for site in sites.distinct():
            key = f"{site.hex}{event.data['customer'].replace('-', '')}"
            data = {"customers": event.data["customers"]}
            set_timer(FORGET_OF, key, clock.now(), site_id=site, data=data)
