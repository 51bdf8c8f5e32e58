"""Rules of moving a request to another device. Pure.

Shaped after RFC 10027 (BCP 247): a code that is good for minutes and once, shown by the device that has the request;
where money or somebody's identity is in it, a number that both ends show and the customer compares. The number is
chosen on the customer's own phone, so whoever photographs a QR code from afar has nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .language.definition import Flow, Form, Pay
from .models import Move

VALID_FOR = timedelta(minutes=10)
CHANNELS = {Move.Way.AWAY: "phone", Move.Way.PICKUP: "kiosk"}
"""Where a request goes on once it was moved; a mirrored one stays where it is."""
NUMBERS = 6
"""How many numbers the phone offers: a guess is right once in so many times, and there is one."""
CODE_DIGITS = 6


def is_served(flow: Flow, way: str) -> bool:
    """Whether the service can go on there."""
    channel = CHANNELS.get(Move.Way(way))
    return channel is None or channel in flow.channels


def ways(flow: Flow) -> list[str]:
    """How a request of the flow can be moved."""
    return [way.value for way in Move.Way if is_served(flow, way)]


def needs_number(flow: Flow, given: Mapping[str, Any], way: str) -> bool:
    """Whether the customer compares a number on both ends before anything is shown at the other one.

    Always where a phone is to drive a screen, or a short code is typed: the code alone says too little there. Else when
    the flow asks for money or an identity document, or already knows whose request it is.
    """
    if way != Move.Way.AWAY or given.get("level", "guest") != "guest":
        return True
    return any(
        isinstance(step, Pay)
        or (isinstance(step, Form) and any(field.type == "id-number" for field in step.fields))
        for step in flow.steps
    )


def numbers() -> tuple[str, list[str]]:
    """Two digits to compare, and all that the phone offers, in order."""
    drawn = secrets.SystemRandom().sample(range(10, 100), NUMBERS)
    return str(drawn[0]), [str(one) for one in sorted(drawn)]


def pickup_code() -> str:
    """A code that is short enough to be typed."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
