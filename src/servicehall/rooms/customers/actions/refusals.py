"""Why an act on a customer's record is refused, and what to do then."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Refused


class RecordRestricted(Refused):
    """The customer restricted the use of their data: it is kept and nothing else."""

    kind = "record-restricted"
    status = 409
    title = _("This customer restricted the use of their data")
    advice = _("It may be kept, not changed. The customer can lift this on their own page.")


class NotAnAddress(Refused):
    """Neither a phone number nor an e-mail address."""

    kind = "not-an-address"
    status = 422
    title = _("This is neither a phone number nor an e-mail address")
    advice = _("Write it like 138 1234 5678 or name@example.com.")


class CodeTooSoon(Refused):
    """Codes were sent to this address, or asked for from this device, too often just before."""

    kind = "code-too-soon"
    status = 429
    title = _("Please wait before you ask for another code")
    advice = _("The last code may still arrive. Look also in the folder for unwanted mail.")


class CodeWrong(Refused):
    """The code differs from the one that was sent."""

    kind = "code-wrong"
    status = 422
    title = _("This code is not right")
    advice = _("Compare it with the newest message.")


class CodeOver(Refused):
    """The code was used, is too old, or was guessed at too often."""

    kind = "code-over"
    status = 422
    title = _("This code is no longer valid")
    advice = _("Ask for a new one.")


class PasskeyNotAdded(Refused):
    """What the browser made is not what was asked for, or was asked for too long ago."""

    kind = "passkey-not-added"
    status = 422
    title = _("The passkey was not added")
    advice = _("Try again, or choose another device.")


class TooManyPasskeys(Refused):
    """A customer has as many as one may have."""

    kind = "too-many-passkeys"
    title = _("You have ten passkeys already")
    advice = _("Remove one that you no longer use.")


class PasskeyWrong(Refused):
    """The passkey does not prove who it is; why is said in the log only."""

    kind = "passkey-wrong"
    status = 422
    title = _("This passkey was not accepted")
    advice = _("Try again, or let us send you a code.")


class NotOnePerson(Refused):
    """These cannot be one person's records."""

    kind = "not-one-person"
    status = 422
    title = _("These two records cannot be joined")
    advice = _("Choose two different records of the same organisation.")


class TooLateToPart(Refused):
    """The joining cannot be undone any more."""

    kind = "too-late-to-part"
    title = _("This can no longer be undone")
    advice = _("Joined records can be parted for 30 days, while neither was erased or joined again.")


class AlreadyDecided(Refused):
    """The request was decided before."""

    kind = "already-decided"
    title = _("This request was decided already")
    advice = _("Load the page again.")
