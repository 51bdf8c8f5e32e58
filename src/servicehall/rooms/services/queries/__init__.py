"""Reads of self-service, for screens and for the rooms above. Never write."""

from servicehall.rooms.services.checking import findings
from servicehall.rooms.services.phrases import WHY_NOT
from servicehall.rooms.services.screen import screen

from .flows import Offered, flows_of, live_version, offered, samples, schema, unfit, versions_of
from .upgrades import InUse, Report, upgrade_report, versions_in_use
from .requests import instance_by_code, instance_seen, open_tasks

__all__ = [
    "WHY_NOT",
    "InUse",
    "Offered",
    "Report",
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
    "unfit",
    "upgrade_report",
    "versions_in_use",
    "versions_of",
]
