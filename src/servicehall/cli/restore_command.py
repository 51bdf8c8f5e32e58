"""`servicehall restore`: a backup into an empty place, looked at before and after."""

from __future__ import annotations

import argparse
import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from . import surroundings
from .bars import bar, byte_bar

if TYPE_CHECKING:
    from servicehall.processes.backup.finishing import Finished
    from servicehall.processes.backup.restoring import Stage


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
    parser.add_argument(
        "--replace",
        action="store_true",
        help="the place need not be empty: files there are kept aside, tables of PostgreSQL go",
    )
    parser.add_argument(
        "--erased",
        action="append",
        default=[],
        type=Path,
        metavar="LIST",
        help="another list of who was erased since (erased.list beside the backup and in the folder are read anyway)",
    )
    surroundings.add_data_argument(parser)


def run(options: argparse.Namespace) -> int:
    data = surroundings.data_folder(options.data)
    from servicehall.kernel.key_files import UnusableKey
    from servicehall.processes.backup.refusals import BackupRefused

    try:
        return _restore(options, data)
    except (BackupRefused, UnusableKey) as problem:
        return surroundings.complain(str(problem))


def _restore(options: argparse.Namespace, data: Path) -> int:
    from servicehall.processes.backup import finishing, restoring, taking
    from servicehall.processes.backup.refusals import BackupRefused

    lists = [path.resolve() for path in options.erased]
    if missing := [path for path in lists if not path.exists()]:
        raise BackupRefused(f"{missing[0]} is missing.", f"找不到 {missing[0]}。")
    beside = options.file.resolve().parent / taking.ERASED
    with contextlib.ExitStack() as stack:
        with byte_bar("Opening") as progress:
            opened = restoring.opened(options.file, data, replace=options.replace, progress=progress)
            stage = stack.enter_context(opened)
        os.environ.update(finishing.settings_for(stage, dict(os.environ)))
        surroundings.start_django()
        found = _finish(stage, [*lists, beside])
        stage.put_in_place()
        from servicehall.kernel.protection import erased_list

        erased_list.write(data / erased_list.NAME, found.known)
    _tell(stage, found)
    return 1 if found.faults else 0


def _finish(stage: Stage, lists: list[Path]) -> Finished:
    from django.db import DatabaseError

    from servicehall.kernel.errors import Refused
    from servicehall.kernel.protection.erased_list import NotAList
    from servicehall.kernel.protection.refusals import CannotStart
    from servicehall.processes.backup import finishing
    from servicehall.processes.backup.refusals import BackupRefused
    from servicehall.processes.preparation import CannotPrepare

    try:
        with bar("Checking the evidence") as progress:
            return finishing.finish(stage, lists, progress=progress)
    except (NotAList, CannotStart, CannotPrepare, Refused, DatabaseError) as problem:
        said = surroundings.describe(problem)
        raise BackupRefused(f"The backup cannot be restored: {said}", f"无法恢复备份：{said}") from problem


def _tell(stage: Stage, found: Finished) -> None:
    counts = stage.counts
    print(
        f"Restored into {stage.data}: the hall as of {stage.made:%Y-%m-%d %H:%M:%S} UTC, with"
        f" {counts.get('queueing_ticket', 0):,} tickets, {counts.get('customers_customer', 0):,} customers,"
        f" {counts.get('kernel_event', 0):,} events ({sum(counts.values()):,} rows in all) and {stage.media}"
        " uploaded files."
    )
    if found.migrated:
        print(f"Its tables were brought up to date: {found.migrated} migrations.")
    print(
        f"Erased again, because they were erased after the backup was made: {found.erased_again} customers."
    )
    print(
        f"Who was erased is known from: {', '.join(found.lists) or 'nothing but the backup itself'}. Whoever was erased"
        " later than these know has to be erased once more."
    )
    for name in stage.missing:
        print(f"Set {name} before the start: this hall had it from its environment, and it is in no backup.")
    if stage.replaced:
        print(
            f"What was there before is in {stage.replaced}. It holds personal data: delete it when it is not needed."
        )
    for words in found.faults:
        print(f"WRONG: {words}")
    if not found.faults:
        print(
            f"right: {found.leaves:,} leaves of the evidence agree with the log, the root and the checkpoint"
        )
    print(
        "Acts between the backup and the loss are missing. If witnesses or customers hold newer checkpoints, go on under"
        " a new name (SERVICEHALL_EVIDENCE_ORIGIN) and say so publicly: docs/evidence.md."
    )
