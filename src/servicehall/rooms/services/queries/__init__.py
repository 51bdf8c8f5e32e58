"""Reads of self-service, for screens and for the rooms above. Never write."""

from servicehall.rooms.services.checking import findings
from servicehall.rooms.services.screen import screen, slips
from servicehall.rooms.services.speaking import Said, spoken

from .flows import Offered, flows_of, live_version, offered, samples, schema, unfit, versions_of
from .requests import instance_by_code, instance_seen, open_tasks

__all__ = [
    "Offered",
    "Said",
    "findings",
    "flows_of",
    "instance_by_code",
    "instance_seen",
    "live_version",
    "offered",
    "open_tasks",
    "samples",
    "schema",
    "screen",
    "slips",
    "spoken",
    "unfit",
    "versions_of",
]
