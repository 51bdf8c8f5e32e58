"""Random walks of back, change, leave and come again: `python -m bench walks`, at least 10,000 over all samples and made flows."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")

FLOWS = 150
"""Flows that are made by chance, beside the samples."""
WALKS = 50
"""Walks through each of them."""
OF_SAMPLE = 600
"""Walks through each sample."""
MOVES = 24


@dataclass
class Walks:
    """What came of them."""

    flows: int = 0
    walks: int = 0
    moves: int = 0
    seconds: float = 0.0
    differ: list[str] = field(default_factory=list)


def measure(*, flows: int = FLOWS, walks: int = WALKS, of_sample: int = OF_SAMPLE) -> Walks:
    """Walks; what ends otherwise than a fresh run with the same answers is in ``differ``."""
    import django

    django.setup()
    from servicehall.rooms.services import queries
    from servicehall.rooms.services.language.program import program
    from tests.rooms.services.walks import Walker, generated

    found, begun = Walks(), time.monotonic()
    texts = [(text, of_sample) for text in queries.samples().values()]
    texts += [(generated(number), walks) for number in range(flows)]
    for text, count in texts:
        ready = program(text)
        found.flows += 1
        for number in range(count):
            one = Walker(ready, number)
            one.walk(MOVES)
            found.walks, found.moves = found.walks + 1, found.moves + one.moves
            if difference := one.differs():
                found.differ.append(f"{ready.flow.slug}: {difference}")
    found.seconds = time.monotonic() - begun
    return found
