"""Reads of self-service, for screens and for the rooms above. Never write."""

from servicehall.rooms.services.brought import drawn, strokes
from servicehall.rooms.services.checking import findings
from servicehall.rooms.services.screen import screen
from servicehall.rooms.services.sent_files import with_files

from .flows import Offered, flows_of, live_version, names_at, offered, samples, schema, unfit, versions_of
from .requests import Slip, file_of, instance_by_code, instance_seen, open_tasks, slip_of

__all__ = [
    "Offered",
    "Slip",
    "drawn",
    "file_of",
    "findings",
    "flows_of",
    "instance_by_code",
    "instance_seen",
    "live_version",
    "names_at",
    "offered",
    "open_tasks",
    "samples",
    "schema",
    "screen",
    "slip_of",
    "strokes",
    "unfit",
    "versions_of",
    "with_files",
]
