"""What can be done with flows: written, published, begun, answered, taken over. The only writers of this room's tables."""

from servicehall.rooms.services.amending import Unamendable

from .amending import amend_draft
from .deciding import say_done, say_not_done
from .drafting import DraftChanged, SlugTaken, bring_draft_back, create_flow, replace_draft, save_draft
from .helping import end_for, hand_back, new_address, take_over
from .leaving_behind import leave_behind
from .paying import paid, pay, stop_paying, unpaid
from .publishing import (
    AlreadyBegun,
    NotPublishable,
    cancel_publication,
    publish,
    publish_text,
    withdraw,
)
from .refusals import (
    BeingDone,
    ChannelNotServed,
    FlowClosed,
    FlowNotOffered,
    HeldByColleague,
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
)
from .running import Begun, begin, leave, submit
from .saving_runs import RunHasNoEnd, TooManyRuns, drop_run, save_run
from .tasks import finish_task
from .unmasking import unmask_request
from .working import note_printed, work_due
from .writing import write_to_customer

__all__ = [
    "AlreadyBegun",
    "Begun",
    "BeingDone",
    "ChannelNotServed",
    "DraftChanged",
    "FlowClosed",
    "FlowNotOffered",
    "HeldByColleague",
    "NoWayToWrite",
    "NotPublishable",
    "NotTaken",
    "NotThisStep",
    "NothingToDo",
    "NothingUnsure",
    "Over",
    "PaymentUnderWay",
    "RunHasNoEnd",
    "SlugTaken",
    "Stale",
    "TooManyRuns",
    "Unamendable",
    "UnfitAnswers",
    "WithStaff",
    "amend_draft",
    "begin",
    "bring_draft_back",
    "cancel_publication",
    "create_flow",
    "drop_run",
    "end_for",
    "finish_task",
    "hand_back",
    "leave",
    "leave_behind",
    "new_address",
    "note_printed",
    "paid",
    "pay",
    "publish",
    "publish_text",
    "replace_draft",
    "save_draft",
    "save_run",
    "say_done",
    "say_not_done",
    "stop_paying",
    "submit",
    "take_over",
    "unmask_request",
    "unpaid",
    "withdraw",
    "work_due",
    "write_to_customer",
]
