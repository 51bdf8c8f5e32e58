"""Tells managers of a new alert, in a message of their own language. Once: the same again only counts."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from servicehall.kernel import clock
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import Due, timer
from servicehall.rooms.messages import actions as messages
from servicehall.rooms.people import queries as people

from .models import Alert
from .queries import RIGHT, words_of

TELL = "alerts.tell"
AT_MOST, WITHIN = 5, timedelta(minutes=10)
"""So many messages an organisation: whoever raises thousands of alerts must not fill mailboxes too."""


@timer(TELL)
def tell(due: Due) -> None:
    """Write to whoever handles alerts of the organisation; nothing when it was taken in hand meanwhile."""
    found = Alert.objects.filter(pk=UUID(due.key), acknowledged_at=None, told_at=None).first()
    now = clock.now()
    if found is None:
        return
    told = Alert.objects.filter(organisation_id=found.organisation_id, told_at__gt=now - WITHIN).count()
    if told >= AT_MOST:
        return
    for person in people.reachable(found.organisation_id, RIGHT):
        with translation.override(person.language):
            words = words_of(found.about)
            title = _("Alert: %(what)s") % {"what": words.title}
            body = _(
                "%(what)s\n%(advice)s\n\nSince %(moment)s. Open the alerts of operations to take it in hand:"
                " %(address)s"
            ) % {
                "what": words.title,
                "advice": words.advice,
                "moment": f"{found.first_at:%Y-%m-%d %H:%M} UTC",
                "address": f"{settings.PUBLIC_URL}/ops/alerts",
            }
        messages.send_message(
            organisation_id=found.organisation_id, kind="email", address=person.address,
            title=title, body=body, by=SYSTEM, at=now,
        )  # fmt: skip
    Alert.objects.filter(pk=found.pk).update(told_at=now)
