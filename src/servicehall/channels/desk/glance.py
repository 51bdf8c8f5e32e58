"""What the desk shows, made of the queue's snapshot: who is at the counter, the lists, the stamps.

The stamps let a page ask "anything new?" and be answered with nothing, so that it neither flickers
nor loses what somebody is typing.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from servicehall.channels.look import reasons, times
from servicehall.kernel import clock
from servicehall.kernel.languages import NAMES, tag
from servicehall.rooms.queueing import queries

from . import bookings, phrases
from .access import Ground

TABS = ("next", "services", "mine", "held", "missed")


def stamp(*parts: object) -> str:
    """A short digest of what is shown."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def moment(text: str | None) -> datetime | None:
    """A moment of a snapshot."""
    return datetime.fromisoformat(text) if text else None


def seconds_since(text: str | None, now: datetime) -> int:
    """Whole seconds from a moment of a snapshot until now."""
    at = moment(text)
    return max(0, int((now - at).total_seconds())) if at else 0


def glance(ground: Ground, *, tab: str = "next", whose: str = "mine") -> dict[str, Any]:
    """Everything on a counter's screen."""
    assert ground.counter_id is not None  # noqa: S101 - only counters have a screen
    now = clock.now()
    found = queries.desk(ground.site_id, ground.counter_id, actor=ground.actor, at=now)
    bookings.mark(found["queue"], found["ticket"])
    mode = _mode(found, ground)
    return {
        **found,
        "mode": mode,
        "at_counter": found["ticket"] and _customer(found, now),
        "undo_words": _undo_words(found["undo"]),
        "undo_until": _undo_until(found["undo"], now),
        "stamp": _stamp(found, mode),
        "lists": lists(found["queue"], ground, now=now, tab=tab, whose=whose),
        "next_up": _next_up(found, now),
        "outcomes": [(key, words, icon) for key, (words, icon) in reasons.OUTCOMES.items()],
        "supervises": ground.supervises,
        "pause_words": reasons.reason(found["pause_reason"]),
    }


def _mode(found: dict[str, Any], ground: Ground) -> str:
    """called, serving, free, paused: mine. taken: a colleague's. closed: anybody's."""
    staff = found["staff"]
    if found["state"] == "closed" or staff is None:
        return "closed"
    if staff["id"] != str(ground.actor.id):
        return "taken"
    if found["ticket"]:
        return str(found["ticket"]["state"])
    return "paused" if found["state"] == "paused" else "free"


def _stamp(found: dict[str, Any], mode: str) -> str:
    ticket, undo = found["ticket"], found["undo"]
    return stamp(
        mode,
        found["state"],
        found["since"],
        ticket and (ticket["id"], ticket["version"]),
        undo and (undo["kind"], undo["number"]),
    )


def _customer(found: dict[str, Any], now: datetime) -> dict[str, Any]:
    ticket = found["ticket"]
    begun = ticket["started_at"] if ticket["state"] == "serving" else ticket["called_at"]
    language = tag(ticket["language"]) if ticket["language"] else ""
    return {
        **ticket,
        "begun_at": begun,
        "begun_seconds": seconds_since(begun, now),
        "expected_seconds": found["expected_seconds"],
        "special": ticket["priority"] != found["queue"]["ordinary"],
        "reads": NAMES.get(language, language),
        "reads_code": language,
        "came_by": phrases.CHANNELS.get(ticket["channel"], ticket["channel"]),
        "joined_clock": _clock(ticket["joined_at"], found["queue"]["site"]["timezone"]),
    }


def _undo_words(undo: dict[str, Any] | None) -> str:
    if undo is None:
        return ""
    acts = [(undo["earlier_kind"], undo["earlier_number"]), (undo["kind"], undo["number"])]
    return " · ".join(
        str(phrases.UNDONE[kind]) % {"number": number} for kind, number in acts if kind in phrases.UNDONE
    )


def _undo_until(undo: dict[str, Any] | None, now: datetime) -> str:
    # A little less than there is: an undo that is offered should work.
    return times.iso(now + timedelta(seconds=max(0, undo["seconds_left"] - 0.7))) if undo else ""


