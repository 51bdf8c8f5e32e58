"""Why an act about money is refused, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Refused


class NoSuchWay(Refused):
    """The site's organisation does not take money by this way."""

    kind = "payment-no-such-way"
    title = _("This way of paying is not offered here")
    advice = _("Choose another way of paying.")


class OtherIntent(Refused):
    """The reference and revision were used for another amount, currency, way or site."""

    kind = "payment-other-intent"
    title = _("This was to be paid with other contents before")
    advice = _("Give the changed payment a higher revision.")


class OutdatedRevision(Refused):
    """There is a newer revision of what is to be paid."""

    kind = "payment-outdated-revision"
    title = _("The amount was changed meanwhile")
    advice = _("Load the page again and look at the new amount.")


class AlreadyPaid(Refused):
    """What is to be paid was paid."""

    kind = "payment-already-paid"
    title = _("This has been paid")
    advice = _("Nothing more is to be paid. The receipt shows it.")


class NotOpen(Refused):
    """It was closed, or the provider did not take the order."""

    kind = "payment-not-open"
    title = _("This payment is closed")
    advice = _("Open it anew. If you paid a moment ago, your money is given back.")


class StillOpen(Refused):
    """Nobody knows yet whether the earlier payment can still be paid."""

    kind = "payment-still-open"
    title = _("It is not certain yet how this payment stands")
    advice = _("We are asking the provider. Do not pay a second time; look again in a minute.")


class Unreachable(Refused):
    """The provider cannot be reached; nothing was done."""

    kind = "payment-unreachable"
    status = 503
    title = _("The payment provider cannot be reached")
    advice = _("Nothing was charged. Try again in a minute, or choose another way of paying.")


class TooMuch(Refused):
    """More is to be given back than came in and is still there."""

    kind = "refund-too-much"
    title = _("More than what is left of this payment")
    advice = _("Refunds that are under way count. Enter at most what is left.")


class RefundOtherwise(Refused):
    """The key of a refund was used for another amount or payment."""

    kind = "refund-other"
    title = _("This refund was begun with another amount")
    advice = _("Load the page again and look at what was begun.")


class NotificationNotBelieved(Refused):
    """A notification is not the provider's, not new, or does not fit what we asked to be paid."""

    kind = "payment-notification-refused"
    status = 403
    title = _("This notification is not accepted")
    advice = _("It was recorded. Nothing was changed.")

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class NoStatement(Refused):
    """The provider gave no statement."""

    kind = "payment-no-statement"
    status = 503
    title = _("There is no statement of this day yet")
    advice = _("Providers make it in the morning of the next day. Try again later.")
