"""What can be done with flows: written, published, begun, answered, taken over. The only writers of this room's tables."""

from servicehall.rooms.services.amending import Unamendable

from .amending import amend_draft
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
from .running import Begun, begin, leave, submit
from .saving_runs import RunHasNoEnd, TooManyRuns, drop_run, save_run
from .tasks import finish_task
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
    "PaymentUnderWay",
    "RunHasNoEnd",
    "SlugTaken",
    "Stale",
    "TooManyRuns",
    "Unamendable",
    "UnfitAnswers",
    "amend_draft",
    "begin",
    "bring_draft_back",
    "cancel_publication",
    "create_flow",
    "drop_run",
    "finish_task",
    "leave",
    "note_printed",
    "paid",
    "pay",
    "publish",
    "publish_text",
    "replace_draft",
    "save_draft",
    "save_run",
    "stop_paying",
    "submit",
    "unpaid",
    "withdraw",
    "work_due",
]
