"""What can be done with flows: written, published, begun, answered, taken over. The only writers of this room's tables."""

from .bringing import NoRoomForFiles, add_file
from .drafting import DraftChanged, create_flow, save_draft
from .paying import paid, pay, stop_paying, unpaid
from .publishing import NotPublishable, publish, publish_text, withdraw
from .refusals import (
    BeingDone,
    ChannelNotServed,
    FlowClosed,
    FlowNotOffered,
    NothingToDo,
    NotThisStep,
    Over,
    PaymentUnderWay,
    Stale,
    UnfitAnswers,
)
from .running import Begun, begin, leave, submit
from .tasks import finish_task
from .working import note_printed, work_due

__all__ = [
    "Begun",
    "BeingDone",
    "ChannelNotServed",
    "DraftChanged",
    "FlowClosed",
    "FlowNotOffered",
    "NoRoomForFiles",
    "NotPublishable",
    "NotThisStep",
    "NothingToDo",
    "Over",
    "PaymentUnderWay",
    "Stale",
    "UnfitAnswers",
    "add_file",
    "begin",
    "create_flow",
    "finish_task",
    "leave",
    "note_printed",
    "paid",
    "pay",
    "publish",
    "publish_text",
    "save_draft",
    "stop_paying",
    "submit",
    "unpaid",
    "withdraw",
    "work_due",
]
