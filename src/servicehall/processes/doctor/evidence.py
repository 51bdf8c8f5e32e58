"""Checks of the evidence: the key that signs it, who else signs, whether the last signature is with this key."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from .findings import Finding, ok, problem, warning


def key(folder: Path) -> Iterator[Finding]:
    path = folder / "evidence.key"
    if os.environ.get("SERVICEHALL_EVIDENCE_KEY"):
        yield ok("The evidence's key is in the environment (SERVICEHALL_EVIDENCE_KEY)")
    elif not path.exists():
        yield warning("No evidence key yet", "The first `servicehall run` makes it.")
    elif (mode := stat.S_IMODE(path.stat().st_mode)) & 0o077:
        yield problem(
            f"{path} can be read by other users ({mode:04o}): they could sign another history",
            f"chmod 600 {path}",
        )
    else:
        yield ok("The evidence's key is readable by its owner only")


def _has_tables() -> bool:
    """Whether there is something to look at; if not, the database's own check says what is wrong."""
    from django.db import DatabaseError, connection

    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite" and not Path(name).exists():
        return False
    try:
        return "trust_checkpoint" in connection.introspection.table_names()
    except DatabaseError:
        return False


def signatures() -> Iterator[Finding]:
    """Whether key and witnesses are usable, and the evidence is signed with this key."""
    from django.conf import settings

    from servicehall.rooms.trust import actions, queries

    if settings.EVIDENCE_KEY or (Path(settings.SERVICEHALL_DATA) / "evidence.key").exists():
        try:
            ours = actions.ensure_key()
        except actions.UnusableKey as error:
            yield problem(str(error), "Put the right key back from your backup.")
            return
        last = queries.checkpoint_of() if _has_tables() else None
        if last is not None and last.verifier_key != ours:
            yield problem(
                f"The evidence was signed with another key: {last.verifier_key}",
                "Use one key on all machines (SERVICEHALL_EVIDENCE_KEY). After a change of key publish the new one.",
            )
    try:
        queries.witness_names()
    except queries.NoWitness as error:
        yield problem(
            f"SERVICEHALL_WITNESSES names no witness: {error}",
            'Write "URL KEY", separated by commas, as `servicehall witness` prints it.',
        )
    if not _has_tables():
        return
    standing = queries.standing()
    refusing = [one.name for one in standing.witnesses if one.refuses]
    if refusing:
        yield problem(
            f"Witnesses that do not sign any more: {', '.join(refusing)}",
            "The evidence is not the one that they saw grow: was the database restored, or rewritten?",
        )
    elif standing.witnesses:
        yield ok(f"Witnesses of the evidence: {', '.join(one.name for one in standing.witnesses)}")
    else:
        yield ok("The evidence has no witness (SERVICEHALL_WITNESSES)")
