"""Sessions of staff: signed in, signed out, ended from elsewhere. The list of sessions is allauth's."""

from __future__ import annotations

from datetime import datetime

from allauth.usersessions.models import UserSession

from servicehall.kernel import clock
from servicehall.kernel.errors import NotFound
from servicehall.kernel.events import record
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import INSTALLATION, transaction
from servicehall.rooms.people.events import SessionsRevoked, StaffSignedIn, StaffSignedOut
from servicehall.rooms.people.models import Staff


def note_sign_in(staff: Staff, *, by: str = "password", factor: str = "", at: datetime | None = None) -> None:
    """Record that a person signed in, and how."""
    with transaction(INSTALLATION):
        record(
            StaffSignedIn(staff.pk, by, factor), actor=Actor("staff", staff.pk, "desk"), at=at or clock.now()
        )


def note_sign_out(staff: Staff, *, session: str = "", at: datetime | None = None) -> None:
    """Record that a person signed out; the session with that key leaves the list of theirs."""
    with transaction(INSTALLATION):
        UserSession.objects.filter(user_id=staff.pk, session_key=session).delete()
        record(StaffSignedOut(staff.pk), actor=Actor("staff", staff.pk, "desk"), at=at or clock.now())


def note_time_out(staff: Staff, *, reason: str, at: datetime | None = None) -> None:
    """Record that a person's session ended by itself: ``idle`` or ``absolute``."""
    with transaction(INSTALLATION):
        record(
            SessionsRevoked(staff.pk, 1, reason),
            actor=Actor("staff", staff.pk, "desk"),
            at=at or clock.now(),
            subject_id=staff.pk,
        )


def end_session(staff: Staff, session_id: int, *, at: datetime | None = None) -> None:
    """End one of a person's own sessions.

    Raises:
        NotFound: it is not theirs, or is over.
    """
    found = UserSession.objects.filter(user_id=staff.pk, pk=session_id).first()
    if found is None:
        raise NotFound
    by = Actor("staff", staff.pk, "desk")
    with transaction(INSTALLATION):
        found.end()
        record(SessionsRevoked(staff.pk, 1, "revoked"), actor=by, at=at or clock.now(), subject_id=staff.pk)


def end_sessions(staff: Staff, *, by: Actor, reason: str, keep: str = "", at: datetime | None = None) -> int:
    """End all of a person's sessions but the one with the key ``keep``; returns how many."""
    with transaction(INSTALLATION):
        others = list(UserSession.objects.filter(user_id=staff.pk).exclude(session_key=keep))
        for one in others:
            one.end()
        if others:
            record(
                SessionsRevoked(staff.pk, len(others), reason),
                actor=by,
                at=at or clock.now(),
                subject_id=staff.pk,
            )
    return len(others)
