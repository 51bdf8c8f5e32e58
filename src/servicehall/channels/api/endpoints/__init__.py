"""The endpoints, one module a noun. Importing this declares all of them."""

from . import (
    acts,
    appointments,
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
