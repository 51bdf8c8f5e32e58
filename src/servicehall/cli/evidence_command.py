"""`servicehall evidence`: the public key, the archive, and a re-computation of the whole tree."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import surroundings
from .bars import bar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    key = kinds.add_parser("key", help="print the public key, to be published")
    export = kinds.add_parser("export", help="write the log into a folder: the archive")
    export.add_argument("folder", type=Path)
    export.add_argument(
        "--from", dest="since", type=int, default=0, metavar="LEAF", help="leave out entries before this leaf"
    )
    export.add_argument(
        "--records",
        action="store_true",
        help="with the records and salts: keep such a copy as the data itself",
    )
    audit = kinds.add_parser("audit", help="compute the tree anew from the records and compare")
    for one in (key, export, audit):
        surroundings.add_data_argument(one)


def run(options: argparse.Namespace) -> int:
    surroundings.data_folder(options.data)
    surroundings.start_django()
    from django.db import DatabaseError

    from servicehall.kernel.errors import Refused

    try:
        return {"key": _key, "export": _export, "audit": _audit}[options.what](options)
    except (Refused, DatabaseError, OSError) as problem:
        return surroundings.complain(f"{surroundings.describe(problem)}. `servicehall doctor` says more.")


def _key(_options: argparse.Namespace) -> int:
    from servicehall.rooms.trust import queries

    print(queries.checkpoint().verifier_key)
    return 0


def _export(options: argparse.Namespace) -> int:
    from servicehall.rooms.trust import queries

    with bar("Writing") as progress:
        size = queries.export(
            options.folder, since=options.since, with_records=options.records, progress=progress
        )
    print(f"{size} leaves are in {options.folder}")
    return 0


def _audit(_options: argparse.Namespace) -> int:
    from servicehall.rooms.trust import queries

    with bar("Computing") as progress:
        found = queries.audit(progress)
    for words in found.faults:
        print(f"WRONG: {words}")
    more = f", {found.unlinked} unlinked from their records" if found.unlinked else ""
    print(f"{found.size} leaves looked at{more}; {found.waiting} events wait for their turn.")
    if not found.faults:
        print("right: records, leaves, tiles, root and checkpoint agree")
    return 1 if found.faults else 0
