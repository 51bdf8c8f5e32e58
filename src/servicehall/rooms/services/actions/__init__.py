"""What can be done with flows: written, published, begun, answered, taken over. The only writers of this room's tables."""

from .drafting import DraftChanged, create_flow, save_draft
from .handing_over import HandedOver, hand_over
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
from .wishing import wish_to_pay, wish_to_stop_paying
from .working import note_printed, work_due

__all__ = [
    "Begun",
    "BeingDone",
    "ChannelNotServed",
    "DraftChanged",
    "FlowClosed",
    "FlowNotOffered",
    "HandedOver",
    "NotPublishable",
    "NotThisStep",
    "NothingToDo",
    "Over",
    "PaymentUnderWay",
    "Stale",
    "UnfitAnswers",
    "begin",
    "create_flow",
    "finish_task",
    "hand_over",
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
    "wish_to_pay",
    "wish_to_stop_paying",
    "withdraw",
    "work_due",
]
