"""The record of acts: who did what, when and where, newest first, each with the state of its proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from servicehall.kernel import clock, events, followers, sql
from servicehall.kernel.errors import BadInput
from servicehall.kernel.events import StoredEvent
from servicehall.kernel.rights import Actor
from servicehall.kernel.transactions import INSTALLATION
from servicehall.rooms.trust import entries, merkle, store
from servicehall.rooms.trust.reactions import FOLLOWER

from .reading import NOBODY, RIGHT, Under, let_read


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which acts; None means any. ``until`` is not included."""

    site: UUID | None = None
    person: UUID | None = None
    kind: str = ""
    visits: frozenset[UUID] | None = None
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, event: StoredEvent) -> bool:
        """Whether an event is one of these."""
        return (
            self.site in {None, event.site_id}
            and self.person in {None, event.actor_id}
            and self.kind in {"", event.kind}
            and (self.visits is None or event.visit_id in self.visits)
            and (self.since is None or event.at >= self.since)
            and (self.until is None or event.at < self.until)
        )


@dataclass(frozen=True, slots=True)
class Act:
    """An entry of the record: the event (None: somebody removed it), and where it is in the tree (None: waits).

    ``fits`` says whether event, leaf and hash agree, looked at anew each time; of one that was unlinked
    (``linked`` False) nobody can say it any more.
    """

    site_id: UUID
    seq: int
    kind: str
    at: datetime
    event: StoredEvent | None
    index: int | None
    fits: bool
    linked: bool = True


def trail(
    wanted: Wanted, *, actor: Actor, under: Under = NOBODY, after: str = "", limit: int = 50
) -> tuple[list[Act], str]:
    """A page of acts and the cursor of the next page ("": none). Three queries, whatever is asked for.

    ``under`` are the sites of organisations whose own acts may be among them.

    Raises:
        NotAllowed, NotFound: the actor may not read the evidence of that site.
        BadInput: the cursor is not one of ours.
    """
    sites = _sites(wanted, actor, under)
    waiting = [] if after else _waiting(wanted, sites, limit)
    rows = _rows(wanted, sites, after, limit + 1)
    more = rows[:limit]
    hashes = store.tiles({(0, int(row[0]) // merkle.WIDTH) for row in more})
    acts = [*waiting, *(_act(row, hashes) for row in more)]
    last = more[-1] if len(rows) > limit else None
    return acts, f"{clock.micros(events.moment(last[5]))}.{last[0]}" if last else ""


def _sites(wanted: Wanted, actor: Actor, under: Under) -> frozenset[UUID] | None:
    if wanted.site is not None:
        let_read(actor, wanted.site, under)
        return frozenset({wanted.site})
    sites = actor.sites(RIGHT)
    return None if sites is None else sites | {one for one, its in under.items() if sites & its}


def _waiting(wanted: Wanted, sites: frozenset[UUID] | None, limit: int) -> list[Act]:
    found = followers.not_taken_in(FOLLOWER, sites, limit)
    return [Act(e.site_id, e.seq, e.kind, e.at, e, index=None, fits=True) for e in found if wanted.takes(e)]


def _before(after: str) -> tuple[datetime, int]:
    try:
        micros, _dot, index = after.partition(".")
        return clock.from_micros(int(micros)), int(index)
    except (ValueError, OverflowError):
        raise BadInput(errors={"after": "cursor"}) from None


def _rows(wanted: Wanted, sites: frozenset[UUID] | None, after: str, limit: int) -> list[tuple[Any, ...]]:
    if sites == frozenset() or wanted.visits == frozenset():
        return []
    conditions: list[tuple[str, tuple[Any, ...]]] = [
        (condition, (value,))
        for condition, value in (
            ("l.actor_id = %s", wanted.person),
            ("l.kind = %s", wanted.kind),
            ("l.at >= %s", wanted.since),
            ("l.at < %s", wanted.until),
        )
        if value
    ]
    for column, ids in (("l.site_id", sites), ("e.visit_id", wanted.visits)):
        if ids is not None:
            conditions.append((f"{column} IN ({sql.placeholders(len(ids))})", tuple(sorted(ids))))
    if after:
        conditions.append(('(l.at, l."index") < (%s, %s)', _before(after)))
    where = " AND ".join(condition for condition, _values in conditions)
    return sql.rows(
        f'SELECT l."index", l.site_id, l.seq, l.entry, l.salt, l.at, {store.EVENT} FROM trust_leaf l'
        " LEFT JOIN kernel_event e ON e.site_id = l.site_id AND e.seq = l.seq"
        f"{' WHERE ' if where else ''}{where}"
        ' ORDER BY l.at DESC, l."index" DESC LIMIT %s',
        *(value for _condition, values in conditions for value in values),
        limit,
    )


def _act(row: tuple[Any, ...], hashes: merkle.Tiles) -> Act:
    index, site_id, seq, entry, salt, at = row[:6]
    event = events.stored([row[6:]])[0] if row[6] is not None else None
    leaf = store.leaf_of(index, entry, salt)
    return Act(
        sql.uuid(site_id) or INSTALLATION,
        int(seq),
        leaf.facts["kind"],
        events.moment(at),
        event,
        leaf.index,
        leaf.fits(event) and _is_hashed(leaf, hashes),
        leaf.salt is not None,
    )


def _is_hashed(leaf: entries.Leaf, hashes: merkle.Tiles) -> bool:
    first = leaf.index % merkle.WIDTH * merkle.SIZE
    tile = hashes.get((0, leaf.index // merkle.WIDTH), b"")
    return tile[first : first + merkle.SIZE] == merkle.leaf_hash(leaf.entry)
