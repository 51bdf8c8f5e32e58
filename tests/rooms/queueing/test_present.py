"""Those who are in the hall now are found by their partial indexes, not by reading all past tickets."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection

from servicehall.rooms.queueing import present

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_a_site_is_searched_by_the_index_of_those_at_work() -> None:
    statement, params = present.at_work().filter(site_id=uuid4()).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", params)
        assert "ticket_at_work" in str(cursor.fetchall())


def test_the_head_of_a_line_is_searched_by_the_index_of_those_who_wait() -> None:
    wanted = present.in_line().filter(stage=uuid4(), priority=uuid4(), order_key=1)
    statement, params = wanted.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", params)
        assert "ticket_waiting" in str(cursor.fetchall())
