"""Which records look like one person's, by blind index; what joining them would give. Reads only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.db.models import Count, Q

from servicehall.kernel.protection.fields import open_all

from .models import Customer, KeptApart

COLUMNS = {"id_index": "id_number", "phone_index": "phone", "email_index": "email", "alike_index": "name"}
FIELDS = ("name", "phone", "email", "address", "notes", "id_number")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records and what they have in common (id_number, phone, email, or name with a phone's tail)."""

    kept: Customer
    gone: Customer
    alike: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One field of two records as screens show them, and where the joined record's comes from."""

    field: str
    kept: str
    gone: str
    is_filled: bool


def filled_from(kept: Customer, gone: Customer) -> list[str]:
    """The fields that the first record lacks and the second has."""
    return [field for field in FIELDS if not getattr(kept, field) and getattr(gone, field)]


def preview(kept: Customer, gone: Customer) -> list[Line]:
    """What joining would give, masked."""
    filled = filled_from(kept, gone)
    return [Line(field, kept.masked(field), gone.masked(field), field in filled) for field in FIELDS]


def proved_by_one(kept: Customer, gone: Customer) -> bool:
    """Whether they have a phone number or an e-mail in common that only one of them proved to be theirs.

    The other may be whoever had that number before, or somebody for whom it was mistyped.
    """
    return any(
        getattr(kept, index) is not None
        and getattr(kept, index) == getattr(gone, index)
        and (getattr(kept, proof) is None) != (getattr(gone, proof) is None)
        for index, proof in (("phone_index", "phone_verified_at"), ("email_index", "email_verified_at"))
    )


def ordered(one: Customer, other: Customer) -> tuple[Customer, Customer]:
    """Which record is kept: the better identified one, else the older."""
    rank = {Customer.Level.IDENTITY: 0, Customer.Level.CONTACT: 1, Customer.Level.GUEST: 2}
    first, second = sorted(
        (one, other), key=lambda row: (rank[Customer.Level(row.level)], row.created_at, row.pk)
    )
    return first, second


def pairs(organisation_id: UUID, limit: int = 20) -> list[Pair]:
    """Pairs to look at (seven queries, whatever their number)."""
    living = Customer.objects.filter(organisation_id=organisation_id, merged_into=None, erased_at=None)
    wanted = Q()
    for column in COLUMNS:
        several = living.exclude(**{column: None}).values(column).annotate(n=Count("pk")).filter(n__gt=1)
        values = [bytes(row[column]) for row in several.order_by()[:limit]]
        wanted |= Q(**{f"{column}__in": values})
    rows = list(living.filter(wanted).order_by("created_at")[: limit * 8])
    found = _pairs(rows)
    apart = set(
        KeptApart.objects.filter(first_id__in=[a for a, _b in found]).values_list("first_id", "second_id")
    )
    by_id = {row.pk: row for row in rows}
    chosen = [key for key in found if key not in apart][:limit]
    open_all([by_id[pk] for pk in {pk for key in chosen for pk in key}])
    return [Pair(*ordered(by_id[a], by_id[b]), tuple(found[a, b])) for a, b in chosen]


def _pairs(rows: list[Customer]) -> dict[tuple[UUID, UUID], list[str]]:
    found: dict[tuple[UUID, UUID], list[str]] = defaultdict(list)
    for column, field in COLUMNS.items():
        groups: dict[bytes, list[UUID]] = defaultdict(list)
        for row in rows:
            if (index := getattr(row, column)) is not None:
                groups[bytes(index)].append(row.pk)
        for ids in groups.values():
            for one, other in pairwise(sorted(ids)):
                found[one, other].append(field)
    return found
