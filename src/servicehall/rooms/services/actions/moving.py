"""Moving a request between devices: offered by the one that has it, claimed by another, taken once.

Whoever claims brings the code that is to be theirs; it counts when the move is taken. So a claim that is sent again because
its answer was lost is the same claim, and no code is ever kept or shown twice.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.events import record
from servicehall.kernel.protection.blind_index import writing_key
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.services import moving
from servicehall.rooms.services.elsewhere import MoveOver, MoveUsed, NoSuchMove
from servicehall.rooms.services.events import MoveClaimed, MoveClosed, MoveOffered, MoveTaken
from servicehall.rooms.services.instances import answers_of, hashed, path_of, program_of
from servicehall.rooms.services.models import Instance, Move
from servicehall.rooms.services.path import FlowFault

from .keeping_on import RIGHT, about, locked, settle
from .refusals import (
    AlreadyMirrored,
    BeingDone,
    ChannelNotServed,
    Over,
    PaymentUnderWay,
    WrongNumber,
)
from .unsent import Unsent, keep_unsent

UNDER_WAY = (Move.State.OFFERED, Move.State.CLAIMED)
_HELD = re.compile(r"[\w-]{22,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Offered:
    """A move, and the code with which another device claims it. The code is nowhere else."""

    move: Move
    code: str


def new_code() -> str:
    """What a device brings to a claim: nobody can guess it."""
    return secrets.token_urlsafe(16)


def offer_move(
    *,
    instance_id: UUID,
    way: str,
    by: Actor,
    device: str = "",
    unsent: Unsent | None = None,
    at: datetime | None = None,
) -> Offered:
    """A code for another device to have the request with; one shown before stops being good.

    Args:
        way: away (kiosk to phone), mirror, or pickup (phone to kiosk; the code is short, then).
        device: the kiosk that shows it.
        unsent: what stands in the form of the step, to stand there on the other device too.

    Raises:
        ChannelNotServed: the service cannot be done there.
        AlreadyMirrored: a phone is connected.
    """
    moment = at or clock.now()
    with locked(instance_id, by) as instance:
        _served(instance, way)
        if way == Move.Way.MIRROR and instance.moves.filter(way=way, state=Move.State.TAKEN).exists():
            raise AlreadyMirrored
        keep_unsent(instance, unsent)
        _close(list(instance.moves.filter(state__in=UNDER_WAY)), "newer", by=by, at=moment)
        move = Move(
            instance=instance,
            way=way,
            device=device[:80],
            from_hash=instance.code_hash,
            made_at=moment,
            expires_at=moment + moving.VALID_FOR,
        )
        code = _code(instance, move, by=by, at=moment)
        if moving.needs_number(program_of(instance).flow, instance.given, way):
            move.number, move.numbers = moving.numbers()
        move.save(force_insert=True)
        record(MoveOffered(**_facts(move)), actor=by, at=moment, subject_id=instance.pk)
    return Offered(move, code)


def _served(instance: Instance, way: str) -> None:
    """Whether the service can go on there.

    Raises:
        ChannelNotServed: see there.
    """
    flow = program_of(instance).flow
    if not moving.is_served(flow, way):
        raise ChannelNotServed(flow=flow.slug, channels=list(flow.channels))


def _code(instance: Instance, move: Move, *, by: Actor, at: datetime) -> str:
    """The move's code, with its digest in the row. A short one is nobody else's at the site while it is good."""
    if move.way != Move.Way.PICKUP:
        code = secrets.token_urlsafe(16)
        move.token_hash = hashed(code)
        return code
    while True:
        code = moving.pickup_code()
        move.token_hash = _short(instance.site_id, code)
        if (held := _under_way(move.token_hash)) is None:
            return code
        if held.expires_at <= at:
            _close([held], "expired", by=by, at=at)
            return code


def _short(site_id: UUID, code: str) -> str:
    """A keyed digest: of a short code a plain one would be found by trying all."""
    key = writing_key("services.move", use="digest")
    return key.suite.mac(key.secret, f"{site_id}|{code}".encode()).hex()[:64]


def _under_way(token_hash: str) -> Move | None:
    found = Move.objects.select_related("instance__version").defer("instance__version__text")
    return found.filter(token_hash=token_hash, state__in=UNDER_WAY).first()


def _facts(move: Move) -> dict[str, Any]:
    return {**about(move.instance), "move": move.pk, "way": move.way}


def claim_move(*, code: str, held: str, by: Actor, at: datetime | None = None) -> Move:
    """A phone scanned the code. Taken at once, unless a number is to be compared first.

    Args:
        held: the code that is the device's own from then on (:func:`new_code`). The same again is the same claim.

    Raises:
        NoSuchMove, MoveUsed, MoveOver, Over: see there. Nothing was changed.
    """
    digest = hashed(code)
    found = Move.objects.filter(token_hash=digest).exclude(way=Move.Way.PICKUP)
    known = found.order_by("-made_at").values_list("pk", "instance__site_id").first()
    if known is None:
        raise NoSuchMove
    allow(by, RIGHT, known[1])
    with transaction(known[1]):
        return _claim(_locked_move(known[0]), held, by=by, at=at or clock.now())


def claim_pickup(
    *, site_id: UUID, code: str, held: str, device: str, by: Actor, at: datetime | None = None
) -> Move:
    """Somebody typed a short code at a kiosk of the site: the number is to be compared before anything is shown.

    Raises:
        NoSuchMove: as :func:`claim_move`; also for a code of another site.
        ChannelNotServed: the service cannot be done at kiosks.
    """
    allow(by, RIGHT, site_id)
    digits = re.sub(r"\D", "", code)
    with transaction(site_id):
        token_hash = _short(site_id, digits)
        found = (
            _under_way(token_hash)
            or Move.objects.filter(token_hash=token_hash, claim_hash=hashed(held)).first()
        )
        if found is None or found.instance.site_id != site_id:
            raise NoSuchMove
        move = _locked_move(found.pk)
        move.device = device[:80]
        return _claim(move, held, by=by, at=at or clock.now())


def _locked_move(pk: UUID) -> Move:
    """As it is now; the caller holds the site's line."""
    moves = Move.objects.select_related("instance__version").defer("instance__version__text")
    return moves.get(pk=pk)


