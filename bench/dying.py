"""Points of the ledger at which a process can be told to die, as ``kill -9`` would have it: nothing is cleaned up.

Orders to die lie as files in a folder, ``<role>-<number>-<point>``. A process takes one when it begins something of
that role, and dies at the point; an order whose point did not come is put back. Each death is a line in a book.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

POINTS: dict[str, str] = {
    "meant": "pay",  # the ledger's line is written and not committed
    "committed": "pay",  # it is committed, nobody was called
    "answered": "pay",  # the provider has answered, nothing is settled
    "settling": "pay",  # settled with all that follows, not committed
    "settled": "pay",  # committed, the customer has no answer
    "told": "notify",  # a notification changed the payment, not committed
    "taken": "notify",  # committed, the provider has no answer
    "paid": "work",  # the money became the step's outcome, not committed
    "leased": "work",  # the worker has taken a request, nobody was called
    "done": "work",  # the other system has done it, nothing is kept
    "keeping": "work",  # its answer is kept, not committed
    "kept": "work",  # committed
}
"""The points, each with the role of the process that comes to it."""
_armed: list[str] = []
_book: list[Path] = []


def die_at(point: str) -> None:
    """Dies here, when that was ordered."""
    if _armed and _armed[0] == point:
        try:
            _armed.pop()
        except IndexError:  # another thread of this process dies of the same order
            return
        with _book[0].open("a") as book:
            book.write(f"{point}\n")
        os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def orders(folder: Path, role: str) -> Iterator[None]:
    """Takes an order of this role, if there is one, for what is done inside; put back when its point did not come."""
    _book[:] = [folder.parent / "deaths"]
    mine = _take(folder, role)
    if mine is None:
        yield
        return
    _armed[:] = [mine.name.rsplit("-", 1)[1]]
    try:
        yield
    finally:
        _armed.clear()
        mine.with_name(mine.name.removeprefix("taken-")).touch()


def _take(folder: Path, role: str) -> Path | None:
    for one in sorted(folder.glob(f"{role}-*")):
        mine = one.with_name(f"taken-{one.name}")
        try:
            one.rename(mine)
        except FileNotFoundError:
            continue
        mine.unlink()
        return mine
    return None


def _before(module: Any, name: str, point: str) -> None:
    real: Callable[..., Any] = getattr(module, name)

    def wrapped(*given: Any, **named: Any) -> Any:
        die_at(point)
        return real(*given, **named)

    setattr(module, name, wrapped)


def _after(module: Any, name: str, point: str) -> None:
    setattr(module, name, _dying(getattr(module, name), point))


def _dying(real: Callable[..., Any] | None, point: str) -> Callable[..., Any]:
    """The same function; afterwards the process dies when that was ordered."""

    def wrapped(*given: Any, **named: Any) -> Any:
        found = real(*given, **named) if real else None
        die_at(point)
        return found

    return wrapped


def lay_points() -> None:
    """Puts the points into this process: around the product's own functions, which do what they always do."""
    from servicehall.kernel import effects
    from servicehall.rooms.payments import actions as payments
    from servicehall.rooms.payments import outside
    from servicehall.rooms.payments.actions import notices
    from servicehall.rooms.services.actions import keeping_on, paying, working
    from servicehall.rooms.services.connecting import Connectors

    _after(effects, "intend", "meant")
    _before(effects, "carry_out", "committed")
    _after(outside, "call_offer", "answered")
    offer = effects._kinds[outside.OFFER]
    effects._kinds[outside.OFFER] = replace(offer, settled=_dying(offer.settled, "settling"))
    _after(effects, "settle", "settled")
    _after(notices, "take_status", "told")
    _after(payments, "take_notification", "taken")
    _after(paying, "settle", "paid")
    _before(working, "work_on", "leased")
    _after(Connectors, "ask", "done")
    _after(keeping_on, "settle", "keeping")
    _after(working, "_keep", "kept")
