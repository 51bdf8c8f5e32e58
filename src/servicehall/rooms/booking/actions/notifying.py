"""Telling customers: a notice for each thing that happened and each reminder, sent once whatever dies in between.

What is to be told is noted as a timer in the transaction of the reaction; the timer rings in the line of the
organisation, to which messages belong, and there the message and the note that it was sent are one transaction. By
then the appointment may have changed: what is not true any more is not told.

A confirmation goes one way (the e-mail address, else WeChat, else a text message); what customers must not overlook
(a reminder, a change by the hall, a freed time) goes every way that they gave.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation

from servicehall.environment import mail_server
from servicehall.kernel import clock, languages
from servicehall.kernel.rights import SYSTEM
from servicehall.kernel.timers import set_timer
from servicehall.kernel.transactions import transaction
from servicehall.rooms.booking import ical, quiet, wording
from servicehall.rooms.booking.correspondence import OFFERED, BookingRules, Notice, WaitingEntry, minutes_of
from servicehall.rooms.booking.models import ARRIVED, BOOKED, CANCELLED, Appointment
from servicehall.rooms.booking.queries.correspondence import address, booking_path, rules_of
from servicehall.rooms.messages import actions as messages

NOTICE = "booking.notice"
URGENT = {wording.REMINDER, wording.MOVED_BY_HALL, wording.CANCELLED_BY_HALL, wording.OFFERED}
WITH_CALENDAR = {
    wording.BOOKED,
    wording.MOVED,
    wording.MOVED_BY_HALL,
    wording.CANCELLED,
    wording.CANCELLED_BY_HALL,
}


def plan_notice(row: Appointment, cause: str, at: datetime) -> None:
    """Tell what happened to an appointment: what its customer did at once, what the hall did outside quiet hours."""
    due = at
    if cause in URGENT:
        due = max(at, quiet.when_to_send(at, row.starts_at, _quiet(row, rules_of(row.site_id))))
    _set(row, cause, due)


def plan_reminders(row: Appointment, at: datetime) -> None:
    """Remind of an appointment that was booked or moved; those of its old time ring for nothing."""
    rules = rules_of(row.site_id)
    minutes = minutes_of(row.offer.reminders or rules.reminders)
    for before, due in quiet.reminders(row.starts_at, minutes, _quiet(row, rules), at):
        _set(row, f"{wording.REMINDER}-{before}", due)


def plan_offer(entry: WaitingEntry, at: datetime) -> None:
    """Tell somebody who waits that a time is kept for them. Times are not offered in quiet hours."""
    data = {"entry": str(entry.pk), "offers": entry.offers}
    set_timer(NOTICE, f"{entry.pk}:{entry.offers}", at, site_id=entry.organisation_id, data=data)


def _set(row: Appointment, cause: str, due: datetime) -> None:
    data = {"appointment": str(row.pk), "cause": cause, "sequence": row.sequence}
    set_timer(NOTICE, f"{row.pk}:{cause}:{row.sequence}", due, site_id=row.organisation_id, data=data)


def _quiet(row: Appointment, rules: BookingRules) -> quiet.Quiet:
    return quiet.Quiet(rules.quiet_from, rules.quiet_to, row.site.timezone)


def tell_customer(*, appointment: UUID, cause: str, sequence: int, at: datetime | None = None) -> int:
    """Send the notice to the customer, if it is still true; returns how many messages were meant by it now."""
    row = (
        Appointment.objects.filter(pk=appointment)
        .select_related("offer", "site__region__organisation")
        .first()
    )
    moment = at or clock.now()
    if row is None or row.forgotten_at is not None or not _is_true(row, cause, sequence, moment):
        return 0
    kind = wording.REMINDER if cause.startswith(wording.REMINDER) else cause
    with transaction(row.organisation_id), translation.override(_language(row.language)):
        about = _about(row, kind)
        found = wording.words(kind, about)
        calendar = invitation_of(row) if kind in WITH_CALENDAR else ""
        sent = 0
        for medium, to in _ways(row, kind):
            sent += _send(
                row.organisation_id,
                row.pk,
                f"{cause}:{sequence}",
                medium,
                to,
                found=found,
                template=f"appointment-{kind}",
                calendar=calendar if medium == "email" else "",
                good_until=None if kind in {wording.CANCELLED, wording.CANCELLED_BY_HALL} else row.starts_at,
                is_optional=kind == wording.REMINDER,
                at=moment,
            )
    return sent


def tell_waiting(*, entry: UUID, offers: int, at: datetime | None = None) -> int:
    """Send the offer of a freed time, if it still stands; returns how many messages were meant by it now."""
    row = (
        WaitingEntry.objects.filter(pk=entry, state=OFFERED, offers=offers)
        .select_related("offer", "site", "appointment")
        .first()
    )
    moment = at or clock.now()
    if row is None or row.appointment is None or row.offered_until is None or row.offered_until <= moment:
        return 0
    zone = row.site.timezone
    with transaction(row.organisation_id), translation.override(_language(row.language)):
        about = wording.About(
            languages.say(row.offer.names),
            languages.say(row.site.names),
            languages.say(row.site.address),
            clock.local(row.appointment.starts_at, zone),
            url=address(f"/w/{row.code}"),
            until=clock.local(row.offered_until, zone),
        )
        found = wording.words(wording.OFFERED, about)
        return sum(
            _send(
                row.organisation_id,
                row.pk,
                f"{wording.OFFERED}:{offers}",
                medium,
                to,
                found=found,
                template="appointment-offered",
                calendar="",
                good_until=row.offered_until,
                is_optional=False,
                at=moment,
            )
            for medium, to in (("email", row.email), ("sms", row.phone))
            if to
        )


def invitation_of(row: Appointment, *, url: str = "") -> str:
    """The appointment in iCalendar, in the language that is set; METHOD is CANCEL when it was cancelled.

    Args:
        url: the booking's page as whoever asks reaches it; empty: as messages say it.
    """
    about = _about(row, wording.BOOKED)
    about = replace(about, url=url or about.url)
    server = mail_server(settings.SMTP_URL)
    entry = ical.Entry(
        row.pk,
        row.sequence,
        row.starts_at,
        row.ends_at,
        row.changed_at,
        about.offer,
        wording.words(wording.BOOKED, about).long,
        ", ".join(part for part in (about.hall, about.address) if part),
        languages.current(),
        url=about.url if about.url.startswith("http") else "",
        is_cancelled=row.state == CANCELLED,
        attendee=row.email,
        attendee_name=row.name,
    )
    return ical.invitation(
        entry,
        zone=row.site.timezone,
        organiser=_bare(server.sender) or f"no-reply@{row.site.slug}.invalid",
        organiser_name=about.hall,
    )


def _bare(sender: str) -> str:
    """The address in ``Hall <hall@example.com>``."""
    return sender.rpartition("<")[2].rstrip("> ").strip()


def _is_true(row: Appointment, cause: str, sequence: int, at: datetime) -> bool:
    if row.sequence != sequence:
        return False
    if cause in {wording.CANCELLED, wording.CANCELLED_BY_HALL}:
        return row.state == CANCELLED
    if cause.startswith(wording.REMINDER):
        return row.state == BOOKED and at < row.starts_at
    return row.state in {BOOKED, ARRIVED} and at < row.ends_at


def _ways(row: Appointment, kind: str) -> Iterator[tuple[str, str]]:
    every = [("email", row.email), ("wechat", row.wechat), ("sms", row.phone)]
    found = [(medium, to) for medium, to in every if to]
    yield from found if kind in URGENT else found[:1]


def _about(row: Appointment, kind: str) -> wording.About:
    here, again = f"/b/{row.code}", booking_path(row.site.slug, row.offer.slug)
    is_over = kind in {wording.CANCELLED, wording.CANCELLED_BY_HALL}
    return wording.About(
        languages.say(row.offer.names),
        languages.say(row.site.names),
        languages.say(row.site.address),
        clock.local(row.starts_at, row.site.timezone),
        reference=row.reference,
        url=address(again if is_over else here),
        refuse_url=address(f"{here}/messages") if kind == wording.REMINDER else "",
        reason=row.reason if kind == wording.CANCELLED_BY_HALL else "",
    )


def _language(language: str) -> str:
    return (language or settings.LANGUAGE_CODE).lower()


def _send(
    organisation_id: UUID,
    subject: UUID,
    cause: str,
    medium: str,
    to: str,
    *,
    found: wording.Words,
    template: str,
    calendar: str,
    good_until: datetime | None,
    is_optional: bool,
    at: datetime,
) -> int:
    """One way of one cause, once; in the organisation's line."""
    if Notice.objects.filter(subject=subject, cause=cause, medium=medium).exists():
        return 0
    message, outcome = None, "meant"
    try:
        message = messages.send_message(
            organisation_id=organisation_id,
            kind=medium,
            address=to,
            title=found.title if medium == "email" else "",
            body=found.long if medium == "email" else found.short,
            by=SYSTEM,
            good_until=good_until,
            template=template,
            values=found.values,
            calendar=calendar,
            is_optional=is_optional,
            at=at,
        ).pk
    except messages.Unwanted as problem:
        outcome = problem.reason
    except (messages.NumberTextedOften, messages.TextsUsedUp) as problem:
        outcome = problem.kind
    Notice.objects.create(
        organisation_id=organisation_id,
        subject=subject,
        cause=cause,
        medium=medium,
        message=message,
        outcome=outcome,
        made_at=at,
    )
    return int(message is not None)
