"""Which addresses events may be sent to: public ones, and the networks of the setting (kernel/outside_addresses.py)."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import outside_addresses
from servicehall.kernel.errors import Refused
from servicehall.kernel.outside_addresses import Target


class UnfitAddress(Refused):
    """Events are not sent to such an address; ``reason`` is one of malformed, no-tls, forbidden."""

    kind = "unfit-webhook-address"
    status = 422
    title = _("Events cannot be sent to this address")
    advice = _(
        "It has to begin with https:// and to be reachable from the internet, without a name or password in it."
    )

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


def target_of(url: str) -> Target:
    """The parts of an address, when its form is one that events may go to.

    Raises:
        UnfitAddress: it is not.
    """
    try:
        return outside_addresses.target_of(url, settings.WEBHOOK_NETWORKS)
    except outside_addresses.Forbidden as problem:
        raise UnfitAddress(problem.reason) from None
