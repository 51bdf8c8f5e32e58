"""What can be done with flows: written, published, begun, answered, taken over. The only writers of this room's tables."""

from .deciding import say_done, say_not_done
from .drafting import DraftChanged, create_flow, save_draft
from .helping import end_for, hand_back, new_address, take_over
from .paying import paid, pay, stop_paying, unpaid
from .publishing import NotPublishable, publish, publish_text, withdraw
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
from .tasks import finish_task
from .unmasking import unmask_request
from .working import note_printed, work_due
from .writing import write_to_customer

__all__ = [
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
    "Stale",
    "UnfitAnswers",
    "WithStaff",
    "begin",
    "create_flow",
    "end_for",
    "finish_task",
    "hand_back",
    "leave",
    "new_address",
    "note_printed",
    "paid",
    "pay",
    "publish",
    "publish_text",
    "save_draft",
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
