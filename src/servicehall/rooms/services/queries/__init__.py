"""Reads of self-service, for screens and for the rooms above. Never write."""

from servicehall.rooms.services.addresses import address_of
from servicehall.rooms.services.checking import findings
from servicehall.rooms.services.models import Instance, Task
from servicehall.rooms.services.numbers import grouped
from servicehall.rooms.services.reviewing import Review, review, sees_in_full
from servicehall.rooms.services.screen import screen

from .flows import Offered, flows_of, live_version, offered, samples, schema, unfit, versions_of
from .requests import (
    facts_of,
    find_instances,
    in_hand,
    instance_by_code,
    instance_seen,
    instances_of,
    instances_of_visit,
    number_of,
    own_instance,
)
from .tasks import (
    KINDS,
    TaskFilters,
    Unsure,
    doers,
    open_task_count,
    open_tasks,
    step_words,
    task_groups,
    task_rows,
    task_seen,
    tasks,
    tasks_of,
    unsure_about,
)

__all__ = [
    "KINDS",
    "Instance",
    "Offered",
    "Review",
    "Task",
    "TaskFilters",
    "Unsure",
    "address_of",
    "doers",
    "facts_of",
    "find_instances",
    "findings",
    "flows_of",
    "grouped",
    "in_hand",
    "instance_by_code",
    "instance_seen",
    "instances_of",
    "instances_of_visit",
    "live_version",
    "number_of",
    "offered",
    "open_task_count",
    "open_tasks",
    "own_instance",
    "review",
    "samples",
    "schema",
    "screen",
    "sees_in_full",
    "step_words",
    "task_groups",
    "task_rows",
    "task_seen",
    "tasks",
    "tasks_of",
    "unfit",
    "unsure_about",
    "versions_of",
]
