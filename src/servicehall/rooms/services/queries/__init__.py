"""Reads of self-service, for screens and for the rooms above. Never write."""

from servicehall.rooms.services.checking import findings
from servicehall.rooms.services.screen import screen, slips
from servicehall.rooms.services.speaking import Said, spoken

from .flows import Offered, flows_of, live_version, offered, samples, schema, unfit, versions_of
from .moves import (
    Listened,
    Moving,
    Offer,
    id_of_ear,
    is_mirror,
    listened,
    moving_of,
    offer_of,
    queues_for,
)
from .requests import instance_by_code, instance_seen, open_tasks

__all__ = [
    "Listened",
    "Moving",
    "Offer",
    "Offered",
    "Said",
    "findings",
    "flows_of",
    "id_of_ear",
    "instance_by_code",
    "instance_seen",
    "is_mirror",
    "listened",
    "live_version",
    "moving_of",
    "offer_of",
    "offered",
    "open_tasks",
    "queues_for",
    "samples",
    "schema",
    "screen",
    "slips",
    "spoken",
    "unfit",
    "versions_of",
]
