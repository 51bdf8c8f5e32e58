"""What can be done about customers. The only writers of this room's tables."""

from __future__ import annotations

from servicehall.kernel.protection.refusals import PersonErased, ReasonNeeded

from .codes import confirm_contact, kind_of, send_code, sign_in_by_code, sign_out
from .records import add_customer, correct_customer, unmask_field, verify_identity
from .refusals import CodeOver, CodeTooSoon, CodeWrong, NotAnAddress, RecordRestricted

__all__ = [
    "CodeOver",
    "CodeTooSoon",
    "CodeWrong",
    "NotAnAddress",
    "PersonErased",
    "ReasonNeeded",
    "RecordRestricted",
    "add_customer",
    "confirm_contact",
    "correct_customer",
    "kind_of",
    "send_code",
    "sign_in_by_code",
    "sign_out",
    "unmask_field",
    "verify_identity",
]
