"""Which refusals smell of an attack, and how bad that is. Pure: no clock, no database.

A wrong password or an expired code happens to everybody and raises nothing; what no honest browser sends does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ANY = "*"


@dataclass(frozen=True, slots=True)
class Smell:
    """What an alert is about, and its level."""

    about: str
    level: str


_BY_REASON: dict[str, dict[str, Smell]] = {
    "staff.sign-in-refused": {
        # A passkey signs for the origin that its browser is at: another one is a page that pretends to be ours.
        "passkey-origin": Smell("passkey-origin", "bad"),
        "passkey-signature": Smell("passkey-forged", "bad"),
        "passkey-challenge": Smell("passkey-forged", "bad"),
        "code-used": Smell("code-replayed", "bad"),
    },
    "step-up.refused": {
        "other-operation": Smell("confirmation-changed", "bad"),
        "other-session": Smell("confirmation-moved", "bad"),
        "used": Smell("confirmation-replayed", "warn"),
    },
    "customer.code-refused": {
        "used": Smell("code-replayed", "warn"),
        "spent": Smell("code-guessed", "bad"),
    },
    "protection.value-refused": {ANY: Smell("data-tampered", "bad")},
    "evidence.damaged": {ANY: Smell("evidence-tampered", "bad")},
    "token.tampered": {ANY: Smell("token-tampered", "warn")},
    "webhook.refused": {
        "signature": Smell("message-forged", "bad"),
        "duplicate": Smell("message-replayed", "warn"),
        "too-old": Smell("message-replayed", "warn"),
    },
    "payment.notification-refused": {
        "too-old": Smell("payment-replayed", "warn"),
        "amount": Smell("payment-amount", "bad"),
        "unknown-order": Smell("payment-unknown", "bad"),
        ANY: Smell("payment-forged", "bad"),
    },
    "payment.surplus": {ANY: Smell("payment-surplus", "bad")},
    "payments.reconciled": {"differences": Smell("payment-differences", "bad")},
    "effect.needs-person": {
        "contradiction": Smell("effect-contradicted", "bad"),
        ANY: Smell("effect-unknown", "bad"),
    },
    "webhook.disabled": {
        "failing": Smell("webhook-disabled", "warn"),
        "gone": Smell("webhook-disabled", "warn"),
    },
}
KINDS = tuple(_BY_REASON)


def smell_of(kind: str, facts: Mapping[str, Any]) -> Smell | None:
    """What an event smells of; None: of nothing."""
    reasons = _BY_REASON.get(kind, {})
    return reasons.get(str(facts.get("reason", ""))) or reasons.get(ANY)
