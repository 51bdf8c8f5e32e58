"""Writes the tree into a folder of files, in the layout of C2SP tlog-tiles: the archive's format.

    checkpoint                     the signed checkpoint that the files are for
    checkpoints/<size>             every older one
    key                            the public key
    tile/<level>/<number>[.p/<w>]  hashes, tile/entries/<number>[.p/<w>] leaves
    records/<number>.jsonl         with records: the records and salts of the bundle of that number

Full tiles never change, so a later export into the same folder adds only what is new.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import orjson

from servicehall.kernel import sql
from servicehall.rooms.trust import entries, layout, merkle, store

from .proofs import checkpoint, tile


def _put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def export(
    folder: Path,
    *,
    since: int = 0,
    with_records: bool = False,
    progress: Callable[[int, int], object] = lambda _done, _all: None,
) -> int:
    """Write the tree of the newest checkpoint; bundles before the leaf ``since`` are left out. Returns its size.

    Raises:
        NotInTreeYet: nothing has been signed so far.
    """
    signed = checkpoint()
    wanted = [
        one
        for one in layout.of_tree(signed.size)
        if one.level is not None or (one.number + 1) * merkle.WIDTH > since
    ]
    for done, one in enumerate(wanted, 1):
        path = folder / "tile" / one.path
        if not (one.is_full and path.exists()):
            found = tile(one.path)
            if found is None:
                raise store.TreeDamaged(f"tile {one.path} is missing")
            _put(path, found[0])
        if one.level is None and with_records:
            _put_records(folder, one)
        progress(done, len(wanted))
    for size, note in sql.rows(
        "SELECT size, note FROM trust_checkpoint WHERE size <= %s ORDER BY size", signed.size
    ):
        if not (path := folder / "checkpoints" / f"{size}").exists():
            _put(path, note.encode())
    _put(folder / "key", f"{signed.verifier_key}\n".encode())
    _put(folder / "checkpoint", signed.note.encode())
    return signed.size


def _put_records(folder: Path, one: layout.Wanted) -> None:
    path = folder / "records" / f"{one.number}.jsonl"
    first = one.number * merkle.WIDTH
    rows = sql.rows(
        f'SELECT l."index", l.salt, {store.EVENT} FROM trust_leaf l'
        " JOIN kernel_event e ON e.site_id = l.site_id AND e.seq = l.seq"
        ' WHERE l."index" >= %s AND l."index" < %s AND l.salt IS NOT NULL ORDER BY l."index"',
        first,
        first + one.width,
    )
    lines = [
        orjson.dumps(
            {
                "index": int(row[0]),
                "salt": bytes(row[1]).hex(),
                "record": entries.record(entries.row(row[2:])).decode(),
            }
        )
        for row in rows
    ]
    _put(path, b"".join(line + b"\n" for line in lines))
