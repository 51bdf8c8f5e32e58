"""Reads of self-service, for screens and for the rooms above. Never write."""

from servicehall.rooms.services.changes import KINDS as KINDS_OF_CHANGES
from servicehall.rooms.services.checking import findings
from servicehall.rooms.services.phrases import WHY_NOT
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
from .experiments import Trial, trial
from .flows import Offered, flows_of, live_version, offered, samples, schema, unfit, versions_of
from .requests import instance_by_code, instance_seen, open_tasks
from .upgrades import InUse, Report, upgrade_report, versions_in_use

__all__ = [
    "CHANGE",
    "KINDS_OF_CHANGES",
    "SEE",
    "WHY_NOT",
    "InUse",
    "Offered",
    "Report",
    "Standing",
    "Trial",
    "changes",
    "checked",
    "findings",
    "flow_at",
    "flows_of",
    "instance_by_code",
    "instance_seen",
    "known_names",
    "live_version",
    "named",
    "offered",
    "open_tasks",
    "organisation_at",
    "publications",
    "running_of",
    "samples",
    "schema",
    "screen",
    "standing",
    "standings",
    "trial",
    "unfit",
    "upgrade_report",
    "version_of",
    "versions",
    "versions_in_use",
    "versions_of",
    "vocabulary",
]
