"""What can be done with flows: written, published, begun, answered, taken over. The only writers of this room's tables."""

from servicehall.rooms.services.amending import Unamendable
from servicehall.rooms.services.elsewhere import (
    GoneOn,
    MirrorOver,
    MoveOver,
    MoveUsed,
    NoSuchMove,
    NotYetMoved,
)

from .amending import amend_draft
from .asking_person import AskedPerson, ask_person
from .bringing import NoRoomForFiles, add_file
from .deciding import say_done, say_not_done
from .drafting import DraftChanged, SlugTaken, bring_draft_back, create_flow, replace_draft, save_draft
from .helping import end_for, hand_back, new_address, take_over
from .leaving_behind import leave_behind
from .moving import (
    Offered,
    choose_number,
    claim_move,
    claim_pickup,
    give_back,
    new_code,
    offer_move,
    stop_move,
)
from .paying import paid, pay, stop_paying, take_cash, unpaid
from .publishing import AlreadyBegun, NotPublishable, cancel_publication, publish, publish_text, withdraw
from .refusals import (
    AlreadyAsked,
    AlreadyMirrored,
    BeingDone,
    ChannelNotServed,
    FlowClosed,
    FlowNotOffered,
    HeldByColleague,
    NoDesk,
    NothingToDo,
    NothingUnsure,
    NotTaken,
    NotThisStep,
    NoWayToWrite,
    Over,
    PaymentUnderWay,
    Stale,
    UnfitAnswers,
    WithStaff,
    WrongNumber,
)
from .retiring import PastMoment, Retired, retire
from .running import Begun, begin, leave, submit
from .saving_runs import RunHasNoEnd, TooManyRuns, drop_run, save_run
from .tasks import finish_task
from .unmasking import unmask_request
from .unsent import Unsent
from .upgrading import revert, turns, upgrade
from .wishing import wish_to_pay, wish_to_stop_paying
from .working import note_printed, work_due
from .writing import write_to_customer

__all__ = [
    "AlreadyAsked",
    "AlreadyBegun",
    "AlreadyMirrored",
    "AskedPerson",
    "Begun",
    "BeingDone",
    "ChannelNotServed",
    "DraftChanged",
    "FlowClosed",
    "FlowNotOffered",
    "GoneOn",
    "HeldByColleague",
    "MirrorOver",
    "MoveOver",
    "MoveUsed",
    "NoDesk",
    "NoRoomForFiles",
    "NoSuchMove",
    "NoWayToWrite",
    "NotPublishable",
    "NotTaken",
    "NotThisStep",
    "NotYetMoved",
    "NothingToDo",
    "NothingUnsure",
    "Offered",
    "Over",
    "PastMoment",
    "PaymentUnderWay",
    "Retired",
    "RunHasNoEnd",
    "SlugTaken",
    "Stale",
    "TooManyRuns",
    "Unamendable",
    "UnfitAnswers",
    "Unsent",
    "WithStaff",
    "WrongNumber",
    "add_file",
    "amend_draft",
    "ask_person",
    "begin",
    "bring_draft_back",
    "cancel_publication",
    "choose_number",
    "claim_move",
    "claim_pickup",
    "create_flow",
    "drop_run",
    "end_for",
    "finish_task",
    "give_back",
    "hand_back",
    "leave",
    "leave_behind",
    "new_address",
    "new_code",
    "note_printed",
    "offer_move",
    "paid",
    "pay",
    "publish",
    "publish_text",
    "replace_draft",
    "retire",
    "revert",
    "save_draft",
    "save_run",
    "say_done",
    "say_not_done",
    "stop_move",
    "stop_paying",
    "submit",
    "take_cash",
    "take_over",
    "turns",
    "unmask_request",
    "unpaid",
    "upgrade",
    "wish_to_pay",
    "wish_to_stop_paying",
    "withdraw",
    "work_due",
    "write_to_customer",
]
