"""What can stand in the way of an act of the queue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Refused


class HallClosed(Refused):
    """Outside the opening hours."""

    kind = "hall-closed"
    title = _("The hall is closed")
    advice = _("Come back in the opening hours.")


class ServiceNotOffered(Refused):
    """The service is out of use, or closed for today."""

    kind = "service-closed"
    title = _("This service is closed for today")
    advice = _("Choose another service, come another day, or ask the staff.")


class ServiceFull(Refused):
    """The limit of waiting or daily tickets is reached."""

    kind = "service-full"
    title = _("This service is full")
    advice = _("Try again later, or choose another service.")


class UnknownService(Refused):
    """The site has no such service."""

    kind = "unknown-service"
    status = 404
    title = _("There is no such service here")
    advice = _("Choose one of the services of this hall.")


class PriorityNotOffered(Refused):
    """The service has no such priority class for this customer."""

    kind = "priority-not-offered"
    status = 422
    title = _("This service does not offer that priority")
    advice = _("Choose one of the offered priorities, or ask the staff.")


class TooManyTickets(Refused):
    """The customer holds as many active tickets here as one may."""

    kind = "too-many-tickets"
    title = _("You already hold several tickets here")
    advice = _("Use one of them, or leave its queue, before you take another.")


class WrongState(Refused):
    """The ticket is not in a state in which this can be done."""

    kind = "wrong-state"
    title = _("The ticket is not in the right state for this")
    advice = _("Look at the ticket again: somebody may have acted on it meanwhile.")


class NotYours(Refused):
    """Another counter serves this ticket."""

    kind = "not-yours"
    status = 403
    title = _("Another counter serves this customer")
    advice = _("Ask that counter, or a supervisor.")


class CounterNotOpen(Refused):
    """Nobody is signed in at the counter, or it is paused."""

    kind = "counter-not-open"
    title = _("This counter is not open")
    advice = _("Sign in to the counter, or end the pause.")


class CounterTaken(Refused):
    """Somebody else is signed in there."""

    kind = "counter-taken"
    title = _("Somebody else is signed in to this counter")
    advice = _("Choose a free counter, or ask them to sign out.")


class CounterBusy(Refused):
    """The counter still has a customer."""

    kind = "counter-busy"
    title = _("This counter still has a customer")
    advice = _("Finish, transfer or put the customer on hold first.")


class NoFurtherStage(Refused):
    """The service ends with this stage."""

    kind = "no-further-stage"
    title = _("This was the last stage")
    advice = _("Finish the visit, or transfer it to another service.")


class CannotServe(Refused):
    """The counter or person lacks what the stage needs."""

    kind = "cannot-serve"
    title = _("Nobody there can serve this")
    advice = _("Choose a counter that serves it, or a person with the skill.")


class TooLateToReturn(Refused):
    """The time in which a missed call may be made good is over."""

    kind = "too-late-to-return"
    title = _("It is too late to return to this place in the queue")
    advice = _("Take a new ticket.")


class TooOften(Refused):
    """The customer has postponed as often as the hall allows."""

    kind = "too-often"
    title = _("You cannot postpone again")
    advice = _("Stay near, or leave the queue and take a new ticket later.")


class NothingToUndo(Refused):
    """The time for it is over, or something else happened since."""

    kind = "nothing-to-undo"
    title = _("There is nothing to undo")
    advice = _("An act can be undone for a few seconds, until the next one.")


class ModelGone(Refused):
    """A model of waits that is in use already, was never used or can no longer be read; or another one came first."""

    kind = "model-gone"
    title = _("This model cannot be chosen")
    advice = _("Look at the list again: it is in use already, or it was never good enough to be used.")
