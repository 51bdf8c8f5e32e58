"""The evidence: signed checkpoints, proofs, and receipts that stand alone."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, Field

from servicehall.channels.api.answers import show
from servicehall.channels.api.callers import Request
from servicehall.channels.api.declaring import read
from servicehall.channels.api.schemas import evidence
from servicehall.channels.api.schemas.base import Reference
from servicehall.kernel.transactions import INSTALLATION
from servicehall.rooms.trust import queries as trust

LARGEST = 2**62
WHOLE = "installation"
"""In place of a site: the log of what belongs to no site, such as staff and tokens."""


class ActQuery(BaseModel):
    """Which act."""

    site: Reference = Field(
        description=f"a site's short name or id, or `{WHOLE}` for what belongs to no site", examples=["mall"]
    )
    seq: Annotated[int, Field(ge=1, le=LARGEST)] = Field(
        description="number in the site's log", examples=[812]
    )


class SizesQuery(BaseModel):
    """Which two trees."""

    old: Annotated[int, Field(ge=0, le=LARGEST)] = Field(alias="from", description="leaves of the older tree")
    new: Annotated[int, Field(ge=0, le=LARGEST)] = Field(alias="to", description="leaves of the newer tree")


def _site(request: Request, ref: str) -> UUID:
    return INSTALLATION if ref == WHOLE else request.auth.site(ref)


@read(
    "/evidence/checkpoint",
    evidence.Checkpoint,
    tag="evidence",
    public=True,
    refuses=[trust.NotInTreeYet],
)
def get_evidence_checkpoint(request: Request) -> HttpResponse:  # noqa: ARG001 - an endpoint
    """The newest signed statement of the log's size and root. As a file: `/evidence/checkpoint`."""
    return show(evidence.Checkpoint, evidence.of_checkpoint(trust.checkpoint()))


@read(
    "/evidence/inclusion",
    evidence.Inclusion,
    tag="evidence",
    refuses=[trust.NotInTreeYet, trust.RecordDiffers],
)
def get_evidence_inclusion(request: Request, wanted: Query[ActQuery]) -> HttpResponse:
    """The leaf of an act (an event of the log), and what proves that it is in the signed tree."""
    found = trust.inclusion(_site(request, wanted.site), wanted.seq, actor=request.auth.actor)
    return show(
        evidence.Inclusion,
        {
            "index": found.leaf.index,
            "leaf": found.leaf.entry.decode(),
            "proof": evidence.in_base64(found.proof),
            "checkpoint": evidence.of_checkpoint(found.checkpoint),
        },
    )


@read("/evidence/consistency", evidence.Consistency, tag="evidence", public=True)
def get_evidence_consistency(request: Request, wanted: Query[SizesQuery]) -> HttpResponse:  # noqa: ARG001
    """What proves that the tree of `to` leaves begins with that of `from`, unchanged."""
    found = trust.consistency(wanted.old, wanted.new)
    return show(
        evidence.Consistency,
        {"old": wanted.old, "new": wanted.new, "proof": evidence.in_base64(found)},
    )


@read(
    "/evidence/receipt",
    evidence.Receipt,
    tag="evidence",
    refuses=[trust.NotInTreeYet, trust.RecordDiffers],
)
def get_evidence_receipt(request: Request, wanted: Query[ActQuery]) -> HttpResponse:
    """An act with all that proves it: to be given away and checked offline with `verify_evidence.py`."""
    return show(
        evidence.Receipt,
        trust.receipt(_site(request, wanted.site), wanted.seq, actor=request.auth.actor),
    )
