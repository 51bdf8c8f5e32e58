"""What can be done about payments. The only writers of this room's tables, with outside.py and receiving.py."""

from __future__ import annotations

from servicehall.rooms.payments.accounts import NotSetUp
from servicehall.rooms.payments.refusals import (
    AlreadyPaid,
    NoStatement,
    NoSuchWay,
    NotificationNotBelieved,
    NotOpen,
    OtherIntent,
    OutdatedRevision,
    RefundOtherwise,
    StillOpen,
    TooMuch,
    Unreachable,
)

from .accounts import add_account
from .asking import ask, ask_due
from .closing import close
from .notices import take_notification
from .offering import offer, take_cash
from .opening import open_intent
from .reconciling import reconcile
from .refunding import refund

__all__ = [
    "AlreadyPaid",
    "NoStatement",
    "NoSuchWay",
    "NotOpen",
    "NotSetUp",
    "NotificationNotBelieved",
    "OtherIntent",
    "OutdatedRevision",
    "RefundOtherwise",
    "StillOpen",
    "TooMuch",
    "Unreachable",
    "add_account",
    "ask",
    "ask_due",
    "close",
    "offer",
    "open_intent",
    "reconcile",
    "refund",
    "take_cash",
    "take_notification",
]
