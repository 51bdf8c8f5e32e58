"""The endpoints, one module a noun. Importing this declares all of them."""

from . import (
    acts,
    appointments,
    calendar,
    counters,
    evidence,
    flows,
    load,
    me,
    queue,
    request_files,
    requests,
    sites,
    tickets,
    webhooks,
)

__all__ = [
    "acts",
    "appointments",
    "calendar",
    "counters",
    "evidence",
    "flows",
    "load",
    "me",
    "queue",
    "request_files",
    "requests",
    "sites",
    "tickets",
    "webhooks",
]
