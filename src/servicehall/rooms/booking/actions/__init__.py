"""What can be done with appointments. The only writers of this room's tables."""

from servicehall.rooms.booking.setup_forms import OfferForm, ResourceForm

from .arriving import check_in, finish, lose, take_back
from .changing import cancel, confirm, reschedule, say_late
from .for_customers import book_for
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
from .setting_up import add_day, add_offer, add_resource, add_resources_of, save_offer, save_resource

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
    "OfferForm",
    "ResourceForm",
    "TimeTaken",
    "TooEarly",
    "TooLateToChange",
    "TooManyBookings",
    "TooManyPeople",
    "Unclear",
    "add_day",
    "add_offer",
    "add_resource",
    "add_resources_of",
    "book",
    "book_for",
    "cancel",
    "change_hours",
    "check_in",
    "confirm",
    "finish",
    "hold_time",
    "lose",
    "release",
    "reschedule",
    "save_offer",
    "save_resource",
    "say_late",
    "take_back",
]
