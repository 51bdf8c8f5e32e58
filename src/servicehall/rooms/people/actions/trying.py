"""Tries to get in: a place among the ten is taken before anything is looked at, and given back on success.

Because places are taken in the installation's line, two hundred guesses at once take exactly ten.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import clock, step_up
from servicehall.kernel.errors import NotFound, Refused
from servicehall.kernel.events import record
from servicehall.kernel.rights import SYSTEM, Actor, allow
from servicehall.kernel.timers import set_timer
from servicehall.kernel.transactions import INSTALLATION, transaction
from servicehall.rooms.people.events import AddressLocked, AlertRaised, StaffLocked, StaffUnlocked
from servicehall.rooms.people.lockout import (
    LOCKED_FOR,
    WINDOW,
    Count,
    account_key,
    counts_of,
    counts_of_token,
)
from servicehall.rooms.people.models import FailedTry, Lock, Staff
from servicehall.rooms.people.queries import digest, staff_reaches

LOCK_NOTICE = "people.lock-notice"


class LockedOut(Refused):
    """Too many tries failed; ``seconds`` says how long nothing is looked at."""

    kind = "locked-out"
    status = 429
    title = _("Locked after too many failed tries")
    advice = _("Wait, or ask a supervisor to unlock your account. Then try again.")


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was let in: its place in every count."""

    mark: str
    username: str
    counts: tuple[Count, ...]


def begin_try(username: str, *, address: str, at: datetime | None = None) -> Try:
    """Take a place for a try; ask before the password or code is looked at.

    Raises:
        LockedOut: there is no place left for that account, there, or from that range of addresses.
    """
    counts = counts_of(username, address, settings.LOCKOUT_EXEMPT)
    mark = secrets.token_hex(16)
    _take_places(counts, mark=mark, account=account_key(username), at=at or clock.now())
    return Try(mark, username, tuple(counts))


def _take_places(counts: Sequence[Count], *, mark: str, account: str, at: datetime) -> None:
    with transaction(INSTALLATION):
        seconds = _closed_for(counts, at)
        if not seconds:
            FailedTry.objects.bulk_create(
                [FailedTry(key=count.key, mark=mark, account=account, at=at) for count in counts]
            )
    if seconds:
        raise LockedOut(seconds=seconds)


def _closed_for(counts: Sequence[Count], at: datetime) -> int:
    """How many seconds until one of these counts lets a try in; 0: now."""
    keys = [count.key for count in counts]
    open_locks = Lock.objects.filter(key__in=keys, until__gt=at, unlocked_at=None)
    ends = [lock.until for lock in open_locks]
    for count in counts:
        newest = FailedTry.objects.filter(key=count.key, at__gt=at - WINDOW).order_by("-at")
        taken = list(newest.values_list("at", flat=True)[: count.limit])
        if len(taken) == count.limit:
            ends.append(taken[-1] + WINDOW)
    return max((max(1, round((end - at).total_seconds())) for end in ends), default=0)


def fail_try(attempt: Try, *, staff: Staff | None, at: datetime | None = None) -> None:
    """The try failed: its places stay taken, and what is full now is locked."""
    moment = at or clock.now()
    with transaction(INSTALLATION):
        for count in attempt.counts:
            _lock_when_full(count, staff=staff, account=account_key(attempt.username), at=moment)


def succeed_try(attempt: Try, *, whole: bool, at: datetime | None = None) -> None:
    """The try succeeded: its places are free again; after the whole sign-in also those of earlier failures there.

    Failures from other addresses still count for those addresses: a guesser gains nothing by the
    owner's success.
    """
    with transaction(INSTALLATION):
        FailedTry.objects.filter(key__in=[c.key for c in attempt.counts], mark=attempt.mark).delete()
        if whole:
            own = [c.key for c in attempt.counts if c.scope != "range"]
            FailedTry.objects.filter(key__in=own).delete()
            FailedTry.objects.filter(at__lt=(at or clock.now()) - WINDOW).delete()


