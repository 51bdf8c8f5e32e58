"""What can be done about staff, their sign-in and tokens: the only writers of this room's tables."""

from servicehall.rooms.people.passkeys import Place, begin_adding, begin_using

from .accounts import RoleAt, add_skill, add_staff, change_password, choose_language
from .confirming import (
    Proof,
    ask_step_up,
    confirm_step_up,
    has_second_factor,
    note_step_up_refused,
    release_export,
)
from .factors import (
    FactorRequired,
    PasskeyNotAdded,
    WrongCode,
    add_app,
    add_passkey,
    remove_factor,
    renew_codes,
    reset_factors,
    show_codes,
)
from .identities import IdentityTaken, begin_linking, link_identity, person_to_link, unlink_identity
from .proving import FIRST_PASSWORD_OVER, WrongProof, prove_code, prove_passkey, prove_password
from .sessions import (
    end_session,
    end_sessions,
    note_sign_in,
    note_sign_out,
    note_time_out,
)
from .tokens import create_token, revoke_token
from .trying import (
    LockedOut,
    begin_try,
    forget_failures,
    note_wrong_token,
    take_lock_notice,
    unlock_everywhere,
    unlock_staff,
)

__all__ = [
    "FIRST_PASSWORD_OVER",
    "FactorRequired",
    "IdentityTaken",
    "LockedOut",
    "PasskeyNotAdded",
    "Place",
    "Proof",
    "RoleAt",
    "WrongCode",
    "WrongProof",
    "add_app",
    "add_passkey",
    "add_skill",
    "add_staff",
    "ask_step_up",
    "begin_adding",
    "begin_linking",
    "begin_try",
    "begin_using",
    "change_password",
    "choose_language",
    "confirm_step_up",
    "create_token",
    "end_session",
    "end_sessions",
    "forget_failures",
    "has_second_factor",
    "link_identity",
    "note_sign_in",
    "note_sign_out",
    "note_step_up_refused",
    "note_time_out",
    "note_wrong_token",
    "person_to_link",
    "prove_code",
    "prove_passkey",
    "prove_password",
    "release_export",
    "remove_factor",
    "renew_codes",
    "reset_factors",
    "revoke_token",
    "show_codes",
    "take_lock_notice",
    "unlink_identity",
    "unlock_everywhere",
    "unlock_staff",
]
