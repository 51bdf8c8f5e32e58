"""Why a code that somebody holds leads to no request here: it is on another device, or not yet on this one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Refused


class MoveOver(Refused):
    """The code is too old, or was taken back, or a newer one is shown."""

    kind = "move-over"
    status = 410
    title = _("This code cannot be used any more")
    advice = _("Have a new one shown on the first screen. Nothing was lost.")


class NotYetMoved(Refused):
    """The device has claimed the request, and the number is still to be compared."""

    kind = "move-not-yet"
    title = _("Not confirmed yet")
    advice = _("Choose the number that the other screen shows.")


class GoneOn(Refused):
    """The request is on another device now."""

    kind = "request-gone-on"
    status = 410
    title = _("This continues on another screen now")
    advice = _("Everything you entered is there.")


class MirrorOver(Refused):
    """The phone is no longer the kiosk's remote control."""

    kind = "mirror-over"
    status = 410
    title = _("The connection with the kiosk has ended")
    advice = _("What you entered is at the kiosk. Scan the code there to connect again.")


class NoSuchMove(Refused):
    """Nobody offers a request with that code: it was never made here, or was typed wrong."""

    kind = "move-unknown"
    status = 404
    title = _("This code is not known here")
    advice = _("Compare it with the other screen, or have a new one shown there. Nothing was lost.")


class MoveUsed(Refused):
    """Another device was first with the code."""

    kind = "move-used"
    status = 410
    title = _("This code was already used")
    advice = _("If that was not you, stop it on the first screen and have a new code shown there.")
