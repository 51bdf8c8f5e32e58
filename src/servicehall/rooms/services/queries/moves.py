"""Requests that go to another device: where a code leads now, what is to be compared, what both ends listen to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from servicehall.kernel import clock, sql
from servicehall.kernel.errors import NotFound
from servicehall.rooms.services.elsewhere import (
    GoneOn,
    MirrorOver,
    MoveOver,
    MoveUsed,
    NoSuchMove,
    NotYetMoved,
)
from servicehall.rooms.services.instances import hashed, program_of
from servicehall.rooms.services.language.definition import HandOver, Ticket
from servicehall.rooms.services.models import Instance, Move

HEARD_ON = timedelta(minutes=2)
_UNDER_WAY = (Move.State.OFFERED, Move.State.CLAIMED)


def held_elsewhere(digest: str) -> Instance:
    """The request of a code that is not its own: of a phone that mirrors the kiosk.

    Raises:
        NotFound: nobody has or had that code.
        GoneOn, MirrorOver, NotYetMoved, MoveOver: see there.
    """
    found = Move.objects.select_related("instance__version").defer("instance__version__text")
    move = found.filter(Q(claim_hash=digest) | Q(from_hash=digest)).order_by("-made_at").first()
    if move is None:
        raise NotFound
    if move.claim_hash != digest:
        raise GoneOn
    match move.state, move.way:
        case Move.State.TAKEN, Move.Way.MIRROR:
            return move.instance
        case Move.State.CLAIMED, _:
            raise NotYetMoved
        case Move.State.CLOSED, Move.Way.MIRROR:
            raise MirrorOver
        case Move.State.CLOSED, _:
            raise MoveOver
    raise GoneOn


@dataclass(frozen=True, slots=True)
class Moving:
    """What is under way with a request, as one of its two ends sees it.

    ``has_it``: this end is the one that has the request now; the other one is to have it. ``number`` is what the end that
    shows it shows; ``numbers`` is what the phone offers. The phone is never told which one is right.
    """

    way: str
    state: str
    has_it: bool
    device: str
    number: str
    numbers: tuple[str, ...]
    name: str
    site: str
    ear: str

    @property
    def is_mirrored(self) -> bool:
        """Whether a phone is connected as the remote control."""
        return self.way == Move.Way.MIRROR and self.state == Move.State.TAKEN


def moving_of(code: str, *, language: str = "") -> Moving | None:
    """What is under way for whoever holds the code; None when nothing is (any more)."""
    digest = hashed(code)
    found = Move.objects.select_related("instance__version").defer("instance__version__text")
    on = Q(state__in=_UNDER_WAY, expires_at__gt=clock.now()) | Q(way=Move.Way.MIRROR, state=Move.State.TAKEN)
    mine = found.filter(on, Q(claim_hash=digest) | Q(from_hash=digest))
    move = mine.order_by("-made_at").first()
    if move is None:
        return None
    instance, has_it = move.instance, move.claim_hash != digest
    program = program_of(instance)
    shows = has_it != (move.way == Move.Way.PICKUP)
    claimed = move.state == Move.State.CLAIMED
    return Moving(
        way=move.way,
        state=move.state,
        has_it=has_it,
        device=move.device,
        number=move.number if claimed and shows else "",
        numbers=tuple(move.numbers) if claimed and not shows else (),
        name=program.say(program.flow.name, {}, language or instance.given.get("language", "en")),
        site=instance.given.get("site", ""),
        ear=digest,
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """What a code that was scanned would bring here."""

    name: str
    site: str
    way: str
    needs_number: bool


def offer_of(code: str, *, language: str) -> Offer:
    """What is offered with a code that is scanned. Looking takes nothing: messengers look at addresses too.

    Raises:
        NoSuchMove, MoveUsed, MoveOver: see there.
    """
    found = Move.objects.select_related("instance__version").defer("instance__version__text")
    scanned = found.filter(token_hash=hashed(code)).exclude(way=Move.Way.PICKUP)
    move = scanned.order_by("-made_at").first()
    if move is None:
        raise NoSuchMove
    if move.state in {Move.State.CLAIMED, Move.State.TAKEN}:
        raise MoveUsed
    is_over = move.instance.state in {Instance.State.ENDED, Instance.State.LEFT}
    if is_over or move.state != Move.State.OFFERED or move.expires_at <= clock.now():
        raise MoveOver
    program = program_of(move.instance)
    name = program.say(program.flow.name, {}, language)
    return Offer(name, move.instance.given.get("site", ""), move.way, bool(move.number))


def is_mirror(instance: Instance, code: str) -> bool:
    """Whether a code is of a phone that is the remote control, not of the request itself."""
    return instance.code_hash != hashed(code)


@dataclass(frozen=True, slots=True)
class Listened:
    """What a page listens to for news of its request: a name in its address, and what it has seen already.

    The name is a digest of the code: whoever reads it in a log can hear that something happened, and do nothing.
    """

    ear: str
    after: int


def listened(code: str) -> Listened:
    """For a page that is about to read the request: asked for first, so that nothing in between is missed."""
    digest = hashed(code)
    found = sql.row(
        "SELECT l.last FROM kernel_sitelog l JOIN services_instance i ON i.site_id = l.site_id WHERE i.code_hash = %s"
        " UNION ALL SELECT l.last FROM kernel_sitelog l JOIN services_instance i ON i.site_id = l.site_id"
        " JOIN services_move m ON m.instance_id = i.id WHERE m.claim_hash = %s LIMIT 1",
        digest,
        digest,
    )
    return Listened(digest, int(found[0]) if found else 0)


def id_of_ear(ear: str) -> tuple[UUID, UUID]:
    """The request and the site that a name to listen by stands for.

    A while longer than its holder has the request: a page that was just being loaded is told what it missed.

    Raises:
        NotFound: nobody holds a request under that name (any more).
    """
    known = Instance.objects.filter(code_hash=ear).values_list("pk", "site_id").first()
    if known is None:
        lately = Q(ended_at=None) | Q(ended_at__gte=clock.now() - HEARD_ON)
        moves = Move.objects.filter(lately, Q(claim_hash=ear) | Q(from_hash=ear)).order_by("-made_at")
        known = moves.values_list("instance_id", "instance__site_id").first()
    if known is None:
        raise NotFound
    return known


def queues_for(instance: Instance) -> list[str]:
    """The queues (short names of services) in which its flow has customers wait for a person; none when it names none."""
    steps = program_of(instance).flow.steps
    named = [step.service for step in steps if isinstance(step, HandOver | Ticket) and step.service]
    return list(dict.fromkeys(named))
