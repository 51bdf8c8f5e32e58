"""`servicehall live`: one role alone, for installations of several machines."""

from __future__ import annotations

import argparse

from . import surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8001, help="port of the event streams (default: %(default)s)"
    )
    surroundings.add_tls_arguments(parser)
    surroundings.add_data_argument(parser)


def run(options: argparse.Namespace) -> int:
    from servicehall.processes import lifeline, logs

    lifeline.end_with_parent()
    logs.configure()
    surroundings.data_folder(options.data)
    try:
        surroundings.take_tls(options)
    except surroundings.Unusable as problem:
        return surroundings.complain(str(problem))
    from servicehall.processes import live

    return live.run(options.host, options.port)
