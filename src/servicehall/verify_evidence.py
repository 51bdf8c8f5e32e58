"""Checks a hall's evidence without the hall: receipts, pairs of checkpoints, whole exported logs.

This one file needs Python 3.11 or newer and the package `cryptography`, no network and nothing of the server; it
shares no code with it. Formats: RFC 6962 (tree), C2SP signed-note, tlog-checkpoint, tlog-cosignature,
tlog-proof and tlog-tiles.

    python verify_evidence.py receipt receipt.json --key KEY [--witness KEY …]
    python verify_evidence.py checkpoint old new --proof proof.json --key KEY
    python verify_evidence.py log DIR --key KEY

KEY is what the hall publishes, for example on its notice board. It ends with 0 when everything is right, 1 when
something is not, 2 when it could not be checked.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import hmac
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

DASH = "\u2014"
LOG, WITNESS = 1, 4
SIZE = 32
WIDTH = 256
Progress = Callable[[int, int], object]


class Wrong(Exception):
    """What was looked at is not what it says it is."""


# --- Tree (RFC 6962) -------------------------------------------------------------------------------


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _demand(fact: bool, words: str) -> None:
    if not fact:
        raise Wrong(words)


def _hashes(*values: bytes) -> None:
    _demand(all(len(value) == SIZE for value in values), "a hash does not have 32 bytes")


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """The leaf with this hash is at this place of the tree (RFC 9162, 2.1.3.2).

    Raises:
        Wrong: it is not, or that is not what the proof shows.
    """
    _hashes(leaf, root, *proof)
    _demand(0 <= index < size, "the leaf's number is beyond the tree")
    place, last, found = index, size - 1, leaf
    for one in proof:
        _demand(last > 0, "the proof is too long")
        if place % 2 or place == last:
            found = node_hash(one, found)
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, one)
        place, last = place >> 1, last >> 1
    _demand(last == 0, "the proof is too short")
    _demand(found == root, "the proof does not lead to the tree's root")


def check_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """The new tree begins with all of the old one, unchanged (RFC 9162, 2.1.4.2).

    Raises:
        Wrong: it does not, or that is not what the proof shows.
    """
    _hashes(old_root, new_root, *proof)
    _demand(0 < old <= new, "the older tree is empty or larger than the newer one")
    if old == new:
        _demand(not proof, "two trees of one size need no proof")
        _demand(old_root == new_root, "two trees of one size differ: somebody was shown another log")
        return
    rest = list(proof)
    _demand(bool(rest), "the proof is empty")
    if old & (old - 1) == 0:
        rest.insert(0, old_root)
    place, last = old - 1, new - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    before = after = rest[0]
    for one in rest[1:]:
        _demand(last > 0, "the proof is too long")
        if place % 2 or place == last:
            before, after = node_hash(one, before), node_hash(one, after)
            while not place % 2 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, one)
        place, last = place >> 1, last >> 1
    _demand(last == 0, "the proof is too short")
    _demand(before == old_root, "the proof does not lead to the older root: the log was changed")
    _demand(after == new_root, "the proof does not lead to the newer root: the log was changed")


class Tree:
    """Grows leaf by leaf; hands each tile of 256 hashes to ``on_tile`` when it is full."""

    def __init__(self, on_tile: Callable[[int, int, bytes], object] = lambda *_: None) -> None:
        self.size = 0
        self._right: list[tuple[int, bytes]] = []
        self._open: list[bytearray] = []
        self._full: list[int] = []
        self._on_tile = on_tile

    def add(self, leaf: bytes) -> None:
        """One more leaf, by its hash."""
        height, found = 0, leaf
        self._note(0, found)
        while self._right and self._right[-1][0] == height:
            found = node_hash(self._right.pop()[1], found)
            height += 1
            if height % 8 == 0:
                self._note(height // 8, found)
        self._right.append((height, found))
        self.size += 1

    def _note(self, level: int, value: bytes) -> None:
        if level == len(self._open):
            self._open.append(bytearray())
            self._full.append(0)
        tile = self._open[level]
        tile += value
        if len(tile) == WIDTH * SIZE:
            self._on_tile(level, self._full[level], bytes(tile))
            self._full[level] += 1
            tile.clear()

    def root(self) -> bytes:
        """The root of what there is so far."""
        if not self._right:
            return hashlib.sha256(b"").digest()
        found = self._right[-1][1]
        for _height, left in reversed(self._right[:-1]):
            found = node_hash(left, found)
        return found

    def partial(self) -> Iterator[tuple[int, int, bytes]]:
        """The tiles that are not full: level, number, hashes."""
        for level, tile in enumerate(self._open):
            if tile:
                yield level, self._full[level], bytes(tile)


# --- Notes (C2SP) ----------------------------------------------------------------------------------


def unbase64(text: str, length: int | None = None) -> bytes:
    """Base 64 in its one right form.

    Raises:
        Wrong: it is not.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise Wrong("something is not base 64") from None
    _demand(base64.b64encode(raw).decode() == text, "base 64 is not in its one right form")
    _demand(length in (None, len(raw)), "something has the wrong length")
    return raw


