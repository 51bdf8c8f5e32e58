"""What can be done with appointments. The only writers of this room's tables."""

from .arriving import check_in, finish, lose, take_back
from .changing import cancel, confirm, reschedule, say_late
from .holding import Details, book, hold_time, release
from .refusals import (
    HoldOver,
    HoursMoved,
    NoLonger,
    NotBookable,
    NowhereToMove,
    TimeTaken,
    TooEarly,
    TooLateToChange,
    TooManyBookings,
    TooManyPeople,
    Unclear,
)
from .rehousing import CANCEL, KEEP, MOVE, change_hours
from .setting_up import add_day, add_offer, add_resource

__all__ = [
    "CANCEL",
    "KEEP",
    "MOVE",
    "Details",
    "HoldOver",
    "HoursMoved",
    "NoLonger",
    "NotBookable",
    "NowhereToMove",
    "TimeTaken",
    "TooEarly",
    "TooLateToChange",
    "TooManyBookings",
    "TooManyPeople",
    "Unclear",
    "add_day",
    "add_offer",
    "add_resource",
    "book",
    "cancel",
    "change_hours",
    "check_in",
    "confirm",
    "finish",
    "hold_time",
    "lose",
    "release",
    "reschedule",
    "say_late",
    "take_back",
]
