"""`servicehall django …`: Django's own management commands on this installation."""

from __future__ import annotations

import argparse

from . import surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    surroundings.add_data_argument(parser)
    parser.add_argument(
        "arguments", nargs=argparse.REMAINDER, metavar="…", help="the command and its arguments"
    )


def run(options: argparse.Namespace) -> int:
    try:
        surroundings.ready_data_folder(options.data)
    except surroundings.Unusable as problem:
        return surroundings.complain(str(problem))
    surroundings.start_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["servicehall django", *options.arguments])
    return 0
