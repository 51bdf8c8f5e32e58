"""Reads of self-service, for screens and for the rooms above. Never write."""

from servicehall.rooms.services.checking import findings
from servicehall.rooms.services.screen import screen

from .flows import Offered, flows_of, live_version, offered, outline, samples, schema, unfit, versions_of
from .requests import instance_by_code, instance_seen, open_tasks, place_of_code

__all__ = [
    "Offered",
    "findings",
    "flows_of",
    "instance_by_code",
    "instance_seen",
    "live_version",
    "offered",
    "open_tasks",
    "outline",
    "place_of_code",
    "samples",
    "schema",
    "screen",
    "unfit",
    "versions_of",
]
