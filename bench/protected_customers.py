"""Measures protected fields inside a hall: `python -m bench.protected_customers CUSTOMERS`; prints JSON.

A thousand customers are real. The others are of the same size but random (nobody decrypts them while another
is looked up), so that a million are there within a minute or two.
"""

from __future__ import annotations

import json
import os
import secrets
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicehall.settings")
REAL = 1000
PART = 10_000
FIELD = "a field of sixty-four bytes, as long as an address may well be.."
KEY_COLUMNS = "use, owner_id, tenant_id, version, suite, root_version, wrapped, created_at"


def main(count: int) -> None:
    import django

    django.setup()
    from servicehall.rooms.hall.models import Organisation

    tenant = Organisation.objects.values_list("pk", flat=True)[0]
    phones = _real(tenant)
    figures = {"fields": {name: _fields(tenant, name) for name in ("sm4-gcm", "aes-256-gcm")}}
    started = time.perf_counter()
    _fill(tenant, count - REAL)
    print(f"filled in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    print(json.dumps(figures | {"customers": _count(), **_look_up(tenant, phones), **_list(tenant)}))


def _real(tenant: UUID) -> list[str]:
    from servicehall.kernel import clock
    from servicehall.kernel.transactions import transaction
    from servicehall.rooms.customers.models import Customer

    phones = [f"+861380013{n:04}" for n in range(REAL)]
    with transaction(tenant):
        for n, phone in enumerate(phones):
            Customer.objects.create(
                organisation_id=tenant, channel="desk", created_at=clock.now(), changed_at=clock.now(),
                name=f"王小明{n}", phone=phone, email=f"wang{n}@example.com", address=FIELD, notes=FIELD,
                id_number=f"1101051949123{n:05}",
            )  # fmt: skip
    return phones


def _fields(tenant: UUID, suite: str) -> dict[str, float]:
    """Microseconds to seal and to open a field of 64 bytes, the key at hand as within a request."""
    from django.conf import settings

    from servicehall.kernel.protection.fields import protected_fields
    from servicehall.kernel.transactions import transaction
    from servicehall.rooms.customers.models import Customer

    settings.PROTECTION_SUITE = suite
    row = Customer(organisation_id=tenant)
    field = next(f for f in protected_fields(Customer) if f.name == "address")
    with transaction(tenant):
        sealed = field.sealed(row, FIELD)
        seal = _micros(lambda: field.sealed(row, FIELD))
        opened = _micros(lambda: field.opened(row, sealed))
    settings.PROTECTION_SUITE = "sm4-gcm"
    return {"seal": seal, "open": opened}


def _micros(act: Callable[[], object], times: int = 4000) -> float:
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        for _ in range(times):
            act()
        taken.append((time.perf_counter() - started) / times * 1e6)
    return statistics.median(taken)


def _fill(tenant: UUID, count: int) -> None:
    from django.db import connection

    from servicehall.rooms.customers.models import Customer

    columns = [str(f.column) for f in Customer._meta.concrete_fields]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")  # for the filling; nothing is written afterwards
    for start in range(0, count, PART):
        made = list(_rows(tenant, min(PART, count - start)))
        keys = [key for _row, key in made]
        _insert(
            connection, "customers_customer", columns, [[row.get(c) for c in columns] for row, _key in made]
        )
        _insert(connection, "kernel_datakey", KEY_COLUMNS.split(", "), keys)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # what a database has done long before it holds a million rows
            cursor.execute("VACUUM ANALYZE")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("ANALYZE")


def _rows(tenant: UUID, count: int) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    from servicehall.kernel import clock
    from servicehall.kernel.ids import uuid7

    now = clock.now()
    for _ in range(count):
        pk = uuid7()
        row = {
            "id": pk, "organisation_id": tenant, "level": "contact", "channel": "phone", "document": "",
            "language": "zh-Hans", "created_at": now, "changed_at": now, "seen_at": now,
            "name": secrets.token_bytes(40), "phone": secrets.token_bytes(45),
            "phone_index": secrets.token_bytes(16), "alike_index": secrets.token_bytes(16),
        }  # fmt: skip
        yield row, ["person", pk, tenant, 1, 1, 1, secrets.token_bytes(49), now]


def _insert(connection: Any, table: str, columns: list[Any], rows: list[list[Any]]) -> None:
    from django.db import transaction

    from servicehall.kernel import sql

    names = ", ".join(columns)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = sql.placeholders(len(columns))
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"
            cursor.executemany(statement, [[sql.put(value) for value in row] for row in rows])


def _count() -> int:
    from servicehall.rooms.customers.models import Customer

    return Customer.objects.count()


def _look_up(tenant: UUID, phones: list[str]) -> dict[str, float]:
    """Milliseconds to find a customer by phone and read name and phone, each time another one."""
    from servicehall.kernel.protection import keys
    from servicehall.kernel.protection.blind_index import index_of
    from servicehall.rooms.customers.models import Customer

    keys.forget()
    taken = []
    for n in range(2 * len(phones)):
        phone = phones[n * 7 % len(phones)]
        started = time.perf_counter()
        index = index_of(Customer, "phone_index", tenant, phone)
        [found] = Customer.objects.filter(organisation_id=tenant, phone_index=index)
        same = found.phone == phone and found.name.startswith("王")
        taken.append((time.perf_counter() - started) * 1000)
        assert same
    taken.sort()
    return {"p50": taken[len(taken) // 2], "p99": taken[int(len(taken) * 0.99)]}


def _list(tenant: UUID) -> dict[str, float]:
    """Milliseconds to read and decrypt 50 customers with six fields, with no key in the process and with all."""
    from servicehall.kernel.protection import keys
    from servicehall.kernel.protection.fields import open_all
    from servicehall.rooms.customers.models import Customer

    def read() -> float:
        started = time.perf_counter()
        rows = list(Customer.objects.filter(organisation_id=tenant).order_by("created_at")[:50])
        open_all(rows)
        shown = [[row.masked(name) for name in Customer.MASKS] for row in rows]
        taken = (time.perf_counter() - started) * 1000
        assert len(shown) == 50
        assert all(all(texts) for texts in shown)
        return taken

    cold = []
    for _ in range(20):
        keys.forget()
        cold.append(read())
    return {"list_cold": statistics.median(cold), "list_warm": statistics.median(read() for _ in range(50))}


if __name__ == "__main__":
    main(int(sys.argv[1]))
