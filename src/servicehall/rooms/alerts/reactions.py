"""Two steps: what smells becomes ``alert.raised``, whoever recorded it; every ``alert.raised`` becomes a row and a message.

So there is one kind of event for whoever watches from outside, and the table can be made again from the log.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import F

from servicehall.kernel.events import StoredEvent, record
from servicehall.kernel.followers import follower
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import set_timer
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.people.events import AlertRaised

from .models import Alert
from .smells import KINDS, smell_of
from .timers import TELL

FOLLOWER = "alerts.watch"
RAISED = "alert.raised"
PACE = 1.0


@follower(FOLLOWER, kinds=(RAISED, *KINDS), pace=PACE)
def watch(batch: list[StoredEvent]) -> None:
    """Raise what smells; keep what was raised."""
    for event in batch:
        if event.kind == RAISED:
            _keep(event)
        elif smell := smell_of(event.kind, event.data):
            raised = AlertRaised(smell.about, _subject(event), smell.level)
            record(raised, actor=SYSTEM, at=event.at, subject_id=_subject(event))


def _subject(event: StoredEvent) -> UUID | None:
    """Whose account, value, code or address it is about."""
    named = event.data.get("staff") or event.data.get("row")
    try:
        return event.subject_id or (UUID(str(named)) if named else None)
    except ValueError:
        return event.subject_id


def _keep(event: StoredEvent) -> None:
    about, subject = str(event.data["about"])[:40], event.data.get("subject")
    level = event.data["level"] if event.data["level"] in Alert.Level.values else Alert.Level.BAD
    for organisation in _concerned(event, UUID(subject) if subject else None):
        key = f"{organisation}:{about}:{subject or ''}"
        seen = Alert.objects.filter(key=key, acknowledged_at=None)
        if seen.update(count=F("count") + 1, last_at=event.at):
            continue
        made = Alert.objects.create(
            organisation_id=organisation, key=key, about=about, subject_id=subject, level=level,
            log_id=event.site_id, seq=event.seq, first_at=event.at, last_at=event.at,
        )  # fmt: skip
        set_timer(TELL, str(made.pk), event.at, site_id=organisation)


def _concerned(event: StoredEvent, subject: UUID | None) -> list[UUID]:
    """The organisations whose managers should know; all of them when nothing says whose it is."""
    every = set(hall.organisations().values())
    above = hall.places_above([event.site_id]).get(event.site_id)
    if above is not None:
        return [above[1]]
    if event.site_id in every:
        return [event.site_id]
    named = people.organisations_of(subject) if subject else frozenset()
    return sorted(named & every or every)