class Key(NamedTuple):
    """A public key with its name."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]


def key_of(text: str) -> Key:
    """A key as it is published: name+digest+base64.

    Raises:
        Wrong: it is not one.
    """
    parts = text.strip().split("+", 2)
    _demand(len(parts) == 3 and bool(parts[0]) and " " not in parts[0], "this is not a key")
    raw = unbase64(parts[2], 1 + SIZE)
    found = Key(parts[0], raw[0], raw[1:])
    _demand(found.kind in (LOG, WITNESS), "this kind of key is not known")
    _demand(found.id.hex() == parts[1].lower(), "the key does not fit its digest")
    return found


class Checkpoint(NamedTuple):
    """A signed statement about a tree; ``signatures`` are (name, key id and signature)."""

    text: str
    origin: str
    size: int
    root: bytes
    signatures: list[tuple[str, bytes]]


def _number(text: str) -> int:
    _demand(re.fullmatch("0|[1-9][0-9]{0,18}", text) is not None, "a number is not in its one right form")
    return int(text)


def checkpoint_of(note: str) -> Checkpoint:
    """A checkpoint from its text.

    Raises:
        Wrong: it is not one.
    """
    try:
        note.encode()
    except UnicodeEncodeError:
        raise Wrong("this is not a checkpoint") from None
    text, gap, below = note.rpartition("\n\n")
    _demand(bool(gap) and below.endswith("\n"), "this is not a checkpoint")
    lines = text.split("\n")
    _demand(len(lines) >= 3 and all(lines), "this is not a checkpoint")
    signatures = []
    for line in below[:-1].split("\n"):
        match = re.fullmatch(f"{DASH} ([^ +]+) ([^ ]+)", line)
        _demand(match is not None, "a signature line is malformed")
        assert match is not None  # noqa: S101 - for the reader
        raw = unbase64(match[2])
        _demand(len(raw) > 4, "a signature is too short")
        signatures.append((match[1], raw))
    return Checkpoint(f"{text}\n", lines[0], _number(lines[1]), unbase64(lines[2], SIZE), signatures)


def signed_at(checkpoint: Checkpoint, key: Key) -> int | None:
    """When a witness signed (Unix time), 0 for the log itself; None: it did not.

    Raises:
        Wrong: there is a signature with that key's name and digest, and it is false.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    for name, raw in checkpoint.signatures:
        if name != key.name or raw[:4] != key.id:
            continue
        moment, said = 0, checkpoint.text
        if key.kind == WITNESS:
            _demand(len(raw) == 4 + 8 + 64, "a cosignature has the wrong length")
            moment = int.from_bytes(raw[4:12], "big")
            said = f"cosignature/v1\ntime {moment}\n{said}"
        try:
            Ed25519PublicKey.from_public_bytes(key.public).verify(
                raw[12:] if key.kind == WITNESS else raw[4:], said.encode()
            )
        except InvalidSignature:
            raise Wrong(f"the signature of {name} is false") from None
        return moment
    return None


