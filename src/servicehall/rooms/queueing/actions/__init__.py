"""The acts of the queue: the only writers of its tables. One function per thing that can happen."""

from .calling import call_next, call_ticket, recall
from .counters import end_pause, pause, sign_in, sign_out
from .issuing import issue_ticket
from .next_customer import advance_and_call_next, finish_and_call_next
from .own import cancel, postpone, rejoin
from .refusals import (
    CannotServe,
    CounterBusy,
    CounterNotOpen,
    CounterTaken,
    HallClosed,
    ModelGone,
    NoFurtherStage,
    NothingToUndo,
    NotYours,
    PriorityNotOffered,
    ServiceFull,
    ServiceNotOffered,
    TooLateToReturn,
    TooManyTickets,
    TooOften,
    UnknownService,
    WrongState,
)
from .serving import advance, finish, hold, no_show, requeue, resume, start, transfer
from .setting_up import (
    StagePlan,
    add_class,
    add_counter,
    add_service,
    change_counter_stages,
    set_rules,
)
from .supervising import close_service, expire_before, merge, move, reclass, reopen_service
from .temporary_counters import open_temporary_counter, retire_counter
from .undoing import undo
from .waits import PAST as PAST_WAITS
from .waits import learn_waits, use_wait_model

__all__ = [
    "PAST_WAITS",
    "CannotServe",
    "CounterBusy",
    "CounterNotOpen",
    "CounterTaken",
    "HallClosed",
    "ModelGone",
    "NoFurtherStage",
    "NotYours",
    "NothingToUndo",
    "PriorityNotOffered",
    "ServiceFull",
    "ServiceNotOffered",
    "StagePlan",
    "TooLateToReturn",
    "TooManyTickets",
    "TooOften",
    "UnknownService",
    "WrongState",
    "add_class",
    "add_counter",
    "add_service",
    "advance",
    "advance_and_call_next",
    "call_next",
    "call_ticket",
    "cancel",
    "change_counter_stages",
    "close_service",
    "end_pause",
    "expire_before",
    "finish",
    "finish_and_call_next",
    "hold",
    "issue_ticket",
    "learn_waits",
    "merge",
    "move",
    "no_show",
    "open_temporary_counter",
    "pause",
    "postpone",
    "recall",
    "reclass",
    "rejoin",
    "reopen_service",
    "requeue",
    "resume",
    "retire_counter",
    "set_rules",
    "sign_in",
    "sign_out",
    "start",
    "transfer",
    "undo",
    "use_wait_model",
]
