"""What the worker does by the clock: sign the tree when it has grown, and ask the witnesses to sign too."""

from __future__ import annotations

from servicehall.kernel.chores import chore

from . import actions, witnessing

EVERY = 1.0


@chore("trust.checkpoint", every=EVERY)
def sign() -> None:
    """A checkpoint of the second that has passed, if anything happened in it."""
    try:
        actions.make_checkpoint()
    except actions.TreeDamaged:
        actions.note_damage()
        raise


@chore("trust.witnesses", every=EVERY, aside=True)
def ask_witnesses() -> None:
    """Each witness gets the newest checkpoint; one that is dead holds up nothing here."""
    witnessing.submit_to_all()
