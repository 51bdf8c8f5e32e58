"""`servicehall keys`: what protects personal data, and new keys for it while the hall works."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from . import surroundings

if TYPE_CHECKING:
    from servicehall.kernel.protection.rotation import Progress


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    told = {
        "status": "suite, root keys, how many data keys each of them wraps, changes under way",
        "rotate-root": "make a new root key and wrap every data key with it",
        "rotate-data": "give every person a new data key and encrypt their data again",
        "drop-root": "take an old root key out of the file, when nothing is wrapped by it any more",
    }
    parsers = {name: acts.add_parser(name, help=text, description=text) for name, text in told.items()}
    parsers["rotate-root"].add_argument(
        "--added", action="store_true",
        help="the new root key is there already (always so when keys come from the environment or a command)",
    )  # fmt: skip
    parsers["drop-root"].add_argument("version", type=int, help="the number of the root key")
    for one in parsers.values():
        surroundings.add_data_argument(one)


def run(options: argparse.Namespace) -> int:
    surroundings.data_folder(options.data)
    surroundings.start_django()
    from django.db import DatabaseError

    from servicehall.kernel.errors import Refused
    from servicehall.kernel.protection.refusals import CannotStart

    acts = {
        "status": _status,
        "rotate-root": _rotate_root,
        "rotate-data": _rotate_data,
        "drop-root": _drop_root,
    }
    try:
        return acts[options.act](options)
    except (CannotStart, Refused, DatabaseError) as problem:
        return surroundings.complain(surroundings.describe(problem))


def _status(_options: argparse.Namespace) -> int:
    from servicehall.kernel.protection import keys, root_keys, rotation, suites

    held, counts = root_keys.ring(), keys.counts()
    print(f"Suite: {suites.chosen().name}. Root keys from the {root_keys.source()}.")
    for version in sorted(held.secrets | counts):
        notes = ["newest"] if version == held.newest else []
        if version not in held.secrets:
            notes.append("MISSING: what it wraps cannot be read")
        said = f" ({', '.join(notes)})" if notes else ""
        print(f"Root key {version}{said}: wraps {counts.get(version, 0)} data keys")
    for change in rotation.unfinished():
        print(
            f"Not finished: {change.get_kind_display()}, {change.done} of {change.total}."
            f" `servicehall keys rotate-{change.kind}` goes on."
        )
    return 0


def _rotate_root(options: argparse.Namespace) -> int:
    from servicehall.kernel.models import KeyChange
    from servicehall.kernel.protection import root_keys, rotation
    from servicehall.kernel.rights import SYSTEM

    going_on = any(change.kind == KeyChange.Kind.ROOT for change in rotation.unfinished())
    if not (options.added or going_on):
        print(f"Root key {root_keys.add()} was made. Keep a copy of {root_keys.path()} in its safe place.")
    last = _shown(rotation.change_root(by=SYSTEM), "Wrapping data keys")
    print(f"{last.done} data keys are wrapped by root key {root_keys.ring().newest}.")
    return 0


def _rotate_data(_options: argparse.Namespace) -> int:
    from servicehall.kernel.protection import rotation
    from servicehall.kernel.rights import SYSTEM

    last = _shown(rotation.change_data(by=SYSTEM), "Encrypting again")
    print(f"{last.done} persons have new data keys.")
    return 0


def _drop_root(options: argparse.Namespace) -> int:
    from servicehall.kernel.protection import keys, root_keys

    held = root_keys.ring()
    if root_keys.source() != "file":
        return surroundings.complain(f"The root keys come from the {root_keys.source()}: take it out there.")
    if options.version not in held.secrets:
        return surroundings.complain(f"There is no root key {options.version}.")
    if options.version == held.newest:
        return surroundings.complain("This is the newest root key. First: servicehall keys rotate-root")
    if count := keys.counts().get(options.version, 0):
        return surroundings.complain(
            f"Root key {options.version} still wraps {count} data keys. First: servicehall keys rotate-root"
        )
    root_keys.drop(options.version)
    print(f"Root key {options.version} is gone. Older backups of the database need its safe copy.")
    return 0


def _shown(steps: Iterator[Progress], what: str) -> Progress:
    """Follow a change with a bar; Ctrl-C stops it between two steps and it can be taken up again."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True)) as bar:
        last = next(steps)
        task = bar.add_task(f"{what} (going on)" if last.resumed else what, total=last.total)
        bar.update(task, completed=last.done)
        for last in steps:
            bar.update(task, completed=last.done, total=last.total)
    return last
