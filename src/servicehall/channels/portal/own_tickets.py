"""Which tickets this browser holds: their codes in a signed cookie, newest first, and nothing else."""

from __future__ import annotations

from servicehall.channels.portal.own_codes import OwnCodes

COOKIE = "servicehall_tickets"
SALT = "portal.own-tickets"
MOST = 8
KEPT_SECONDS = 2 * 24 * 3600

_own = OwnCodes(COOKIE, SALT, MOST, KEPT_SECONDS, "tickets-cookie")
codes, remember = _own.codes, _own.remember
