"""The code of the day at a hall's door: whoever can read it is there. Pure, but for the installation's secret."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without signs that are taken for one another, as in a booking's number."""
LENGTH = 4


def door_code(site_id: UUID, day: date) -> str:
    """The signs that are shown at the door of the site on that (business) day; nobody can work them out beforehand."""
    digest = salted_hmac("booking.door", f"{site_id} {day:%Y-%m-%d}", algorithm="sha256").digest()
    number = int.from_bytes(digest, "big")
    found = ""
    for _sign in range(LENGTH):
        number, place = divmod(number, len(SIGNS))
        found += SIGNS[place]
    return found


def is_door_code(text: str, site_id: UUID, day: date) -> bool:
    """Whether that is what the door shows; small letters and spaces are forgiven."""
    return constant_time_compare(plain(text), door_code(site_id, day))


def plain(text: str) -> str:
    """What somebody typed, as it was printed."""
    return "".join(text.split()).upper()
