"""What can stand in the way of an act of the load watch."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Refused


class AlreadyDecided(Refused):
    """Somebody else decided just before, or the load is over."""

    kind = "load-already-decided"
    title = _("Somebody has decided already, or the load is over")
    advice = _("Look at the list again: it shows how things stand.")


class NotOffered(Refused):
    """The offer was withdrawn meanwhile."""

    kind = "offer-withdrawn"
    title = _("This offer has ended")
    advice = _("Please go on with your ticket here.")


class DaysTaken(Refused):
    """Some of the plan's days have hours of their own already; ``days`` names them."""

    kind = "plan-days-taken"
    title = _("Some of these days have special hours already")
    advice = _(
        "Remove those special days in the setup, choose other days, or leave the hours of the plan empty."
    )


class PointsTaken(Refused):
    """There are counters already with the labels of the plan's temporary ones; ``labels`` names them."""

    kind = "plan-points-taken"
    title = _("There are counters with these labels already")
    advice = _("Give the temporary counters of the plan other labels.")


class BookingsOutside(Refused):
    """Customers are booked for hours at which the plan would close; ``bookings`` says how many, ``first`` when."""

    kind = "plan-bookings-outside"
    title = _("Customers are booked outside of the plan's hours")
    advice = _("Move them in the calendar of appointments, or choose other hours.")


class PlanGone(Refused):
    """The plan is not in a state in which this can be done, or its days are over."""

    kind = "plan-not-possible"
    title = _("This cannot be done with the plan any more")
    advice = _(
        "Look at the plan again: it may have been scheduled or cancelled, or its last day may be over."
    )
