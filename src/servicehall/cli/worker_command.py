"""`servicehall worker`: one role alone, for installations of several machines."""

from __future__ import annotations

import argparse

from . import surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    surroundings.add_data_argument(parser)


def run(options: argparse.Namespace) -> int:
    from servicehall.processes import lifeline, logs

    lifeline.end_with_parent()
    logs.configure()
    surroundings.data_folder(options.data)
    surroundings.start_django()
    from servicehall.processes import worker

    return worker.run()