def _next_up(found: dict[str, Any], now: datetime) -> dict[str, Any] | None:
    queue = found["queue"]
    if directed := found["next_directed"]:
        row = next((r for r in queue["directed"] if r["id"] == directed), None)
        if row is not None:
            return {**row, "directed": True, "waited_seconds": seconds_since(row["stage_since"], now)}
    if queue["waiting"]:
        row = queue["waiting"][0]
        return {
            **row,
            "special": row["priority"] != queue["ordinary"],
            "waited_seconds": seconds_since(row["stage_since"], now),
        }
    return None


# --- The lists -------------------------------------------------------------------------------------


def lists(
    queue: dict[str, Any], ground: Ground, *, now: datetime, tab: str, whose: str = "mine"
) -> dict[str, Any]:
    """The lists beside the customer: one of them with its rows, of the others how many they hold.

    Where the ground has no counter (the supervisor's page) they hold everybody's.
    """
    tab = tab if tab in TABS else "next"
    everybody = ground.counter_id is None
    mine = [r for r in queue["directed"] if everybody or _sent_to(r, ground)]
    held = queue["held"] if whose == "all" else [r for r in queue["held"] if _kept_by(r, ground)]
    targets = {s["id"]: s["target_seconds"] for s in queue["services"]}
    rows = {"next": queue["waiting"], "mine": mine, "held": held, "missed": queue["missed"]}.get(tab, [])
    longest = max((s["longest_seconds"] for s in queue["services"]), default=0)
    return {
        "tab": tab,
        "whose": whose,
        "seq": queue["seq"],
        "count": queue["waiting_count"],
        "longest_seconds": longest if queue["waiting_count"] else 0,
        "over": sum(
            1 for s in queue["services"] if s["longest_seconds"] > s["target_seconds"] and s["waiting"]
        ),
        "rows": [_row(r, ground, queue, targets, now) for r in rows],
        "more": max(0, queue["waiting_count"] - len(rows)) if tab == "next" else 0,
        "services": [_service(s) for s in queue["services"]] if tab == "services" else [],
        "counts": {
            "next": queue["waiting_count"],
            "mine": len(mine),
            "held": len(held),
            "missed": len(queue["missed"]),
        },
        "held_by_others": len(queue["held"]) - len([r for r in queue["held"] if _kept_by(r, ground)]),
    }


def _sent_to(row: dict[str, Any], ground: Ground) -> bool:
    if row["for_counter"]:
        return bool(row["for_counter"] == str(ground.counter_id))
    return bool(row["for_staff"] == str(ground.actor.id))


def _kept_by(row: dict[str, Any], ground: Ground) -> bool:
    return bool(str(ground.counter_id) == row["counter"] or str(ground.actor.id) == row["staff"])


def _row(
    row: dict[str, Any], ground: Ground, queue: dict[str, Any], targets: dict[str, float], now: datetime
) -> dict[str, Any]:
    own = "staff" in row and (_kept_by(row, ground) or _sent_to(row, ground))
    ended = seconds_since(row.get("ended_at"), now)
    return {
        **row,
        "waited_seconds": seconds_since(row["stage_since"], now),
        "target_seconds": targets.get(row["service"], 0),
        "over": seconds_since(row["stage_since"], now) > targets.get(row["service"], 1e9),
        "special": row["priority"] != queue["ordinary"],
        "own": own,
        "may_call": own or ground.supervises,
        "may_return": bool(row.get("ended_at")) and ended <= queue["return_minutes"] * 60,
        "reason_words": reasons.reason(row.get("reason", "")),
        "ended_seconds": ended,
        "ended_clock": _clock(row.get("ended_at"), queue["site"]["timezone"]),
    }


def _clock(text: str | None, timezone: str) -> str:
    at = moment(text)
    return clock.local(at, timezone).strftime("%H:%M") if at else ""


def _service(service: dict[str, Any]) -> dict[str, Any]:
    low, high = service["wait_minutes"] or (None, None)
    return {
        **service,
        "over": service["waiting"] and service["longest_seconds"] > service["target_seconds"],
        "low": low and low * 60,
        "high": high and high * 60,
    }
