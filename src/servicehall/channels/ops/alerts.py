"""What the manager should look at now, in words. No database here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicehall.channels.look import times
from servicehall.kernel.languages import say
from servicehall.rooms.people.queries import LockedPerson

LATE_AFTER = 5.0
"""Seconds that counts may be behind before it is worth a word: the worker takes about one."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing, how bad it is, and (for waits) since when and whom it is about."""

    tone: str
    text: str
    service: str = ""
    since: str | None = None
    target: str = ""
    locked: bool = False


def late_counts(seconds: float | None) -> list[Alert]:
    """Whether the counts of the day are behind what happened."""
    if seconds is None or seconds < LATE_AFTER:
        return []
    return [
        Alert(
            "warn",
            _(
                "The day's counts are %(duration)s late: what waits is current, sums are not. Is the worker running?"
            )
            % {"duration": times.duration(seconds)},
        )
    ]


def of_site(figures: Mapping[str, Any]) -> list[Alert]:
    """Late counts, waits over target and customers for whom nobody is there, the worst first."""
    found = late_counts(figures["late_seconds"])
    if not figures["is_today"]:
        return found
    services = sorted(
        figures["services"], key=lambda s: s["longest_seconds"] - s["target_seconds"], reverse=True
    )
    return found + [alert for service in services if (alert := _of_service(service))]


def of_locks(locked: Sequence[LockedPerson]) -> list[Alert]:
    """Whose account is locked after failed sign-ins: forgotten passwords, or somebody who guesses."""
    if not locked:
        return []
    text = ngettext(
        "%(count)d account is locked after too many failed sign-ins: %(names)s",
        "%(count)d accounts are locked after too many failed sign-ins: %(names)s",
        len(locked),
    )
    names = ", ".join(say(one.names) for one in locked[:3])
    return [Alert("bad", text % {"count": len(locked), "names": names}, locked=True)]


def _of_service(service: Mapping[str, Any]) -> Alert | None:
    name, unserved = say(service["names"]), service["unserved"]
    over = service["longest_seconds"] > service["target_seconds"]
    since = service["longest_since"] if over else None
    target = times.minutes(service["target_seconds"])
    if unserved:
        text = ngettext(
            "%(service)s: %(count)d customer waits and no open counter serves it",
            "%(service)s: %(count)d customers wait and no open counter serves it",
            unserved,
        ) % {"service": name, "count": unserved}
        return Alert(
            "bad", text, service["slug"], since, _("target %(target)s") % {"target": target} if over else ""
        )
    if over:
        text = _("%(service)s: longest wait over target") % {"service": name}
        return Alert("bad", text, service["slug"], since, _("target %(target)s") % {"target": target})
    return None
