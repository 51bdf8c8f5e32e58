"""Which variant of an experiment somebody gets: derived from the request's id, so it needs no memory and never changes. Pure."""

from __future__ import annotations

import hashlib
from uuid import UUID

from .language.definition import Experiment


def variant_of(experiment: Experiment | None, instance_id: UUID) -> str:
    """The variant of a request; nothing without an experiment.

    Another experiment deals anew: its name is in the digest, so that nobody is always in the first group.
    """
    total = sum(experiment.shares.values()) if experiment else 0
    if experiment is None or not total:
        return ""
    drawn = hashlib.sha256(f"{experiment.name}:{instance_id}".encode()).digest()
    place = int.from_bytes(drawn[:8], "big") % total
    for name, share in experiment.shares.items():
        place -= share
        if place < 0:
            return name
    raise AssertionError("the shares make up the whole")
