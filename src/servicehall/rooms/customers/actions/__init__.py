"""What can be done about customers. The only writers of this room's tables."""

from __future__ import annotations

from servicehall.kernel.passkeys import Place
from servicehall.kernel.protection.refusals import PersonErased, ReasonNeeded

from .codes import confirm_contact, kind_of, send_code, sign_in_by_code, sign_out
from .consenting import add_purpose, give_consent, withdraw_consent
from .erasing import (
    ask_erasure,
    erase_again,
    grant_erasure,
    note_export,
    refuse_erasure,
    restrict_use,
    take_back_request,
)
from .joining import join_customers, keep_apart, part_customers
from .passkeys import add_passkey, begin_adding_passkey, begin_passkey, remove_passkey, sign_in_by_passkey
from .records import add_customer, correct_customer, unmask_field, verify_identity
from .refusals import (
    AlreadyDecided,
    CodeOver,
    CodeTooSoon,
    CodeWrong,
    NotAnAddress,
    NotOnePerson,
    PasskeyNotAdded,
    PasskeyWrong,
    RecordRestricted,
    TooLateToPart,
    TooManyPasskeys,
)

__all__ = [
    "AlreadyDecided",
    "CodeOver",
    "CodeTooSoon",
    "CodeWrong",
    "NotAnAddress",
    "NotOnePerson",
    "PasskeyNotAdded",
    "PasskeyWrong",
    "PersonErased",
    "Place",
    "ReasonNeeded",
    "RecordRestricted",
    "TooLateToPart",
    "TooManyPasskeys",
    "add_customer",
    "add_passkey",
    "add_purpose",
    "ask_erasure",
    "begin_adding_passkey",
    "begin_passkey",
    "confirm_contact",
    "correct_customer",
    "erase_again",
    "give_consent",
    "grant_erasure",
    "join_customers",
    "keep_apart",
    "kind_of",
    "note_export",
    "part_customers",
    "refuse_erasure",
    "remove_passkey",
    "restrict_use",
    "send_code",
    "sign_in_by_code",
    "sign_in_by_passkey",
    "sign_out",
    "take_back_request",
    "unmask_field",
    "verify_identity",
    "withdraw_consent",
]