def _claim(move: Move, held: str, *, by: Actor, at: datetime) -> Move:
    if not _HELD.fullmatch(held):
        raise BadInput(errors={"held": "22–64"})
    claim = hashed(held)
    if move.claim_hash == claim:
        return move
    if move.state in {Move.State.CLAIMED, Move.State.TAKEN}:
        raise MoveUsed
    _still_good(move, at)
    if move.state == Move.State.CLOSED or Move.objects.filter(claim_hash=claim).exists():
        raise MoveOver
    _served(move.instance, move.way)
    move.claim_hash = claim
    if not move.number:
        _take(move, by=by, at=at)
        return move
    move.state = Move.State.CLAIMED
    move.save(update_fields=["claim_hash", "state", "device"])
    record(MoveClaimed(**_facts(move)), actor=by, at=at, subject_id=move.instance_id)
    return move


def _still_good(move: Move, at: datetime) -> None:
    """Raises:
    Over: the request has ended.
    MoveOver: the code is too old, or the device that showed it does not have the request any more.
    """
    if move.instance.state in {Instance.State.ENDED, Instance.State.LEFT}:
        raise Over
    if move.expires_at <= at or move.from_hash != move.instance.code_hash:
        raise MoveOver


def choose_number(*, held: str, number: str, by: Actor, at: datetime | None = None) -> Move:
    """The customer's phone says which number the other screen shows; the right one moves the request.

    Args:
        held: the code that the phone has: of its claim, or for a pick-up of the request.

    Raises:
        WrongNumber: then the code is spent, and nothing was moved.
        MoveOver, Over: see there.
    """
    moment, digest = at or clock.now(), hashed(held)
    by_claim = Q(claim_hash=digest) & ~Q(way=Move.Way.PICKUP)
    of_holder = Q(from_hash=digest, way=Move.Way.PICKUP)
    newest = Move.objects.filter(by_claim | of_holder, claim_hash__isnull=False).order_by("-made_at")
    known = newest.values_list("pk", "instance__site_id").first()
    if known is None:
        raise MoveOver
    allow(by, RIGHT, known[1])
    with transaction(known[1]):
        move = _locked_move(known[0])
        if move.state == Move.State.TAKEN:
            return move
        if move.state != Move.State.CLAIMED:
            raise MoveOver
        _still_good(move, moment)
        is_right = secrets.compare_digest(number.encode(), move.number.encode())
        if is_right:
            _take(move, by=by, at=moment)
        else:
            _close([move], "wrong-number", by=by, at=moment)
    if not is_right:
        raise WrongNumber
    return move


