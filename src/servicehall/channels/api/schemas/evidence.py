"""Checkpoints, proofs and receipts."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field

from servicehall.rooms.trust.queries import CheckpointView

from .base import Moment, Shown

Hash = Annotated[
    str,
    Field(
        json_schema_extra={"contentEncoding": "base64"},
        examples=["bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0="],
    ),
]
Proof = Annotated[list[Hash], Field(description="hashes in base 64, in the order of RFC 6962")]
Leaf = Annotated[
    str, Field(description="the exact text of the leaf; its hash is SHA-256 of a zero byte and this")
]


class Checkpoint(Shown):
    """A signed statement: the log of this name has so many leaves with this root."""

    origin: str = Field(examples=["hall.example.org/evidence"])
    size: int
    root: Hash
    made_at: Moment
    note: str = Field(description="the signed text with all signatures (C2SP tlog-checkpoint)")
    key: str = Field(description="the public key that signed it; compare it with the published one")
    witnesses: list[str] = Field(description="who else has signed it so far")


class Inclusion(Shown):
    """A leaf and its proof."""

    index: int = Field(description="the leaf's number in the tree, from 0")
    leaf: Leaf
    proof: Proof
    checkpoint: Checkpoint


class Consistency(Shown):
    """The proof that one tree grew out of another."""

    old: int = Field(description="leaves of the older tree")
    new: int = Field(description="leaves of the newer tree")
    proof: Proof


class Receipt(Shown):
    """An act, its leaf and its proof. The texts are exact: keep them byte for byte."""

    format: str = Field(examples=["servicehall.receipt.v1"])
    record: str = Field(description="the act as it stands in the log, as JSON text")
    salt: str = Field(
        description="32 bytes in hexadecimal: the leaf's commitment is HMAC-SHA256(salt, record)"
    )
    leaf: Leaf
    proof: str = Field(description="C2SP tlog-proof, with the checkpoint")
    key: str = Field(
        description="the public key that signed the checkpoint; compare it with the published one"
    )


def in_base64(hashes: Iterable[bytes]) -> list[str]:
    """Hashes as they are sent."""
    return [base64.b64encode(one).decode() for one in hashes]


def of_checkpoint(found: CheckpointView) -> dict[str, Any]:
    """A checkpoint as it is sent."""
    return {
        "origin": found.origin,
        "size": found.size,
        "root": in_base64([found.root])[0],
        "made_at": found.made_at.isoformat(),
        "note": found.note,
        "key": found.verifier_key,
        "witnesses": list(found.witnesses),
    }
