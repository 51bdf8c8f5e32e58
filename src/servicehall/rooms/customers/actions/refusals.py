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


class FormNotNeeded(Refused):
    """The form asks what none of its purposes needs; ``errors`` says of each question what to do."""

    kind = "form-not-needed"
    status = 422
    title = _("The form asks more than its purposes need")
    advice = _("Take these questions out, or choose purposes that need them.")


class FormChanged(Refused):
    """Another version of the form was published since it was shown."""

    kind = "form-changed"
    title = _("This form has changed meanwhile")
    advice = _("Look at what is asked now, then send it again.")


class CardExpired(Refused):
    """The card's last day is over."""

    kind = "card-expired"
    status = 422
    title = _("This card is no longer valid")
    advice = _("Ask for a valid document.")


class NameDiffers(Refused):
    """The record has another name than the card."""

    kind = "name-differs"
    status = 422
    title = _("The card has another name than this record")
    advice = _(
        "Make sure that it is this customer's record. If it is, correct the name, then read the card again."
    )


class FaceNotAgreed(Refused):
    """The customer has not agreed that faces are compared, or took it back."""

    kind = "face-not-agreed"
    status = 403
    title = _("The customer has not agreed to a comparison of faces")
    advice = _("Compare a document instead. Nobody has to agree, and nobody waits longer who does not.")


class FaceNotKept(Refused):
    """There is no template to compare with."""

    kind = "face-not-kept"
    title = _("There is nothing to compare this face with")
    advice = _("Compare a document. With the customer's consent a template can be taken then.")


class FaceUnusable(Refused):
    """No template can be made of the image."""

    kind = "face-unusable"
    status = 422
    title = _("This picture cannot be used")
    advice = _("Take another one with one face, from the front and in good light; or compare a document.")


class NotIdentified(Refused):
    """The customer's identity is not verified."""

    kind = "not-identified"
    title = _("This customer's identity is not verified yet")
    advice = _("Compare a document first.")