def _take(move: Move, *, by: Actor, at: datetime) -> None:
    """The request is the other device's from here on, or both's."""
    instance = move.instance
    move.state = Move.State.TAKEN
    if move.way != Move.Way.MIRROR:
        others = instance.moves.filter(
            Q(state__in=UNDER_WAY) | Q(way=Move.Way.MIRROR, state=Move.State.TAKEN)
        )
        _close(list(others.exclude(pk=move.pk)), "moved", by=by, at=at)
        move.ended_at = at
        _hand(instance, str(move.claim_hash), moving.CHANNELS[Move.Way(move.way)], by=by, at=at)
    move.save()
    taken = MoveTaken(**_facts(move), revision=instance.revision)
    record(taken, actor=by, at=at, subject_id=instance.pk)


def _hand(instance: Instance, code_hash: str, channel: str, *, by: Actor, at: datetime) -> None:
    """Another device has it, on another channel; what then waits is found anew.

    Raises:
        PaymentUnderWay, BeingDone: on that channel something else would wait, and this cannot be let go of now.
    """
    before = _waits(instance)
    instance.code_hash, instance.channel = code_hash, channel
    instance.revision += 1
    instance.changed_at = at
    instance.save(update_fields=["code_hash", "channel", "revision", "changed_at"])
    if instance.state != Instance.State.OPEN or before is None or before == _waits(instance):
        return
    if instance.intent_id is not None:
        raise PaymentUnderWay
    if before[2]:
        raise BeingDone
    settle(instance, answers_of(instance), by=by, at=at)


def _waits(instance: Instance) -> tuple[str, str, bool] | None:
    """The step that waits, what it is asked with, and whether another system may be doing it."""
    try:
        path = path_of(instance)
    except FlowFault:
        return None
    step = path.step or path.end
    is_done = path.ask is not None and path.ask.once
    return (step.id, path.basis if path.ask is not None else "", is_done) if step else None


def stop_move(*, held: str, by: Actor, at: datetime | None = None) -> None:
    """Either end takes it back: a code that is shown, a number that is compared, a phone that is connected.

    Nothing happens when nothing is under way. What was moved stays moved.
    """
    moment, digest = at or clock.now(), hashed(held)
    known = Move.objects.filter(Q(claim_hash=digest) | Q(from_hash=digest)).order_by("-made_at")
    first = known.values_list("instance_id", "instance__site_id").first()
    if first is None:
        return
    allow(by, RIGHT, first[1])
    with transaction(first[1]):
        moves = Move.objects.select_related("instance__version").defer("instance__version__text")
        mine = moves.filter(Q(claim_hash=digest) | Q(from_hash=digest), instance_id=first[0])
        # A remote control may still read the end of what has ended.
        is_on = ~Q(instance__state__in=[Instance.State.ENDED, Instance.State.LEFT])
        on = Q(state__in=UNDER_WAY) | (Q(way=Move.Way.MIRROR, state=Move.State.TAKEN) & is_on)
        _close(list(mine.filter(on)), "stopped", by=by, at=moment)


def _close(moves: list[Move], why: str, *, by: Actor, at: datetime, state: str = Move.State.CLOSED) -> None:
    """Ends moves, in the open transaction."""
    for move in moves:
        move.state, move.ended_at = state, at
        move.save(update_fields=["state", "ended_at"])
        record(MoveClosed(**_facts(move), why=why), actor=by, at=at, subject_id=move.instance_id)


def close_moves(instance: Instance, why: str, *, by: Actor, at: datetime) -> None:
    """Ends what is under way with a request, a remote control too, in the open transaction."""
    on = Q(state__in=UNDER_WAY) | Q(way=Move.Way.MIRROR, state=Move.State.TAKEN)
    _close(list(instance.moves.filter(on)), why, by=by, at=at)


def give_back(*, instance_id: UUID, by: Actor, at: datetime | None = None) -> bool:
    """The kiosk lets go of a request that was picked up at it: the phone has it again, its end too. Whether there was one.

    Raises:
        PaymentUnderWay, BeingDone: by phone something else would wait, and this cannot be let go of now.
        NotFound: there is no such request at a site of the actor's.
    """
    moment = at or clock.now()
    site_id = Instance.objects.filter(pk=instance_id).values_list("site_id", flat=True).first()
    if site_id is None:
        raise NotFound
    allow(by, RIGHT, site_id)
    with transaction(site_id):
        moves = Move.objects.select_related("instance__version").defer("instance__version__text")
        move = moves.filter(
            instance_id=instance_id,
            way=Move.Way.PICKUP,
            state=Move.State.TAKEN,
            claim_hash=F("instance__code_hash"),
        ).first()
        if move is None:
            return False
        others = list(move.instance.moves.filter(state__in=UNDER_WAY))
        _close(others, "given-back", by=by, at=moment)
        _close([move], "given-back", by=by, at=moment, state=Move.State.BACK)
        _hand(move.instance, move.from_hash, "phone", by=by, at=moment)
        return True
