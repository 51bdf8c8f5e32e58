"""Reads of self-service, for screens and for the rooms above. Never write."""

from .flows import Offered, flows_of, live_version, offered, versions_of
from .requests import instance_by_code, instance_seen, open_tasks

__all__ = [
    "Offered",
    "flows_of",
    "instance_by_code",
    "instance_seen",
    "live_version",
    "offered",
    "open_tasks",
    "versions_of",
]