def check_signatures(checkpoint: Checkpoint, key: Key, witnesses: Sequence[Key] = ()) -> list[str]:
    """The log signed it, and all of these witnesses did; returns what to tell about them.

    Raises:
        Wrong: somebody did not.
    """
    _demand(checkpoint.origin == key.name, f"this is the log {checkpoint.origin}, the key is of {key.name}")
    _demand(signed_at(checkpoint, key) is not None, "the log did not sign this with that key")
    told = []
    for witness in witnesses:
        moment = signed_at(checkpoint, witness)
        _demand(moment is not None, f"the witness {witness.name} did not sign this")
        told.append(f"witness {witness.name} signed at {_moment(moment or 0)}")
    return told


def _moment(seconds: int) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))
    except (OverflowError, ValueError, OSError):
        raise Wrong("a witness signed at no time that there is") from None


# --- Receipts --------------------------------------------------------------------------------------


def proof_of(text: str) -> tuple[int, list[bytes], Checkpoint]:
    """(leaf's number, proof, checkpoint) of a tlog-proof.

    Raises:
        Wrong: it is not one.
    """
    head, gap, note = text.partition("\n\n")
    lines = head.split("\n")
    _demand(bool(gap) and lines[0] == "c2sp.org/tlog-proof@v1", "this is not a proof")
    if len(lines) > 1 and lines[1].startswith("extra "):
        del lines[1]
    _demand(len(lines) > 1 and lines[1].startswith("index "), "this is not a proof")
    hashes = [unbase64(line, SIZE) for line in lines[2:]]
    return _number(lines[1][6:]), hashes, checkpoint_of(note)


def check_record(leaf: str, record: str, salt: str) -> dict[str, Any]:
    """The leaf was made of this record; returns the record.

    Raises:
        Wrong: it was not.
    """
    try:
        facts, found, raw = json.loads(leaf), json.loads(record), bytes.fromhex(salt)
        leaf.encode()
        written = record.encode()
    except (ValueError, TypeError, RecursionError):
        raise Wrong("leaf or record cannot be read") from None
    _demand(isinstance(facts, dict) and isinstance(found, dict), "leaf or record cannot be read")
    _demand(len(raw) == SIZE, "the salt does not have 32 bytes")
    digest = hmac.new(raw, written, hashlib.sha256).hexdigest()
    _demand(facts.get("commitment") == digest, "the record was changed")
    for name in ("kind", "site", "seq", "at"):
        _demand(facts.get(name) == found.get(name), f"leaf and record differ in {name}")
    checked: dict[str, Any] = found
    return checked


def check_receipt(receipt: Any, key: Key, witnesses: Sequence[Key] = ()) -> tuple[dict[str, Any], list[str]]:
    """(record, what to tell) of a receipt that is right in every part.

    Raises:
        Wrong: a part is not.
    """
    _demand(isinstance(receipt, dict), "this is not a receipt")
    parts = [receipt.get(name) for name in ("format", "leaf", "record", "salt", "proof")]
    _demand(all(isinstance(part, str) for part in parts), "this is not a receipt")
    form, leaf, record, salt, proof = map(str, parts)
    _demand(form == "servicehall.receipt.v1", "this is not a receipt")
    found = check_record(leaf, record, salt)
    index, hashes, checkpoint = proof_of(proof)
    told = check_signatures(checkpoint, key, witnesses)
    check_inclusion(leaf_hash(leaf.encode()), index, checkpoint.size, hashes, checkpoint.root)
    return found, [f"leaf {index} of {checkpoint.size} in the log {checkpoint.origin}", *told]


