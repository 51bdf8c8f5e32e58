"""`servicehall demo`: a believable hall to try things out in, on an empty database."""

from __future__ import annotations

import argparse

from . import surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    surroundings.add_data_argument(parser)


def run(options: argparse.Namespace) -> int:
    try:
        surroundings.ready_data_folder(options.data)
    except surroundings.Unusable as problem:
        return surroundings.complain(str(problem))
    surroundings.start_django()
    from servicehall.processes import opening, preparation, welcome

    try:
        preparation.prepare()
        sign_ins = opening.seed_demo()
    except preparation.CannotPrepare as problem:
        return surroundings.complain(str(problem))
    print(welcome.sign_ins(sign_ins))
    return 0
