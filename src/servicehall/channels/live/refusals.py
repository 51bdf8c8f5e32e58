"""The refusals that only live push has; the others are the kernel's."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Busy, Refused


class TooManyStreams(Busy):
    """As many streams are open as this installation allows."""

    kind = "too-many-streams"
    title = _("Too many live connections are open")
    advice = _("Wait a few seconds and connect again. Until then, load the page again to see what is new.")


class LogOutOfReach(Busy):
    """The database does not answer."""

    kind = "log-out-of-reach"
    title = _("Live updates are interrupted")
    advice = _("They come back by themselves. Until then, load the page again to see what is new.")


class OnlyReading(Refused):
    """A method that changes something was used on a stream."""

    kind = "only-reading"
    status = 405
    title = _("A live connection can only be read")
    advice = _("Use GET. To change something, call the API under /api/v1.")


class OnlyEventStreams(Refused):
    """The request does not accept an event stream."""

    kind = "only-event-streams"
    status = 406
    title = _("This address sends an event stream only")
    advice = _("Accept text/event-stream, as a browser's EventSource does.")


class UnknownHost(Refused):
    """The request names a host that is not ours."""

    kind = "unknown-host"
    status = 400
    title = _("This installation does not answer for that host name")
    advice = _("Check the address. The administrator can add the name to SERVICEHALL_HOSTS.")


class LiveProgramAway(Busy):
    """The live program is being restarted."""

    kind = "live-away"
    title = _("Live updates are interrupted")
    advice = _("They come back by themselves. Until then, load the page again to see what is new.")
