"""What can be done with appointments. The only writers of this room's tables."""

from servicehall.rooms.booking.limits import MOST_WEEKS

from .arriving import check_in, finish, lose, take_back
from .at_the_door import check_in_at_door, check_in_today
from .changing import cancel, confirm, reschedule, say_late
from .holding import Details, book, hold_time, release
from .refusals import (
    AnotherDay,
    HoldOver,
    NoLonger,
    NoSuchBooking,
    NotBookable,
    TimeTaken,
    TooEarly,
    TooLateToChange,
    TooManyBookings,
    TooManyPeople,
    Unclear,
    WeeksNotFree,
    WrongDoorCode,
)
from .repeating import book_weekly
from .setting_up import add_day, add_offer, add_resource
from .wall_clock import moment_said

__all__ = [
    "MOST_WEEKS",
    "AnotherDay",
    "Details",
    "HoldOver",
    "NoLonger",
    "NoSuchBooking",
    "NotBookable",
    "TimeTaken",
    "TooEarly",
    "TooLateToChange",
    "TooManyBookings",
    "TooManyPeople",
    "Unclear",
    "WeeksNotFree",
    "WrongDoorCode",
    "add_day",
    "add_offer",
    "add_resource",
    "book",
    "book_weekly",
    "cancel",
    "check_in",
    "check_in_at_door",
    "check_in_today",
    "confirm",
    "finish",
    "hold_time",
    "lose",
    "moment_said",
    "release",
    "reschedule",
    "say_late",
    "take_back",
]
