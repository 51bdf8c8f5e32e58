"""How the evidence stands: how much is signed, what witnesses said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Max

from servicehall.rooms.trust import notes, store
from servicehall.rooms.trust.models import Cosignature, WitnessAnswer

from .proofs import CheckpointView, checkpoint_of


@dataclass(frozen=True, slots=True)
class WitnessView:
    """A witness: the largest tree it signed, and what it answered last (0: nothing)."""

    name: str
    size: int
    status: int | None
    at: datetime | None

    @property
    def refuses(self) -> bool:
        """It is there and does not sign: our tree is not the one that it saw grow."""
        return self.status in {403, 409, 422}


@dataclass(frozen=True, slots=True)
class Standing:
    """The tree's size, what of it is signed, by whom else."""

    size: int
    checkpoint: CheckpointView | None
    witnesses: list[WitnessView]


def witness_names() -> list[str]:
    """Who is asked to sign.

    Raises:
        NoWitness: the setting names something else.
    """
    return [one.name for one in notes.witnesses(settings.WITNESSES)]


def standing() -> Standing:
    """How the evidence stands now. Four queries. Of a setting that names no witness, doctor says what is wrong."""
    signed = dict(Cosignature.objects.values_list("witness").annotate(Max("checkpoint__size")))
    said = {one.witness: one for one in WitnessAnswer.objects.all()}
    try:
        names = witness_names()
    except notes.NoWitness:
        names = []
    views = []
    for name in names:
        answer = said.get(name)
        views.append(
            WitnessView(
                name, signed.get(name, 0), answer.status if answer else None, answer.at if answer else None
            )
        )
    return Standing(store.head()[0], checkpoint_of(), views)