def check_consent(document: Any, key: Key, witnesses: Sequence[Key] = ()) -> tuple[dict[str, Any], list[str]]:
    """(what was consented to, what to tell) of a consent's receipt whose every statement its acts prove.

    Raises:
        Wrong: an act is not proved, or is not the one that the receipt tells of.
    """
    told: list[str] = []
    acts: dict[str, dict[str, Any]] = {}
    _demand(isinstance(document.get("evidence"), list), "this is not a consent's receipt")
    for one in document["evidence"]:
        record, more = check_receipt(one, key, witnesses)
        kind = str(record.get("kind"))
        _demand(kind not in acts, "the receipt has two proofs of one kind of act")
        acts[kind] = record
        told += [f"{kind} at {record.get('at')}: {line}" for line in more]
    try:
        consent = document["consent"]
        notice, processing = consent["notice"], consent["processing"]
        _demand(len(processing["purposes"]) == 1, "the receipt tells of several purposes")
        purpose = processing["purposes"][0]
        _demand("consent.given" in acts, "that the consent was given is not proved")
        given = acts["consent.given"]["data"]
        has_fields = acts["consent.given"]["version"] >= 3  # before, they were not recorded
        read = f"{notice['notice_title']}\n{notice['notice_text']}".encode()
        says = {
            "receipt": (consent["record_id"], given["consent"]),
            "person": (consent["pii_principal_id"], given["customer"]),
            "purpose": (purpose["purpose_id"], given["purpose"]),
            "version": (notice["notice_version"], given["wording"]),
            "language": (notice["notice_language"], given["language"]),
            "text": (hashlib.sha256(read).hexdigest(), given["text"]),
        }
        if has_fields:
            listed = sorted(one["pii_type"] for one in processing["pii_information"])
            says["list of fields"] = (listed, sorted(given["uses"]))
        events = {f"consent.{one['event_state'].removeprefix('consent ')}": one for one in consent["event"]}
        _demand(set(events) == set(acts), "the receipt tells of other acts than its proofs")
        for kind, act in acts.items():
            says[f"time of {kind}"] = (_seconds(events[kind]["event_time"]), _seconds(act["at"]))
            says[f"channel of {kind}"] = (events[kind]["channel"], act["channel"])
            says[f"receipt of {kind}"] = (consent["record_id"], act["data"]["consent"])
    except (KeyError, TypeError, AttributeError, IndexError, ValueError):
        raise Wrong("this is not a consent's receipt") from None
    for name, (written, proved) in says.items():
        _demand(written == proved, f"the receipt's {name} is not what was recorded")
    also = "and the list of fields " if has_fields else ""
    told.insert(0, f"the receipt says what was recorded, the text that was read {also}included")
    if not has_fields:
        told.insert(1, "but for its list of fields: when this consent was given, nobody recorded that")
    return consent, told


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def check_pair(
    old: str, new: str, proof: Sequence[str], key: Key, witnesses: Sequence[Key] = ()
) -> list[str]:
    """Both checkpoints are the log's own, and the newer one only added to the older one.

    Raises:
        Wrong: they are not; with two good signatures that proves that the log lied to somebody.
    """
    first, second = checkpoint_of(old), checkpoint_of(new)
    check_signatures(first, key)
    told = check_signatures(second, key, witnesses)
    hashes = [unbase64(one, SIZE) for one in proof]
    check_consistency(first.size, second.size, hashes, first.root, second.root)
    return [f"{second.size} leaves begin with the {first.size} of before, unchanged", *told]


# --- Exported logs ---------------------------------------------------------------------------------


def tile_path(kind: str, number: int, width: int) -> str:
    """Where the archive keeps a tile or bundle of so many hashes or entries."""
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    return f"tile/{kind}/{'/'.join(groups)}" + (f".p/{width}" if width < WIDTH else "")


def entries_of(bundle: bytes) -> list[bytes]:
    """The entries of a bundle.

    Raises:
        Wrong: it is cut off.
    """
    found, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        _demand(at + 2 <= end <= len(bundle), "an entry bundle is cut off")
        found.append(bundle[at + 2 : end])
        at = end
    return found


