"""Reads of self-service, for screens and for the rooms above. Never write."""

from servicehall.rooms.services.checking import findings
from servicehall.rooms.services.rehearsing import Rehearsal, Script, read_script, rehearse
from servicehall.rooms.services.screen import screen

from .flows import Offered, flows_of, live_version, offered, samples, schema, unfit, versions_of
from .rehearsals import looked_at, playable, read_value, schemas_of, ways_to_pay
from .requests import instance_by_code, instance_seen, open_tasks

__all__ = [
    "Offered",
    "Rehearsal",
    "Script",
    "findings",
    "flows_of",
    "instance_by_code",
    "instance_seen",
    "live_version",
    "looked_at",
    "offered",
    "open_tasks",
    "playable",
    "read_script",
    "read_value",
    "rehearse",
    "samples",
    "schema",
    "schemas_of",
    "screen",
    "unfit",
    "versions_of",
    "ways_to_pay",
]
