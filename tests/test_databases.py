"""The run's own promise: tests use the database that the run says."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_database_in_use_is_the_one_asked_for(database_kind: str) -> None:
    assert connection.vendor == database_kind
