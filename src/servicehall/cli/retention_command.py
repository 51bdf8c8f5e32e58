"""`servicehall retention`: removes data that is older than its rule says; with --dry-run only says what."""

from __future__ import annotations

import argparse

from . import surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what would go, and touch nothing")
    surroundings.add_data_argument(parser)


def run(options: argparse.Namespace) -> int:
    surroundings.data_folder(options.data)
    surroundings.start_django()
    from django.db import DatabaseError

    from servicehall.kernel import retention

    try:
        found = retention.look() if options.dry_run else retention.apply()
    except DatabaseError as problem:
        return surroundings.complain(f"{surroundings.describe(problem)}. `servicehall doctor` says more.")
    for one in found:
        what = "would go" if options.dry_run else "went"
        print(
            f"{one.kind}: kept {one.days} days, {one.count} {what} (older than {one.before:%Y-%m-%d %H:%M} UTC)"
        )
    return 0