def forget_failures(username: str, *, address: str, at: datetime | None = None) -> None:
    """A person is signed in: what failed before, there, is forgotten."""
    counts = tuple(counts_of(username, address, settings.LOCKOUT_EXEMPT))
    succeed_try(Try("", username, counts), whole=True, at=at)


def note_wrong_token(raw: str, *, address: str, at: datetime | None = None) -> None:
    """Count a guessed API token; the same wrong one sent again is a mistake, not another guess.

    A valid token is never refused for its address: 256 random bits are not guessed, and customers of a
    hall share its address with its devices.

    Raises:
        LockedOut: too many different wrong tokens came from there.
    """
    moment, mark = at or clock.now(), digest(raw)
    for count in counts_of_token(address, settings.LOCKOUT_EXEMPT):
        known = FailedTry.objects.filter(key=count.key, mark=mark).update(at=moment)
        if known:
            continue
        _take_places([count], mark=mark, account="", at=moment)
        with transaction(INSTALLATION):
            _lock_when_full(count, staff=None, account="", at=moment)


def _lock_when_full(count: Count, *, staff: Staff | None, account: str, at: datetime) -> None:
    taken = FailedTry.objects.filter(key=count.key, at__gt=at - WINDOW).count()
    if taken < count.limit or Lock.objects.filter(key=count.key, until__gt=at, unlocked_at=None).exists():
        return
    lock = Lock.objects.create(
        key=count.key, scope=count.scope, account=account, staff=staff, at=at, until=at + LOCKED_FOR
    )
    nobody = Actor("customer", None, "desk")
    if count.scope in {"account", "account-address"}:
        fact: object = StaffLocked(staff.pk if staff else None, lock.pk, count.scope, lock.until)
    else:
        fact = AddressLocked(count.key[:16], lock.pk, count.scope, lock.until)
    record(fact, actor=nobody, at=at, subject_id=lock.pk)
    if count.scope == "account-address":
        return  # The account itself says it already, at the same moment.
    about = "staff-locked" if count.scope == "account" else "address-locked"
    record(AlertRaised(about, lock.pk, "bad"), actor=SYSTEM, at=at, subject_id=lock.pk)
    if staff is not None and staff.email:
        set_timer(LOCK_NOTICE, str(lock.pk), at)


def unlock_staff(staff_id: UUID, *, site_id: UUID, by: Actor, at: datetime | None = None) -> int:
    """End the locks of a person's account early; returns how many there were.

    Raises:
        NotAllowed, NotFound: the actor may not unlock there, or the person has no role there.
        StepUpNeeded, StepUpRefused: a person has to confirm it.
    """
    allow(by, "staff.unlock", site_id)
    staff = Staff.objects.filter(pk=staff_id).first()
    if staff is None or not staff_reaches(staff, site_id):
        raise NotFound
    return unlock_everywhere(staff, by=by, at=at)


def unlock_everywhere(staff: Staff, *, by: Actor, at: datetime | None = None) -> int:
    """The same, wherever the person works: for the command line.

    Raises:
        StepUpNeeded, StepUpRefused: a person has to confirm it.
    """
    moment, account, staff_id = at or clock.now(), account_key(staff.username), staff.pk
    with transaction(INSTALLATION):
        step_up.demand(by, step_up.Operation("staff.unlock", str(staff_id)))
        FailedTry.objects.filter(account=account).delete()
        ended = Lock.objects.filter(account=account, until__gt=moment, unlocked_at=None).update(
            unlocked_at=moment
        )
        record(StaffUnlocked(staff_id, ended), actor=by, at=moment, subject_id=staff_id)
    return ended


def take_lock_notice(staff: Staff, *, at: datetime | None = None) -> datetime | None:
    """When the account was last locked, if its owner has not been told yet; told from now on."""
    with transaction(INSTALLATION):
        untold = Lock.objects.filter(account=account_key(staff.username), scope="account", told_at=None)
        newest = untold.order_by("-at").values_list("at", flat=True).first()
        if newest is not None:
            untold.update(told_at=at or clock.now())
    return newest
