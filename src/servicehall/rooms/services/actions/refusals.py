"""Why something about a flow cannot be done."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import BadInput, Refused
from servicehall.rooms.services.language.findings import filled


class FlowNotOffered(Refused):
    """There is no such service, or nobody can begin it now."""

    kind = "flow-not-offered"
    status = 404
    title = _("This service is not offered")
    advice = _("Choose another one, or ask at a counter.")


class ChannelNotServed(Refused):
    """The service is not for this channel."""

    kind = "flow-not-on-channel"
    title = _("This service is not offered here")
    advice = _("Use your phone or a kiosk, or ask at a counter.")


class FlowClosed(Refused):
    """The service has opening times, and it is closed now."""

    kind = "flow-closed"
    title = _("This service is closed now")
    advice = _("Come back during its opening times.")


class Stale(Refused):
    """Somebody, perhaps the same customer on another screen, went on meanwhile."""

    kind = "flow-stale"
    title = _("This has gone on meanwhile, on another screen")
    advice = _("Look at where it is now, and go on from there.")


class NotThisStep(Refused):
    """The step is not on the path, or cannot be changed any more."""

    kind = "flow-not-this-step"
    title = _("This step cannot be answered now")
    advice = _("Go on with the step that is shown.")


class UnfitAnswers(BadInput):
    """Answers that do not fit; ``errors`` says why, by question."""

    kind = "flow-unfit-answers"


class NothingToDo(Refused):
    """Nothing is to be done by the hall now."""

    kind = "flow-nothing-to-do"
    title = _("The next step is the customer's")
    advice = _("Answer the step that is shown.")


class Over(Refused):
    """It has ended, or was left."""

    kind = "flow-over"
    status = 410
    title = _("This request has ended")
    advice = _("Begin again if you need it once more.")


class PaymentUnderWay(Refused):
    """A payment may still come in, so what leads to it stays as it is."""

    kind = "flow-payment-under-way"
    title = _("A payment is under way")
    advice = _("Pay, or stop the payment first.")


class BeingDone(Refused):
    """Another system may be doing it right now; it cannot be left before its outcome is known."""

    kind = "flow-being-done"
    title = _("This is being done right now")
    advice = _("Wait a moment for the outcome.")


class WithStaff(Refused):
    """A member of staff goes on with it, or has to look first."""

    kind = "flow-with-staff"
    title = _("Our staff go on with this now")
    advice = _("Ask at the counter. You can go on here as soon as it is handed back.")


class HeldByColleague(Refused):
    """Another member of staff goes on with it; ``who`` is their name."""

    kind = "flow-held"
    title = _("A colleague goes on with this request")
    advice = _("Talk to them, or take it over from them.")

    def __init__(self, who: str) -> None:
        super().__init__(filled(_("%(who)s goes on with this request"), who=who) if who else "", who=who)


class NotTaken(Refused):
    """Staff act in the customer's place only after they have taken it over."""

    kind = "flow-not-taken"
    title = _("The customer goes on with this request")
    advice = _("Take it over first.")


class NothingUnsure(Refused):
    """It does not wait for somebody to say whether it was done."""

    kind = "flow-nothing-unsure"
    title = _("This is settled already")
    advice = _("Look at where the request is now.")


class NoWayToWrite(Refused):
    """The customer left neither a phone number nor an e-mail address."""

    kind = "flow-no-way-to-write"
    title = _("There is no phone number or e-mail address of this customer")
    advice = _("Talk to them when they come.")


class WrongNumber(Refused):
    """Another number was chosen than the other screen shows: the code is spent."""

    kind = "move-wrong-number"
    title = _("That is another number")
    advice = _("To be safe, nothing was moved. Have a new code shown on the first screen.")


class AlreadyMirrored(Refused):
    """A phone is the kiosk's remote control already."""

    kind = "already-mirrored"
    title = _("A phone is already connected")
    advice = _("End that connection first.")


class NoDesk(Refused):
    """No queue takes tickets for this at the moment."""

    kind = "no-desk"
    title = _("Nobody takes tickets for this at the moment")
    advice = _("Please ask our staff in the hall.")


class AlreadyAsked(Refused):
    """A person is asked for already, and a ticket was given for it."""

    kind = "person-already-asked"
    title = _("You have a ticket for this already")
    advice = _("Please wait until its number is called.")
