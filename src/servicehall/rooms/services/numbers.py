"""Numbers of requests: short enough to be read out and typed in, without signs that are taken for one another.

A number opens nothing. It is looked up by staff with the right to help, within their organisation only.
"""

from __future__ import annotations

import re
import secrets
from uuid import UUID

from .models import Instance

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8
_CODE = re.compile(r"/r/([A-Za-z0-9_-]{16,64})")


def new_number(organisation_id: UUID) -> str:
    """A number that no request of the organisation has."""
    while True:
        made = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
        if not Instance.objects.filter(organisation_id=organisation_id, number=made).exists():
            return made


def as_number(text: str) -> str:
    """What somebody typed, as numbers are kept: capitals, without what stands between groups."""
    return re.sub(r"[\s–—-]", "", text).upper()[:LENGTH]


def grouped(number: str) -> str:
    """A number as people read it."""
    return f"{number[:4]}-{number[4:]}" if len(number) == LENGTH else number


def code_in(text: str) -> str:
    """The secret code in a scanned address of a request; nothing when there is none."""
    found = _CODE.search(text)
    return found[1] if found else ""
