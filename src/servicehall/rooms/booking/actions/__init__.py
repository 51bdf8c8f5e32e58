"""What can be done with appointments. The only writers of this room's tables."""

from servicehall.rooms.booking.limits import MOST_WEEKS
from servicehall.rooms.booking.setup_forms import OfferForm, ResourceForm

from .arriving import check_in, finish, lose, take_back
from .at_the_door import check_in_at_door, check_in_today
from .changing import cancel, confirm, reschedule, say_late
from .feeding import make_feed, revoke_feed
from .for_customers import book_for
from .holding import Details, book, hold_time, release
from .importing import read_calendar, read_now
from .notifying import invitation_of
from .refusals import (
    AlreadyWaiting,
    AnotherDay,
    HoldOver,
    HoursMoved,
    NoLonger,
    NoSuchBooking,
    NotBegun,
    NotBookable,
    NowhereToMove,
    TimeTaken,
    TooEarly,
    TooLateToChange,
    TooManyBookings,
    TooManyPeople,
    Unclear,
    UnfitCalendarAddress,
    WeeksNotFree,
    WrongDoorCode,
)
from .rehousing import CANCEL, KEEP, MOVE, change_hours
from .repeating import book_weekly
from .setting_up import (
    add_day,
    add_offer,
    add_outside,
    add_resource,
    add_resources_of,
    remove_outside,
    save_offer,
    save_resource,
    set_rules,
)
from .waiting import Wish, join_waiting, leave_waiting, take_offer, wait_again
from .wall_clock import moment_said

__all__ = [
    "CANCEL",
    "KEEP",
    "MOST_WEEKS",
    "MOVE",
    "AlreadyWaiting",
    "AnotherDay",
    "Details",
    "HoldOver",
    "HoursMoved",
    "NoLonger",
    "NoSuchBooking",
    "NotBegun",
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
    "UnfitCalendarAddress",
    "WeeksNotFree",
    "Wish",
    "WrongDoorCode",
    "add_day",
    "add_offer",
    "add_outside",
    "add_resource",
    "add_resources_of",
    "book",
    "book_for",
    "book_weekly",
    "cancel",
    "change_hours",
    "check_in",
    "check_in_at_door",
    "check_in_today",
    "confirm",
    "finish",
    "hold_time",
    "invitation_of",
    "join_waiting",
    "leave_waiting",
    "lose",
    "make_feed",
    "moment_said",
    "read_calendar",
    "read_now",
    "release",
    "remove_outside",
    "reschedule",
    "revoke_feed",
    "save_offer",
    "save_resource",
    "say_late",
    "set_rules",
    "take_back",
    "take_offer",
    "wait_again",
]
