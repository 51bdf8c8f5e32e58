"""What can be done with flows: written, published, begun, answered, taken over. The only writers of this room's tables."""

from servicehall.rooms.services.elsewhere import (
    GoneOn,
    MirrorOver,
    MoveOver,
    MoveUsed,
    NoSuchMove,
    NotYetMoved,
)

from .asking_person import InQueue, ask_person
from .drafting import DraftChanged, create_flow, save_draft
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
from .paying import paid, pay, stop_paying, unpaid
from .publishing import NotPublishable, publish, publish_text, withdraw
from .refusals import (
    AlreadyAsked,
    AlreadyMirrored,
    BeingDone,
    ChannelNotServed,
    FlowClosed,
    FlowNotOffered,
    NoDesk,
    NothingToDo,
    NotThisStep,
    Over,
    PaymentUnderWay,
    Stale,
    UnfitAnswers,
    WrongNumber,
)
from .running import Begun, begin, leave, submit
from .tasks import finish_task
from .working import note_printed, work_due

__all__ = [
    "AlreadyAsked",
    "AlreadyMirrored",
    "Begun",
    "BeingDone",
    "ChannelNotServed",
    "DraftChanged",
    "FlowClosed",
    "FlowNotOffered",
    "GoneOn",
    "InQueue",
    "MirrorOver",
    "MoveOver",
    "MoveUsed",
    "NoDesk",
    "NoSuchMove",
    "NotPublishable",
    "NotThisStep",
    "NotYetMoved",
    "NothingToDo",
    "Offered",
    "Over",
    "PaymentUnderWay",
    "Stale",
    "UnfitAnswers",
    "WrongNumber",
    "ask_person",
    "begin",
    "choose_number",
    "claim_move",
    "claim_pickup",
    "create_flow",
    "finish_task",
    "give_back",
    "leave",
    "leave_behind",
    "new_code",
    "note_printed",
    "offer_move",
    "paid",
    "pay",
    "publish",
    "publish_text",
    "save_draft",
    "stop_move",
    "stop_paying",
    "submit",
    "unpaid",
    "withdraw",
    "work_due",
]
