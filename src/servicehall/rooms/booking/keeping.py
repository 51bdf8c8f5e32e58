"""How long it is known whose an appointment was: some days after the visit, or until the customer is erased."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from servicehall.kernel import clock
from servicehall.kernel.events import StoredEvent, record
from servicehall.kernel.followers import follower
from servicehall.kernel.protection import keys
from servicehall.kernel.retention import keep
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import Due, set_timer, timer
from servicehall.kernel.transactions import transaction

from .actions.waiting import expire
from .correspondence import OFFERED, WAITING, Notice, WaitingEntry
from .events import BookingsForgotten
from .models import Appointment

FORGET_OF = "booking.forget-customer"
DAYS = 90


def _appointments(before: datetime) -> QuerySet[Appointment]:
    return Appointment.objects.filter(day__lt=before.date(), ends_at__lt=before, forgotten_at=None)


def _entries(before: datetime) -> QuerySet[WaitingEntry]:
    return WaitingEntry.objects.filter(latest__lt=before.date(), forgotten_at=None)


def _count(before: datetime) -> int:
    return _appointments(before).count() + _entries(before).count()


def _forget(before: datetime, limit: int) -> int:
    found = list(_appointments(before).values_list("site_id", "pk")[:limit])
    waiting = list(_entries(before).values_list("site_id", "pk")[: limit - len(found)])
    for site in {site for site, _pk in (*found, *waiting)}:
        with transaction(site):
            _forget_these([pk for at, pk in found if at == site], [pk for at, pk in waiting if at == site])
    return len(found) + len(waiting)


def _forget_these(appointments: Collection[UUID], entries: Collection[UUID]) -> None:
    """In the site's line: without the key nobody reads it again; without the texts nobody keeps it either."""
    now = clock.now()
    for pk in (*appointments, *entries):
        keys.destroy(pk, by=SYSTEM)
    for row in Appointment.objects.filter(pk__in=appointments).defer(
        "name", "phone", "email", "note", "wechat"
    ):
        row.name = row.phone = row.email = row.note = row.wechat = row.reason = ""
        row.forgotten_at = now
        row.save(
            update_fields=[
                "name",
                "phone",
                "phone_index",
                "email",
                "note",
                "wechat",
                "reason",
                "forgotten_at",
            ]
        )
    for entry in WaitingEntry.objects.filter(pk__in=entries).defer("name", "phone", "email"):
        if entry.state in {WAITING, OFFERED}:
            expire(entry, now)  # nobody is there any more who could be told
        entry.name = entry.phone = entry.email = ""
        entry.forgotten_at = now
        entry.save(update_fields=["name", "phone", "phone_index", "email", "email_index", "forgotten_at"])
    if appointments or entries:
        told = BookingsForgotten([str(one) for one in appointments], [str(one) for one in entries])
        record(told, actor=SYSTEM, at=now)


keep("booking.persons", days=DAYS, count=_count, remove=_forget)


def _forget_notices(before: datetime, limit: int) -> int:
    old = Notice.objects.filter(made_at__lt=before).order_by()
    gone = 0
    for organisation in {one["organisation_id"] for one in old.values("organisation_id").distinct()}:
        with transaction(organisation):
            mine = old.filter(organisation_id=organisation).values_list("pk", flat=True)
            gone += Notice.objects.filter(pk__in=list(mine[: limit - gone])).delete()[0]
        if gone >= limit:
            break
    return gone


# Ids only; after the visit nobody asks whether a reminder went out.
keep(
    "booking.notices",
    days=400,
    count=lambda before: Notice.objects.filter(made_at__lt=before).count(),
    remove=_forget_notices,
)


@timer(FORGET_OF, erases=True)
def forget_of(due: Due) -> None:
    """A customer was erased: whose their bookings at the site are cannot be read any more."""
    customers = [UUID(one) for one in due.data["customers"]]
    mine = {"site_id": due.site_id, "customer_id__in": customers, "forgotten_at": None}
    _forget_these(
        list(Appointment.objects.filter(**mine).values_list("pk", flat=True)),
        list(WaitingEntry.objects.filter(**mine).values_list("pk", flat=True)),
    )


@follower("booking.erasure", kinds=("customer.erased",), erases=True)
def forget_erased(batch: list[StoredEvent]) -> None:
    """Each site's bookings are forgotten in its own line."""
    for event in batch:
        ids = [UUID(one) for one in event.data["customers"]]
        sites: set[UUID] = set()
        for table in (Appointment, WaitingEntry):
            sites |= set(table.objects.filter(customer_id__in=ids).values_list("site_id", flat=True))
        for site in sorted(sites):
            key = f"{site.hex}{event.data['customer'].replace('-', '')}"
            data = {"customers": event.data["customers"]}
            set_timer(FORGET_OF, key, clock.now(), site_id=site, data=data)
