"""`servicehall replay FILE …`: a real log against the running hall. All of it is the simulation's."""

from __future__ import annotations

import argparse
import importlib
from typing import Any

from . import surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    _simulation().add_replay_arguments(parser)
    surroundings.add_data_argument(parser)


def run(options: argparse.Namespace) -> int:
    surroundings.data_folder(options.data)
    return int(_simulation().replay(options))


def _simulation() -> Any:
    return importlib.import_module("servicehall.rooms.simulation.actions")
