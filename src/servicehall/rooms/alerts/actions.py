"""What can be done about alerts. With reactions.py and timers.py the only writers of this room's table."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound, Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.hall import queries as hall

from .events import AlertAcknowledged
from .models import Alert
from .queries import RIGHT


class AlreadyAcknowledged(Refused):
    """Somebody else took it in hand just before."""

    kind = "alert-already-acknowledged"
    title = _("Somebody has taken this alert in hand")
    advice = _("Load the page again to see who.")


def acknowledge_alert(alert_id: UUID, *, site_id: UUID, by: Actor, at: datetime | None = None) -> Alert:
    """Take an alert in hand: it is no longer open, and the same again is a new one.

    Raises:
        NotFound: there is none in the site's organisation.
        NotAllowed: the actor does not handle alerts there.
        AlreadyAcknowledged: somebody did.
    """
    allow(by, RIGHT, site_id)
    (_region, organisation) = hall.places_above([site_id])[site_id]
    moment = at or clock.now()
    found = Alert.objects.filter(pk=alert_id, organisation_id=organisation).first()
    if found is None:
        raise NotFound
    with transaction(organisation):
        changed = Alert.objects.filter(pk=alert_id, acknowledged_at=None).update(
            acknowledged_at=moment, acknowledged_by_id=by.id if by.kind == "staff" else None
        )
        if not changed:
            raise AlreadyAcknowledged
        found.refresh_from_db()
        fact = AlertAcknowledged(alert_id, found.about, found.count)
        record(fact, actor=by, at=moment, subject_id=alert_id)
    return found