class LogCheck:
    """Computes an exported log anew: entries → hashes → tiles → roots → every checkpoint that was kept."""

    def __init__(self, folder: Path, key: Key, witnesses: Sequence[Key] = ()) -> None:
        self.folder, self.key, self.witnesses = folder, key, witnesses
        self.tree = Tree(self._compare)
        self.without_entries = 0
        self.records = 0
        self._last: dict[str, int] = {}

    def run(self, progress: Progress = lambda _done, _all: None) -> list[str]:
        """What to tell of a log that is right in every part.

        Raises:
            Wrong: a part is not.
        """
        signed = checkpoint_of(self._text("checkpoint"))
        told = check_signatures(signed, self.key, self.witnesses)
        older = sorted(_number(one.name) for one in (self.folder / "checkpoints").glob("[0-9]*"))
        _demand(all(size <= signed.size for size in older), "an older checkpoint is of a larger tree")
        marks = iter(older)
        mark = next(marks, None)
        for number in range((signed.size + WIDTH - 1) // WIDTH):
            for leaf in self._leaves(number, min(WIDTH, signed.size - number * WIDTH)):
                self.tree.add(leaf)
                while mark is not None and mark == self.tree.size:
                    self._meet(mark)
                    mark = next(marks, None)
            progress(self.tree.size, signed.size)
        for level, number, hashes in self.tree.partial():
            self._compare(level, number, hashes)
        _demand(self.tree.root() == signed.root, "the entries do not make the signed root")
        missing = f", {self.without_entries} of them without their entries" if self.without_entries else ""
        return [
            f"{signed.size} leaves make the root that {signed.origin} signed{missing}",
            f"{len(older)} older checkpoints are of the same log",
            *([f"{self.records} records fit their leaves"] if self.records else []),
            *told,
        ]

    def _text(self, name: str) -> str:
        return _read(self.folder / name)

    def _leaves(self, number: int, count: int) -> Iterator[bytes]:
        path = self.folder / tile_path("entries", number, count)
        if not path.exists():  # an archive may let go of old entries and keep their hashes
            tile = self.folder / tile_path("0", number, count)
            _demand(tile.exists(), f"{tile} is missing")
            hashes = _bytes(tile)
            _demand(len(hashes) == count * SIZE, f"{tile} has the wrong length")
            self.without_entries += count
            yield from (hashes[at : at + SIZE] for at in range(0, len(hashes), SIZE))
            return
        entries = entries_of(_bytes(path))
        _demand(len(entries) == count, f"{path} does not hold {count} entries")
        for entry in entries:
            self._follow(entry)
        self._check_records(number, entries)
        yield from map(leaf_hash, entries)

    def _follow(self, entry: bytes) -> None:
        """Each site's acts are numbered one after another."""
        try:
            facts = json.loads(entry)
            site, seq = facts["site"], facts["seq"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise Wrong("an entry cannot be read") from None
        _demand(isinstance(site, str) and type(seq) is int, "an entry cannot be read")
        last = self._last.get(site)
        _demand(last is None or seq == last + 1, f"site {site}: act {seq} comes after {last}")
        _demand(last is not None or self.without_entries > 0 or seq == 1, f"site {site} begins with {seq}")
        self._last[site] = seq

    def _check_records(self, number: int, entries: Sequence[bytes]) -> None:
        path = self.folder / "records" / f"{number}.jsonl"
        if not path.exists():
            return
        for line in _read(path).splitlines():
            try:
                kept = json.loads(line)
                at = kept["index"] - number * WIDTH
                entry = entries[at]
                record, salt = kept["record"], kept["salt"]
                _demand(at >= 0, f"{path} is not of these entries")
            except (ValueError, TypeError, LookupError, RecursionError):
                raise Wrong(f"{path} cannot be read") from None
            check_record(entry.decode("utf-8", "replace"), str(record), str(salt))
            self.records += 1

    def _compare(self, level: int, number: int, hashes: bytes) -> None:
        path = self.folder / tile_path(str(level), number, len(hashes) // SIZE)
        _demand(path.exists() and _bytes(path) == hashes, f"{path} is not of these entries")

    def _meet(self, size: int) -> None:
        old = checkpoint_of(self._text(f"checkpoints/{size}"))
        if old.origin == self.key.name and any(raw[:4] == self.key.id for _name, raw in old.signatures):
            check_signatures(old, self.key)  # one with a key of before is compared only
        _demand(
            old.size == size and old.root == self.tree.root(), f"the checkpoint of {size} is of another log"
        )


# --- Command line ----------------------------------------------------------------------------------


def bar(done: int, whole: int) -> None:
    """A line that shows how far it is."""
    if done == whole or done % (WIDTH * 16) == 0:
        filled = 30 * done // max(1, whole)
        end = "\n" if done == whole else ""
        line = f"\r[{'#' * filled}{'.' * (30 - filled)}] {done:,} of {whole:,}{end}"
        sys.stderr.write(line)
        sys.stderr.flush()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{path} cannot be read: {error}") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Wrong(f"{path} cannot be read: {error}") from None


def _json(path: Path) -> Any:
    try:
        return json.loads(_read(path))
    except (ValueError, RecursionError):
        raise Wrong(f"{path} is not JSON") from None


def _shown(record: dict[str, Any]) -> str:
    """For a terminal: whoever wrote the record may not move its cursor or hide a line (control characters, RTL)."""
    text = json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True)
    return "".join(c if c == "\n" or c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def _proof(path: Path | None) -> list[str]:
    found = _json(path) if path else []
    lines = found.get("proof") if isinstance(found, dict) else found
    _demand(isinstance(lines, list) and all(isinstance(one, str) for one in lines), f"{path} is no proof")
    return list(lines or [])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be checked, and with which keys."""
    kinds = parser.add_subparsers(dest="what", required=True, metavar="WHAT")
    receipt = kinds.add_parser("receipt", help="a receipt: one act, its record and its proof")
    receipt.add_argument("file", type=Path)
    pair = kinds.add_parser("checkpoint", help="two checkpoints: the newer only adds to the older")
    pair.add_argument("old", type=Path)
    pair.add_argument("new", type=Path)
    pair.add_argument("--proof", type=Path, help="JSON with the consistency proof (not for equal sizes)")
    log = kinds.add_parser("log", help="a whole exported log")
    log.add_argument("folder", type=Path)
    for one in (receipt, pair, log):
        one.add_argument("--key", required=True, help="the log's public key, as the hall publishes it")
        one.add_argument(
            "--witness",
            action="append",
            default=[],
            metavar="KEY",
            help="demand this witness's signature too",
        )


def run(options: argparse.Namespace) -> int:
    """Check, and say what was found; returns the exit code."""
    try:
        key, witnesses = key_of(options.key), [key_of(one) for one in options.witness]
        if options.what == "receipt":
            found = _json(options.file)
            is_consent = isinstance(found, dict) and found.get("format") == "servicehall.consent.v1"
            record, told = (check_consent if is_consent else check_receipt)(found, key, witnesses)
            print(_shown(record))
        elif options.what == "checkpoint":
            told = check_pair(_read(options.old), _read(options.new), _proof(options.proof), key, witnesses)
        else:
            shows = bar if sys.stderr.isatty() else (lambda _done, _all: None)
            told = LogCheck(options.folder, key, witnesses).run(shows)
    except Wrong as wrong:
        print(f"WRONG: {wrong}")
        return 1
    except ImportError:
        print("The package `cryptography` is needed: pip install cryptography", file=sys.stderr)
        return 2
    for line in told:
        print(f"right: {line}")
    return 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Checks a hall's evidence without the hall.")
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
