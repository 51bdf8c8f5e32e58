"""Reads of self-service, for screens and for the rooms above. Never write."""

from servicehall.rooms.services.amending import Amendable, Amendment, Group, Hours, Said, amendable
from servicehall.rooms.services.changes import KINDS as KINDS_OF_CHANGES
from servicehall.rooms.services.checking import findings
from servicehall.rooms.services.language.findings import Unreadable
from servicehall.rooms.services.rehearsing import Rehearsal, Script, read_script, rehearse, written_script
from servicehall.rooms.services.saved_runs import outcomes as outcomes_of_runs
from servicehall.rooms.services.screen import screen

from .catalogue import (
    CHANGE,
    SEE,
    Standing,
    flow_at,
    organisation_at,
    publications,
    running_of,
    standing,
    standings,
    version_of,
    versions,
)
from .definitions import changes, checked, known_names, named, vocabulary
from .flows import Offered, flows_of, live_version, offered, samples, schema, unfit, versions_of
from .rehearsals import (
    glanced_at,
    looked_at,
    made_up,
    playable,
    read_value,
    schemas_of,
    seen_steps,
    ways_to_pay,
)
from .requests import instance_by_code, instance_seen, open_tasks
from .ways import Station, Way, stations

__all__ = [
    "CHANGE",
    "KINDS_OF_CHANGES",
    "SEE",
    "Amendable",
    "Amendment",
    "Group",
    "Hours",
    "Offered",
    "Rehearsal",
    "Said",
    "Script",
    "Standing",
    "Station",
    "Unreadable",
    "Way",
    "amendable",
    "changes",
    "checked",
    "findings",
    "flow_at",
    "flows_of",
    "glanced_at",
    "instance_by_code",
    "instance_seen",
    "known_names",
    "live_version",
    "looked_at",
    "made_up",
    "named",
    "offered",
    "open_tasks",
    "organisation_at",
    "outcomes_of_runs",
    "playable",
    "publications",
    "read_script",
    "read_value",
    "rehearse",
    "running_of",
    "samples",
    "schema",
    "schemas_of",
    "screen",
    "seen_steps",
    "standing",
    "standings",
    "stations",
    "unfit",
    "version_of",
    "versions",
    "versions_of",
    "vocabulary",
    "ways_to_pay",
    "written_script",
]
