"""What a witness signs, and what it refuses: C2SP tlog-witness (add-checkpoint) and tlog-cosignature/v1."""

from __future__ import annotations

import base64
import re
import sqlite3
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from servicehall import verify_evidence as verifier
from servicehall.verify_evidence import Checkpoint, Key, Wrong

MOST_PROOF_LINES = 63
SIZE_TYPE = "text/x.tlog.size"


class Refusal(Exception):
    """The checkpoint is not signed: status and words of the answer."""

    def __init__(self, status: int, words: str, kind: str = "text/plain; charset=utf-8") -> None:
        super().__init__(words)
        self.status, self.words, self.kind = status, words, kind


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint, and the proof that it grew out of the one of ``old`` leaves."""

    old: int
    proof: list[bytes]
    checkpoint: Checkpoint


def submission(body: bytes) -> Submission:
    """What was sent.

    Raises:
        Refusal: it is malformed.
    """
    try:
        head, _gap, note = body.decode("utf-8").partition("\n\n")
        first, *lines = head.split("\n")
        proof = [verifier.unbase64(line, verifier.SIZE) for line in lines]
        checkpoint = verifier.checkpoint_of(note)
    except (UnicodeDecodeError, Wrong) as error:
        raise Refusal(400, f"{error}\n") from None
    if not re.fullmatch("old (?:0|[1-9][0-9]{0,18})", first) or len(proof) > MOST_PROOF_LINES:
        raise Refusal(400, "old size, proof, empty line and checkpoint are expected\n")
    old = int(first[4:])
    if old > checkpoint.size or (old == 0 and proof):
        raise Refusal(400, "the old size is above the checkpoint's, or there is a proof from nothing\n")
    return Submission(old, proof, checkpoint)


@dataclass
class Signing:
    """The witness's key, the logs it knows, and the file in which it remembers what it signed last."""

    name: str
    key: Ed25519PrivateKey
    logs: Collection[Key]
    file: Path
    _line: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._db = sqlite3.connect(self.file, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS signed (origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL,"
            " note TEXT NOT NULL)"
        )

    @property
    def public_key(self) -> Key:
        return Key(self.name, verifier.WITNESS, self.key.public_key().public_bytes_raw())

    @property
    def published(self) -> str:
        """The key as the hall and its customers need it."""
        key = self.public_key
        word = base64.b64encode(bytes([key.kind]) + key.public).decode()
        return f"{key.name}+{key.id.hex()}+{word}"

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def sizes(self) -> dict[str, int]:
        """The size last signed of each log."""
        with self._line:
            return dict(self._db.execute("SELECT origin, size FROM signed ORDER BY origin"))

    def add_checkpoint(self, body: bytes) -> str:
        """The cosignature of a checkpoint that grew out of the last one.

        Raises:
            Refusal: it did not, or nobody known signed it.
        """
        sent = submission(body)
        self._demand_signature(sent.checkpoint)
        with self._line:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._demand_growth(sent)
                self._db.execute(
                    "INSERT INTO signed (origin, size, root, note) VALUES (?, ?, ?, ?) ON CONFLICT (origin)"
                    " DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note",
                    (
                        sent.checkpoint.origin,
                        sent.checkpoint.size,
                        sent.checkpoint.root,
                        sent.checkpoint.text,
                    ),
                )
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
        return self._cosigned(sent.checkpoint)

    def _demand_signature(self, checkpoint: Checkpoint) -> None:
        known = [key for key in self.logs if key.name == checkpoint.origin]
        if not known:
            raise Refusal(404, "this log is not known here\n")
        for key in known:
            try:
                if verifier.signed_at(checkpoint, key) is not None:
                    return
            except Wrong:
                continue
        raise Refusal(403, "the log did not sign this\n")

    def _demand_growth(self, sent: Submission) -> None:
        new = sent.checkpoint
        found = self._db.execute("SELECT size, root FROM signed WHERE origin = ?", (new.origin,)).fetchone()
        size, root = found or (0, b"")
        if sent.old != size:
            raise Refusal(409, f"{size}\n", SIZE_TYPE)
        if size == new.size and found and root != new.root:
            raise Refusal(409, f"{size}\n", SIZE_TYPE)
        if size == 0:
            return
        try:
            verifier.check_consistency(size, new.size, sent.proof, root, new.root)
        except Wrong as wrong:
            raise Refusal(422, f"{wrong}\n") from None

    def _cosigned(self, checkpoint: Checkpoint) -> str:
        moment = int(time.time())
        signature = self.key.sign(f"cosignature/v1\ntime {moment}\n{checkpoint.text}".encode())
        raw = self.public_key.id + moment.to_bytes(8, "big") + signature
        return f"{verifier.DASH} {self.name} {base64.b64encode(raw).decode()}\n"
