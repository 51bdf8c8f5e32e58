"""When a service can be begun. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from servicehall.rooms.services.language.definition import Opening


def is_open(opening: Sequence[Opening], local: datetime) -> bool:
    """Whether a service with these opening times can be begun at a moment of the site's own time. Without any: always."""
    if not opening:
        return True
    now = local.strftime("%H:%M")
    return any(local.weekday() in one.days and one.start <= now < one.end for one in opening)
