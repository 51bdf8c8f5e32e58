"""What can be tried out: the demo, and a real log. (Imports nothing that needs Django before it is called.)"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .replay.call_log import UnreadableLog
from .replay.running import AS_IT_HAPPENED, MODES, CannotReplay, Plan, Report, parse_day, replay

if TYPE_CHECKING:
    from servicehall.rooms.queueing.queries import Trial

    from .demo import SignIn


class NotEmpty(Exception):
    """Other halls are set up here already; the demo would mix with them."""


def ensure_demo() -> list[SignIn]:
    """Make the demo when nothing is set up yet; its sign-ins, also when it is there already.

    Raises:
        NotEmpty: other halls are set up in this installation.
    """
    from . import demo

    if demo.is_empty():
        return demo.seed()
    if not demo.is_demo():
        raise NotEmpty
    return demo.sign_ins()


def connect_back_office(address: str, description: dict[str, Any]) -> Path:
    """Let the demo's organisations call the sample back office, now at this address; the file with its secret.

    Raises:
        OSError: the secret cannot be written.
        ValidationError: the address may not be called.
    """
    from . import demo_connectors

    return demo_connectors.connect(address, description)


def try_waits_on_log(path: Path, *, train_share: float = 0.5) -> Trial:
    """How good the predictions of waits are on a log: learned from the first share of its days, told of the rest.

    Raises:
        UnreadableLog: the file cannot be read, or is no such log.
        TooLittle: too few waits to learn from, or none left to predict (of queueing's queries).
    """
    from . import wait_trial

    return wait_trial.try_on_log(path, train_share=train_share)


__all__ = [
    "AS_IT_HAPPENED",
    "MODES",
    "CannotReplay",
    "NotEmpty",
    "Plan",
    "Report",
    "UnreadableLog",
    "connect_back_office",
    "ensure_demo",
    "parse_day",
    "replay",
    "try_waits_on_log",
]
