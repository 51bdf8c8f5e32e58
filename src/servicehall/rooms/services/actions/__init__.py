"""What can be done with flows: written, published, begun, answered, taken over. The only writers of this room's tables."""

from .drafting import DraftChanged, SlugTaken, bring_draft_back, create_flow, replace_draft, save_draft
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
    NothingToDo,
    NotThisStep,
    Over,
    PaymentUnderWay,
    Stale,
    UnfitAnswers,
)
from .retiring import PastMoment, Retired, retire
from .running import Begun, begin, leave, submit
from .tasks import finish_task
from .upgrading import revert, turns, upgrade
from .working import note_printed, work_due

__all__ = [
    "AlreadyBegun",
    "Begun",
    "BeingDone",
    "ChannelNotServed",
    "DraftChanged",
    "FlowClosed",
    "FlowNotOffered",
    "NotPublishable",
    "NotThisStep",
    "NothingToDo",
    "Over",
    "PastMoment",
    "PaymentUnderWay",
    "Retired",
    "SlugTaken",
    "Stale",
    "UnfitAnswers",
    "begin",
    "bring_draft_back",
    "cancel_publication",
    "create_flow",
    "finish_task",
    "leave",
    "note_printed",
    "paid",
    "pay",
    "publish",
    "publish_text",
    "replace_draft",
    "retire",
    "revert",
    "save_draft",
    "stop_paying",
    "submit",
    "turns",
    "unpaid",
    "upgrade",
    "withdraw",
    "work_due",
]
