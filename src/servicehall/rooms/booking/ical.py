"""Appointments in iCalendar (RFC 5545, 5546, 7986): invitations, updates, cancellations, feeds. No clock, no database.

An appointment keeps its UID (its id: RFC 7986 wants a UUID); SEQUENCE counts changes of its time, so that programs
take the newer for an update of the older. Lines are folded and texts escaped by the library.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import icalendar

from servicehall.kernel import clock

from . import time_zones

PRODUCT = "-//Servicehall//Appointments//EN"
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """An appointment as calendars show it. ``stamp``: when it was last changed. Never printed."""

    id: UUID
    sequence: int
    starts_at: datetime
    ends_at: datetime
    stamp: datetime
    title: str
    text: str
    place: str
    language: str
    url: str = ""
    is_cancelled: bool = False
    attendee: str = ""
    attendee_name: str = ""


def invitation(entry: Entry, *, zone: str, organiser: str, organiser_name: str) -> str:
    """The appointment to take in, or to take out again when it was cancelled.

    Args:
        organiser: the hall's e-mail address.
    """
    calendar = _calendar(CANCEL if entry.is_cancelled else REQUEST)
    event = _event(entry, zone)
    event.add("organizer", _person(organiser, organiser_name))
    if entry.attendee:
        person = _person(entry.attendee, entry.attendee_name)
        person.params["ROLE"] = "REQ-PARTICIPANT"
        # They booked it themselves, so nobody has to answer.
        person.params["PARTSTAT"] = "ACCEPTED"
        person.params["RSVP"] = "FALSE"
        event.add("attendee", person)
    return _whole(calendar, [event], zone, [entry])


def feed(entries: Sequence[Entry], *, zone: str, name: str, url: str, refresh: timedelta) -> str:
    """Many appointments to look at (METHOD:PUBLISH): the calendar of a person or a resource."""
    calendar = _calendar(PUBLISH)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", refresh, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    if url:
        calendar.add("source", url, parameters={"VALUE": "URI"})
    return _whole(calendar, [_event(one, zone) for one in entries], zone, entries)


def _calendar(method: str) -> icalendar.Calendar:
    made = icalendar.Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", method)
    return made


def _event(entry: Entry, zone: str) -> icalendar.Event:
    made = icalendar.Event()
    made.add("uid", str(entry.id))
    made.add("sequence", entry.sequence)
    made.add("dtstamp", entry.stamp)
    made.add("dtstart", clock.local(entry.starts_at, zone))
    made.add("dtend", clock.local(entry.ends_at, zone))
    spoken = {"LANGUAGE": entry.language} if entry.language else {}
    made.add("summary", entry.title, parameters=spoken)
    if entry.text:
        made.add("description", entry.text, parameters=spoken)
    if entry.place:
        made.add("location", entry.place, parameters=spoken)
    if entry.url:
        made.add("url", entry.url)
    made.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    made.add("transp", "TRANSPARENT" if entry.is_cancelled else "OPAQUE")
    made.add("class", "PRIVATE")
    return made


def _person(address: str, name: str) -> icalendar.vCalAddress:
    made = icalendar.vCalAddress(f"mailto:{address}")
    if name:
        # A parameter can hold neither quotes nor line breaks (3.2), and RFC 6868 is not read everywhere.
        made.params["CN"] = "".join(c for c in name if c.isprintable() and c != '"')
    return made


def _whole(
    calendar: icalendar.Calendar, events: Iterable[icalendar.Event], zone: str, entries: Sequence[Entry]
) -> str:
    if entries:
        first = min(one.starts_at for one in entries)
        calendar.add_component(time_zones.component(zone, first, max(one.ends_at for one in entries)))
    for one in events:
        calendar.add_component(one)
    whole: bytes = calendar.to_ical()
    return whole.decode()
