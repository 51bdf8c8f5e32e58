"""What can be done about customers. The only writers of this room's tables."""

from __future__ import annotations

from servicehall.kernel.passkeys import Place
from servicehall.kernel.protection.refusals import PersonErased, ReasonNeeded
from servicehall.rooms.customers.documents.readers import CardUnreadable, NoCard, ReaderAway
from servicehall.rooms.customers.documents.readers import readers_at as card_readers
from servicehall.rooms.customers.faces import VerifierUnusable
from servicehall.rooms.messages.actions import NumberTextedOften, TextsUsedUp

from .asking import answer_form, draft_form, publish_form
from .codes import confirm_contact, kind_of, send_code, sign_in_by_code, sign_out
from .consenting import add_purpose, give_consent, save_purpose, withdraw_consent
from .correcting import (
    ask_correction,
    grant_correction,
    look_at_correction,
    refuse_correction,
    take_back_correction,
)
from .erasing import (
    ask_erasure,
    erase_again,
    grant_erasure,
    note_export,
    refuse_erasure,
    take_back_request,
)
from .facing import compare_face, enrol_face
from .identifying import verify_identity, verify_identity_by_card
from .joining import join_customers, keep_apart, part_customers
from .passkeys import add_passkey, begin_adding_passkey, begin_passkey, remove_passkey, sign_in_by_passkey
from .records import WHILE_RESTRICTED, add_customer, correct_customer, unmask_answer, unmask_field
from .refusals import (
    AlreadyDecided,
    CardExpired,
    CodeOver,
    CodeTooSoon,
    CodeWrong,
    FaceNotAgreed,
    FaceNotKept,
    FaceUnusable,
    FormChanged,
    FormNotNeeded,
    NameDiffers,
    NotAnAddress,
    NotIdentified,
    NotOnePerson,
    PasskeyNotAdded,
    PasskeyWrong,
    RecordRestricted,
    TooLateToPart,
    TooManyPasskeys,
)
from .restricting import restrict_use, review_restriction

__all__ = [
    "WHILE_RESTRICTED",
    "AlreadyDecided",
    "CardExpired",
    "CardUnreadable",
    "CodeOver",
    "CodeTooSoon",
    "CodeWrong",
    "FaceNotAgreed",
    "FaceNotKept",
    "FaceUnusable",
    "FormChanged",
    "FormNotNeeded",
    "NameDiffers",
    "NoCard",
    "NotAnAddress",
    "NotIdentified",
    "NotOnePerson",
    "NumberTextedOften",
    "PasskeyNotAdded",
    "PasskeyWrong",
    "PersonErased",
    "Place",
    "ReaderAway",
    "ReasonNeeded",
    "RecordRestricted",
    "TextsUsedUp",
    "TooLateToPart",
    "TooManyPasskeys",
    "VerifierUnusable",
    "add_customer",
    "add_passkey",
    "add_purpose",
    "answer_form",
    "ask_correction",
    "ask_erasure",
    "begin_adding_passkey",
    "begin_passkey",
    "card_readers",
    "compare_face",
    "confirm_contact",
    "correct_customer",
    "draft_form",
    "enrol_face",
    "erase_again",
    "give_consent",
    "grant_correction",
    "grant_erasure",
    "join_customers",
    "keep_apart",
    "kind_of",
    "look_at_correction",
    "note_export",
    "part_customers",
    "publish_form",
    "refuse_correction",
    "refuse_erasure",
    "remove_passkey",
    "restrict_use",
    "review_restriction",
    "save_purpose",
    "send_code",
    "sign_in_by_code",
    "sign_in_by_passkey",
    "sign_out",
    "take_back_correction",
    "take_back_request",
    "unmask_answer",
    "unmask_field",
    "verify_identity",
    "verify_identity_by_card",
    "withdraw_consent",
]
