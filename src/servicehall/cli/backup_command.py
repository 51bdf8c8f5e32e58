"""`servicehall backup`: one sealed file of the whole hall, while it works."""

from __future__ import annotations

import argparse
from pathlib import Path

from . import surroundings
from .bars import byte_bar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "target", type=Path, metavar="FILE", help="the file to write, or with --keep-days a folder of backups"
    )
    parser.add_argument(
        "--keep-days",
        type=_days,
        metavar="N",
        help="write a new file into the folder, then remove those older than so many days",
    )
    surroundings.add_data_argument(parser)


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 36500:
        raise ValueError
    return days


def run(options: argparse.Namespace) -> int:
    data = surroundings.data_folder(options.data)
    surroundings.start_django()
    from django.db import DatabaseError

    from servicehall.kernel.key_files import UnusableKey
    from servicehall.kernel.protection.erased_list import NotAList
    from servicehall.kernel.protection.refusals import CannotStart
    from servicehall.processes.backup.refusals import BackupRefused

    try:
        return _take(options, data)
    except (BackupRefused, UnusableKey, NotAList, CannotStart, DatabaseError, OSError) as problem:
        return surroundings.complain(surroundings.describe(problem))


def _take(options: argparse.Namespace, data: Path) -> int:
    from servicehall.kernel import clock
    from servicehall.kernel.protection import erased_list, root_keys
    from servicehall.processes.backup import expiring, taking

    now, target = clock.now(), options.target.resolve()
    if options.keep_days:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        target /= expiring.name_at(now)
    with byte_bar("Backing up") as progress:
        taken = taking.take(target, data, progress=progress, at=now)
    listed = erased_list.write(target.parent / erased_list.NAME, erased_list.of_database())
    print(
        f"{taken.file}: {taken.size:,} bytes, {sum(taken.counts.values()):,} rows of {len(taken.counts)} tables,"
        f" {taken.media} uploaded files, sealed with backup key {taken.key}."
    )
    if taken.new_key_file:
        print(
            f"Backup key {taken.key} was made: {taken.new_key_file}. Copy it to where neither this machine nor the"
            " backups are: without it they cannot be opened."
        )
    print(
        f"Not in it: the root keys of personal data (from the {root_keys.source()}). Keep their copy apart from the"
        " backups; a restore asks for them."
    )
    for name in taken.outside:
        print(f"Not in it: {name}, because it comes from the environment.")
    print(f"Beside it: {erased_list.NAME}, the {listed} persons erased so far, by id.")
    if options.keep_days:
        for gone in expiring.remove_old(target.parent, days=options.keep_days, now=now):
            print(f"Older than {options.keep_days} days, removed: {gone.name}")
    return 0
