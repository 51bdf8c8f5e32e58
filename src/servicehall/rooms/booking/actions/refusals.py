"""Why something cannot be booked, changed or checked in, with what can be done instead."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from servicehall.kernel.errors import Refused


class TimeTaken(Refused):
    """Somebody else has it, or it never could be booked; ``nearest`` are times that can."""

    kind = "time-taken"
    title = _("This time is not free any more")
    advice = _("Please choose one of the times that are offered.")


class NotBookable(Refused):
    """The offer cannot be booked then: too soon, too far ahead, or not by customers."""

    kind = "not-bookable"
    title = _("This cannot be booked for that time")
    advice = _("Please choose one of the times that are offered.")


class TooManyPeople(Refused):
    """More people than the offer takes."""

    kind = "too-many-people"
    title = _("This is more people than can come together")
    advice = _("Book for fewer people, or ask the staff.")


class TooManyBookings(Refused):
    """The customer has as many open bookings of this offer as they may."""

    kind = "too-many-bookings"
    title = _("You have enough open bookings")
    advice = _("Change or cancel one of them first.")


class HoldOver(Refused):
    """The time to fill in the form is over."""

    kind = "hold-over"
    title = _("The time to fill in the form is over")
    advice = _("Choose a time again; nothing was booked.")


class NoLonger(Refused):
    """It was cancelled, is over, or is not booked yet: this cannot be done with it any more."""

    kind = "booking-state"
    title = _("This cannot be done with the booking any more")
    advice = _("Look at how it stands now.")


class TooLateToChange(Refused):
    """Closer to the time than customers may change it themselves."""

    kind = "too-late-to-change"
    title = _("It is too late to change this booking here")
    advice = _("Please call or tell the staff, so that somebody else can have the time.")


class TooEarly(Refused):
    """Check-in opens later."""

    kind = "too-early"
    title = _("It is too early to check in")
    advice = _("Please come back shortly before your time, or take a ticket without a booking.")


class NotBegun(Refused):
    """Nobody has stayed away from an appointment that is still to come; ``starts_at`` says when it is."""

    kind = "not-begun"
    title = _("This appointment has not begun yet")
    advice = _("Wait for its time, or cancel it when the customer is not going to come.")


class Unclear(Refused):
    """An hour that does not exist on that day, or exists twice."""

    kind = "unclear-time"
    status = 422
    title = _("On that day the clock is changed, and this hour does not exist or exists twice")
    advice = _("Please choose one of the times that are offered.")


class HoursMoved(Refused):
    """Since the list of bookings was looked at, hours or bookings have changed; nothing was done."""

    kind = "hours-moved"
    title = _("Something has changed since you looked, and nothing was done")
    advice = _("Look at the bookings concerned once more, then decide again.")


class NowhereToMove(Refused):
    """A booking should be moved, and there is no free time to move it to; nothing was done."""

    kind = "nowhere-to-move"
    title = _("There is no free time for one of these bookings, and nothing was done")
    advice = _("Cancel it or leave it, or give other resources longer hours first.")


class AlreadyWaiting(Refused):
    """Under this number or address somebody waits for the same offer."""

    kind = "already-waiting"
    title = _("You are on the waiting list already")
    advice = _("You will get a message when a time is free. The link in it shows how it stands.")


class UnfitCalendarAddress(Refused):
    """Nothing is read there: no web address, without TLS, or inside of the hall's own network."""

    kind = "unfit-calendar-address"
    status = 422
    title = _("This address cannot be read")
    advice = _(
        "Give an https:// address that everybody can reach; who runs the hall's computers can allow others."
    )


class AnotherDay(Refused):
    """Check-in, on another date than the appointment's; ``day`` is its own."""

    kind = "another-day"
    title = _("Your appointment is not today")
    advice = _("Please come back on its day, move it to another time, or take a ticket without a booking.")


class WrongDoorCode(Refused):
    """Not the code that the door shows today."""

    kind = "door-code-wrong"
    status = 422
    title = _("This is not today’s code")
    advice = _("Type the code that is shown at the door, or scan the sign there again.")


class WeeksNotFree(Refused):
    """Some of the weeks of a series cannot be had; ``conflicts`` says which, with the nearest free times."""

    kind = "weeks-not-free"
    title = _("Not all of these weeks are free")
    advice = _("Nothing was booked. Book fewer weeks, or choose another time.")


class NoSuchBooking(Refused):
    """No booking of the hall has that number, or not with those digits: which of the two is not told."""

    kind = "no-such-booking"
    status = 404
    title = _("We cannot find this booking here")
    advice = _("Check what you typed. Or take a ticket without a booking, or ask our staff.")
