"""What a customer wishes for their data and what became of it, as their own page tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from servicehall.rooms.customers.models import CorrectionRequest, Customer, ErasureRequest, of_person


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish; ``due_at`` is until when staff decides on it, ``note`` why it was refused."""

    kind: str
    id: UUID
    what: str
    state: str
    state_words: str
    asked_at: datetime | None
    due_at: datetime | None = None
    decided_at: datetime | None = None
    note: str = ""
    review_on: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody's decision."""
        return self.state == "open"


def wishes(record: Customer, limit: int = 10) -> list[Wish]:
    """What a customer wishes: what holds or waits first, then the newest (two queries)."""
    people, found = of_person(record.pk), []
    if record.restricted_at or record.lifted_at:
        state = ("on", _("in force")) if record.restricted_at else ("off", _("lifted"))
        found.append(
            Wish(
                "restriction", record.pk, _("Restriction of use"), *state,
                asked_at=record.restricted_at, decided_at=record.lifted_at, review_on=record.review_on,
            )
        )  # fmt: skip
    erasures = ErasureRequest.objects.filter(customer__in=people).order_by("-asked_at")[:limit]
    found += [_decided(one, "erasure", _("Erasure of your data")) for one in erasures]
    corrections = CorrectionRequest.objects.filter(customer__in=people).defer("wish").order_by("-asked_at")
    for row in corrections[:limit]:
        what = _("Correction: %(field)s") % {"field": row.field_name}
        found.append(_decided(row, "correction", what))
    found.sort(key=lambda one: (one.state in {"open", "on"}, one.asked_at or one.decided_at), reverse=True)
    return found[:limit]


def _decided(row: ErasureRequest | CorrectionRequest, kind: str, what: str) -> Wish:
    note = row.get_reason_display() if row.reason else ""
    return Wish(
        kind, row.pk, what, row.state, row.get_state_display(), row.asked_at, row.due_at, row.decided_at, note
    )
