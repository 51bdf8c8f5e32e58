"""`servicehall replay FILE …`: a real log against the running hall. All of it is the simulation's."""

from __future__ import annotations

import argparse

from . import surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from servicehall.rooms.simulation import actions

    actions.add_replay_arguments(parser)
    surroundings.add_data_argument(parser)


def run(options: argparse.Namespace) -> int:
    surroundings.data_folder(options.data)
    from servicehall.rooms.simulation import actions

    return int(actions.replay(options))
