"""What customers are told about appointments, in the language that is set while it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

BOOKED, MOVED, MOVED_BY_HALL = "booked", "moved", "moved-by-hall"
CANCELLED, CANCELLED_BY_HALL = "cancelled", "cancelled-by-hall"
REMINDER, OFFERED = "reminder", "offered"

TITLES: dict[str, str | Promise] = {
    BOOKED: _("Booked: %(offer)s, %(when)s"),
    MOVED: _("New time: %(offer)s, %(when)s"),
    MOVED_BY_HALL: _("We had to change your time: %(offer)s, now %(when)s"),
    CANCELLED: _("Cancelled: %(offer)s, %(when)s"),
    CANCELLED_BY_HALL: _("We are sorry, we had to cancel: %(offer)s, %(when)s"),
    REMINDER: _("Reminder: %(offer)s, %(when)s"),
    OFFERED: _("A time is free: %(offer)s, %(when)s"),
}


@dataclass(frozen=True, slots=True, repr=False)
class About:
    """What a message tells: names in the reader's language, times on the hall's wall clock. Never printed."""

    offer: str
    hall: str
    address: str
    starts: datetime
    reference: str = ""
    url: str = ""
    refuse_url: str = ""
    until: datetime | None = None
    reason: str = ""

    @property
    def when(self) -> str:
        """Weekday, date and time."""
        day = formats.date_format(self.starts, "DATE_FORMAT")
        weekday, hour = formats.date_format(self.starts, "l"), f"{self.starts:%H:%M}"
        return gettext("%(weekday)s, %(day)s, %(time)s") % {"weekday": weekday, "day": day, "time": hour}


@dataclass(frozen=True, slots=True, repr=False)
class Words:
    """A message: a long text for e-mail, a short one for a phone, and words for approved templates."""

    title: str
    long: str
    short: str
    values: Mapping[str, str]


def words(cause: str, about: About) -> Words:
    """What the customer is told for a cause."""
    # In one line: an e-mail whose subject has an end of line in it is not sent at all.
    title = " ".join((str(TITLES[cause]) % {"offer": about.offer, "when": about.when}).split())
    place = about.hall
    if about.address:
        place = gettext("%(hall)s, %(address)s") % {"hall": about.hall, "address": about.address}
    lines, short = [title, "", place], [f"{about.hall}: {title}."]
    if about.reference:
        number = gettext("Number: %(reference)s") % {"reference": about.reference}
        lines.append(number)
        short.append(f"{number}.")
    if about.reason:
        lines += ["", about.reason]
    for sentence in _ways_on(cause, about):
        lines += ["", sentence]
        short.append(sentence)
    values = {
        "offer": about.offer,
        "time": f"{about.starts:%Y-%m-%d %H:%M}",
        "hall": about.hall,
        "number": about.reference,
        "title": title,
        "url": about.url,
    }
    return Words(title, "\n".join(lines), " ".join(short), values)


def _ways_on(cause: str, about: About) -> list[str]:
    found = []
    if cause == OFFERED and about.until is not None:
        known = {"until": f"{about.until:%H:%M}", "url": about.url}
        found.append(
            gettext("It is kept for you until %(until)s. Take it, or leave the list: %(url)s") % known
        )
    elif cause in {CANCELLED, CANCELLED_BY_HALL}:
        found.append(gettext("Book another time: %(url)s") % {"url": about.url})
    else:
        found.append(gettext("Look at it, change or cancel it: %(url)s") % {"url": about.url})
    if about.refuse_url:
        found.append(gettext("No more reminders: %(url)s") % {"url": about.refuse_url})
    return found
