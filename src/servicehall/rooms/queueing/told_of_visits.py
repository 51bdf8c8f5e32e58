"""What the log tells of visits and their tickets do not: missed calls, times at each stage, who was sent elsewhere. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

if TYPE_CHECKING:
    from servicehall.kernel.events import StoredEvent

KINDS = (
    *("ticket.advanced", "ticket.finished", "ticket.transferred"),
    *("ticket.no-show", "ticket.requeued", "ticket.undone"),
)


@dataclass(slots=True)
class Missed:
    """A missed call of a service, and when the customer was back in the line (None: never)."""

    service: UUID
    at: datetime
    back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Somebody was sent to another service at ``at``, after ``served`` seconds at ``counter`` (None: at none)."""

    at: datetime
    from_service: UUID
    counter: UUID | None
    served: float


@dataclass(slots=True)
class Told:
    """What was told. ``stages``: seconds at a counter, by stage; ``sent``: by ticket, in order."""

    missed: list[Missed] = field(default_factory=list)
    stages: dict[UUID, list[float]] = field(default_factory=lambda: defaultdict(list))
    sent: dict[UUID, list[Sent]] = field(default_factory=lambda: defaultdict(list))
    _open: dict[str, Missed] = field(default_factory=dict)
    """The last missed call of each ticket that is not back."""

    def _advanced(self, _event: StoredEvent, data: Mapping[str, Any]) -> None:
        self.stages[UUID(data["from_stage"])].append(float(data["served"]))

    def _finished(self, _event: StoredEvent, data: Mapping[str, Any]) -> None:
        self.stages[UUID(data["stage"])].append(float(data["served"]))

    def _transferred(self, event: StoredEvent, data: Mapping[str, Any]) -> None:
        if data["service"] == data["from_service"]:
            return
        counter = UUID(data["counter"]) if data["counter"] else None
        one = Sent(event.at, UUID(data["from_service"]), counter, float(data["served"]))
        self.sent[UUID(data["ticket"])].append(one)

    def _no_show(self, event: StoredEvent, data: Mapping[str, Any]) -> None:
        one = self._open[data["ticket"]] = Missed(UUID(data["service"]), event.at)
        self.missed.append(one)

    def _requeued(self, event: StoredEvent, data: Mapping[str, Any]) -> None:
        if data["was"] == "no_show" and (one := self._open.pop(data["ticket"], None)):
            one.back_at = event.at

    def _undone(self, _event: StoredEvent, data: Mapping[str, Any]) -> None:
        """The act did not happen; of how long a stage took nothing is taken back, which is rare and nearly right."""
        if data["undone"] == "ticket.no-show" and (one := self._open.pop(data["ticket"], None)):
            self.missed.remove(one)
        elif data["undone"] == "ticket.transferred" and self.sent.get(UUID(data["ticket"])):
            self.sent[UUID(data["ticket"])].pop()

    def tell(self, event: StoredEvent) -> None:
        """One event of :data:`KINDS`; those before it were told."""
        self._ACTS[event.kind](self, event, event.data)

    _ACTS: ClassVar[dict[str, Callable[[Any, StoredEvent, Mapping[str, Any]], None]]] = {
        "ticket.advanced": _advanced,
        "ticket.finished": _finished,
        "ticket.transferred": _transferred,
        "ticket.no-show": _no_show,
        "ticket.requeued": _requeued,
        "ticket.undone": _undone,
    }


def told(events: Iterable[StoredEvent]) -> Told:
    """What events of :data:`KINDS` tell, in their order."""
    found = Told()
    for event in events:
        found.tell(event)
    return found
