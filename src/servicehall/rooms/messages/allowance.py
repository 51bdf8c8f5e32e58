"""How many text messages may go out a day: to one number, and for a whole organisation.

Text messages cost money, and whoever makes a page ask for codes in masses, to numbers that earn by it, spends the
hall's (toll fraud, "SMS pumping"). Counted in rows of the organisation's line, not from the messages, which are
forgotten before the day is over where a customer is erased. The day is that of the organisation's first hall.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock
from servicehall.kernel.errors import Refused
from servicehall.kernel.events import record
from servicehall.kernel.protection import normal_form
from servicehall.kernel.protection.blind_index import writing_key
from servicehall.kernel.rights import SYSTEM
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people.events import AlertRaised

from .models import TextsOfDay

ALERT = "texts-used-up"


class TextsUsedUp(Refused):
    """As many text messages as the organisation may send went out today."""

    kind = "texts-used-up"
    status = 429
    title = _("No more text messages can be sent today")
    advice = _("Use an e-mail address, or come to a counter. Tomorrow text messages are sent again.")


class NumberTextedOften(Refused):
    """As many text messages as may go to one number went there today."""

    kind = "number-texted-often"
    status = 429
    title = _("No more text messages can be sent to this number today")
    advice = _("Use an e-mail address, or come to a counter. Tomorrow text messages are sent again.")


def over(*, organisation_id: UUID, address: str, at: datetime) -> Refused | None:
    """Why no text message may go to a number now; None when one may. In the open transaction that sends it."""
    day = _day(organisation_id, at)
    number = _number(organisation_id, day, address)
    rows = TextsOfDay.objects.filter(organisation_id=organisation_id, day=day, number__in=[b"", number])
    sent = {bytes(whose): count for whose, count in rows.values_list("number", "count")}
    if sent.get(number, 0) >= settings.SMS_TO_ONE_A_DAY:
        return NumberTextedOften()
    return TextsUsedUp() if sent.get(b"", 0) >= settings.SMS_A_DAY else None


def take(*, organisation_id: UUID, address: str, at: datetime) -> None:
    """Count a text message, in the open transaction that sends it; the last one of the day raises an alert.

    Raises:
        NumberTextedOften, TextsUsedUp: the day's are used up.
    """
    if refused := over(organisation_id=organisation_id, address=address, at=at):
        raise refused
    day = _day(organisation_id, at)
    for number in (_number(organisation_id, day, address), b""):
        row, is_first = TextsOfDay.objects.get_or_create(
            organisation_id=organisation_id, day=day, number=number
        )
        TextsOfDay.objects.filter(pk=row.pk).update(count=F("count") + 1)
    if is_first:
        before = TextsOfDay.objects.filter(organisation_id=organisation_id, day__lt=day - timedelta(days=1))
        before.delete()
    if row.count + 1 == settings.SMS_A_DAY:
        record(AlertRaised(ALERT, organisation_id, "warn"), actor=SYSTEM, at=at, subject_id=organisation_id)


def _day(organisation_id: UUID, at: datetime) -> date:
    return clock.local(at, hall.timezone_of(organisation_id)).date()


def _number(organisation_id: UUID, day: date, address: str) -> bytes:
    """A keyed hash of a number that is another one every day."""
    key = writing_key("outgoing.texts", use="digest")
    return key.suite.mac(key.secret, f"{organisation_id}|{day}|{normal_form.contact(address)}".encode())[:16]
