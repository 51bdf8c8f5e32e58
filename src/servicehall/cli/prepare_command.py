"""`servicehall prepare`: what has to be in order before a role starts. `servicehall run` calls it itself."""

from __future__ import annotations

import argparse
import json

from . import surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--demo", action="store_true", help="fill an empty database with a demo hall")
    parser.add_argument("--report", action="store_true", help=argparse.SUPPRESS)  # for the supervisor
    parser.add_argument("--back-office", default="", help=argparse.SUPPRESS)  # the same
    surroundings.add_data_argument(parser)


def run(options: argparse.Namespace) -> int:
    from servicehall.processes import lifeline, logs

    lifeline.end_with_parent()
    logs.configure()
    try:
        surroundings.ready_data_folder(options.data)
    except surroundings.Unusable as problem:
        return surroundings.complain(str(problem))
    surroundings.start_django()
    from servicehall.processes import opening, preparation

    try:
        preparation.prepare()
        sign_ins = opening.seed_demo() if options.demo else []
        secret = opening.connect_back_office(options.back_office) if options.back_office else ""
    except preparation.CannotPrepare as problem:
        return surroundings.complain(str(problem))
    if options.report:
        print(json.dumps(opening.report(sign_ins, back_office=secret)))
    return 0
