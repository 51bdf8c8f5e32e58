"""Raw statements: the same values in and out on both databases, also past a broken connection."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from servicehall.kernel import sql
from servicehall.kernel.events import moment
from servicehall.kernel.ids import uuid7
from servicehall.kernel.models import KeptAnswer, SiteLog

WHEN = datetime(2026, 3, 3, 2, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.django_db
def test_values_go_in_as_django_holds_them_and_come_out() -> None:
    site = uuid7()
    assert sql.run("INSERT INTO kernel_sitelog (site_id, last) VALUES (%s, %s)", site, 2**40) == 1
    assert SiteLog.objects.get(site_id=site).last == 2**40
    found = sql.row("SELECT site_id, last FROM kernel_sitelog WHERE site_id = %s", site)
    assert found is not None
    assert (sql.uuid(found[0]), found[1]) == (site, 2**40)
    keep = "INSERT INTO kernel_keptanswer (scope, key, fingerprint, status, body, created_at) VALUES (%s, %s, %s, %s, %s, %s)"
    sql.run(keep, "a", "50 % off", "f", 200, "{}", WHEN)
    assert KeptAnswer.objects.get(key="50 % off").created_at == WHEN
    ((key, created),) = sql.rows("SELECT key, created_at FROM kernel_keptanswer WHERE key LIKE '50 %%'")
    assert (key, moment(created)) == ("50 % off", WHEN)
    assert sql.rows("SELECT site_id FROM kernel_sitelog WHERE site_id = %s", UUID(int=0)) == []


@pytest.mark.django_db
def test_a_counted_statement_gives_the_same() -> None:
    site = uuid7()
    with CaptureQueriesContext(connection) as seen:
        sql.run("INSERT INTO kernel_sitelog (site_id, last) VALUES (%s, %s)", site, 7)
        found = sql.row("SELECT site_id, last FROM kernel_sitelog WHERE site_id = %s", site)
    assert found
    assert (sql.uuid(found[0]), found[1], len(seen)) == (site, 7, 2)


@pytest.mark.django_db
def test_errors_are_djangos() -> None:
    site = uuid7()
    put = "INSERT INTO kernel_sitelog (site_id, last) VALUES (%s, 1)"
    sql.run(put, site)
    with pytest.raises(IntegrityError):
        sql.run(put, site)


@pytest.mark.django_db
def test_a_failed_transaction_takes_no_more_statements() -> None:
    from django.db.transaction import TransactionManagementError, atomic, set_rollback

    with atomic():
        set_rollback(True)
        with pytest.raises(TransactionManagementError):
            sql.row("SELECT 1")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_broke_while_idle_is_made_anew(database_kind: str) -> None:
    if database_kind != "postgresql":
        pytest.skip("SQLite has no connection to lose")
    import psycopg

    assert sql.row("SELECT 1") == (1,)
    found = sql.row("SELECT pg_backend_pid()")
    assert found
    parameters = {
        k: v for k, v in connection.get_connection_params().items() if k not in {"cursor_factory", "context"}
    }
    with psycopg.connect(**parameters, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", found)
    assert sql.row("SELECT 2") == (2,)
    with pytest.raises(DatabaseError):
        sql.row("SELECT nothing")


def test_days_are_written_as_dates() -> None:
    assert sql.put(date(2026, 3, 3)) in {"2026-03-03", date(2026, 3, 3)}
