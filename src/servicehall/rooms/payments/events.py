"""Facts that this room publishes: ids, numbers and words; never who paid, nor what for in words."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from servicehall.kernel.events import fact


@fact("payment.opened")
@dataclass(frozen=True, slots=True)
class PaymentOpened:
    """Something is to be paid."""

    intent: UUID
    reference_kind: str
    reference: UUID
    revision: int
    amount: int
    currency: str
    provider: str


@fact("payment.offered")
@dataclass(frozen=True, slots=True)
class PaymentOffered:
    """The provider has the order: its QR code can be shown."""

    intent: UUID
    provider: str


@fact("payment.paid")
@dataclass(frozen=True, slots=True)
class PaymentPaid:
    """The money came in."""

    intent: UUID
    reference_kind: str
    reference: UUID
    amount: int
    currency: str
    provider: str


@fact("payment.closed")
@dataclass(frozen=True, slots=True)
class PaymentClosed:
    """It can be paid no more: ``replaced``, ``withdrawn`` or ``expired``."""

    intent: UUID
    reason: str


@fact("payment.failed")
@dataclass(frozen=True, slots=True)
class PaymentFailed:
    """The provider did not take the order."""

    intent: UUID
    reason: str


@fact("payment.unclear")
@dataclass(frozen=True, slots=True)
class PaymentUnclear:
    """The provider did not say what became of an act; it is being asked."""

    intent: UUID


@fact("payment.surplus")
@dataclass(frozen=True, slots=True)
class PaymentSurplus:
    """Money came in when nothing was to be paid: ``late`` or ``twice``. It is to be given back."""

    intent: UUID
    refund: UUID
    amount: int
    reason: str


@fact("payment.notification-refused")
@dataclass(frozen=True, slots=True)
class NotificationRefused:
    """A notification was not believed; ``reason`` is a word of the room's own list."""

    account: UUID
    reason: str


@fact("refund.begun")
@dataclass(frozen=True, slots=True)
class RefundBegun:
    """Money is to be given back."""

    intent: UUID
    refund: UUID
    amount: int
    currency: str


@fact("refund.ended")
@dataclass(frozen=True, slots=True)
class RefundEnded:
    """How a refund stands: ``done``, ``failed``, or ``unknown`` for now."""

    intent: UUID
    refund: UUID
    state: str


@fact("payments.reconciled")
@dataclass(frozen=True, slots=True)
class PaymentsReconciled:
    """A day was compared with the provider's statement; ``reason`` is ``even`` or ``differences``."""

    account: UUID
    day: str
    matched: int
    differing: int
    reason: str
