"""Which bookings this browser holds: their codes in a signed cookie, as tickets do it, and for as long as one is made ahead."""

from __future__ import annotations

from servicehall.channels.portal.own_codes import OwnCodes

COOKIE = "servicehall_bookings"
KEPT_SECONDS = 400 * 24 * 3600

_own = OwnCodes(COOKIE, "portal.own-bookings", 12, KEPT_SECONDS, "bookings-cookie")
codes, remember = _own.codes, _own.remember
