"""Tables that hold rows are brought up to date: nothing that was in them is lost, and every rule holds afterwards.

A database of its own is made as the first version of every room had it and filled, each column of each table; then one
migration after another is run, and what it adds is filled too. Rows are made of the columns alone: a new table needs
nothing here but, where it has a rule between columns, a line in LEFT_OUT.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.transaction import atomic

from servicehall.environment import database

ALIAS = "filled"
ROWS = 3
OURS = {config.label for config in apps.get_app_configs() if config.name.startswith("servicehall.")}
NEEDED = {"auth", "contenttypes"}
"""Tables of Django's own that ours point to."""

LEFT_OUT = {
    "people.RoleGrant": {"organisation", "region"},
    "kernel.Effect": {"settled_at"},
    "diversion.PlanShift": {"point"},
}
"""Tables with a rule between columns: these stay empty in every row, and no others do."""

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def filled(
    tmp_path: Path, request: pytest.FixtureRequest, django_db_blocker: Any
) -> Iterator[BaseDatabaseWrapper]:
    """A connection to an empty database of the kind that the test runs on.

    Without the mark for tests of a database, which lets them have none but those that the settings name.
    """
    url = request.getfixturevalue("postgresql_url") if connection.vendor == "postgresql" else ""
    connections.settings[ALIAS] = copy.deepcopy(connections.settings["default"]) | database(url, tmp_path)
    with django_db_blocker.unblock():
        yield connections[ALIAS]
        connections[ALIAS].close()
    del connections[ALIAS], connections.settings[ALIAS]


def first_of_each_room(executor: MigrationExecutor) -> list[tuple[str, str]]:
    graph = executor.loader.graph
    others = [key for key in graph.leaf_nodes() if key[0] not in OURS]
    firsts = {key for key in graph.root_nodes() if key[0] in OURS}

    def came_later(key: tuple[str, str]) -> bool:
        """A room that was built on what other rooms had added by then."""
        return any(one[0] in OURS and one not in firsts for one in graph.forwards_plan(key))

    return others + sorted(key for key in firsts if not came_later(key))


def tables(state: ProjectState) -> list[type[models.Model]]:
    """Our tables in that state, those that others point to first."""
    found: dict[str, type[models.Model]] = {}

    def take(model: type[models.Model], *, on_the_way: frozenset[str] = frozenset()) -> None:
        if model._meta.label in found or model._meta.label in on_the_way:
            return
        for field in model._meta.local_concrete_fields:
            if field.related_model:
                take(field.related_model, on_the_way=on_the_way | {model._meta.label})
        found[model._meta.label] = model

    for model in state.apps.get_models(include_auto_created=True):
        if model._meta.app_label in OURS | NEEDED:
            take(model)
    return [model for model in found.values() if model._meta.managed and not model._meta.proxy]


def value(field: models.Field[Any, Any], number: int) -> Any:
    """Something that the column takes, another one in each row."""
    if isinstance(field, models.ForeignKey):
        return value(field.target_field, number)
    if field.choices:
        return next(iter(field.choices))[0]
    if isinstance(field, models.JSONField):
        return {"en": f"text {number}"}
    made: dict[str, Any] = {
        "BooleanField": False,
        "DateTimeField": datetime(2026, 3, 3, tzinfo=UTC) + timedelta(days=number),
        "DateField": date(2026, 3, number),
        "TimeField": time(number),
        "UUIDField": UUID(int=number),
        "BinaryField": bytes([number]) * 16,
        "FloatField": number + 0.5,
        "GenericIPAddressField": f"192.0.2.{number}",
    }
    kind = field.get_internal_type()
    if kind in made:
        return made[kind]
    if "Integer" in kind or "Auto" in kind:
        return number
    return f"{number}{field.name}"[: field.max_length or 20]


def empty(field: models.Field[Any, Any], number: int) -> bool:
    """What may be, is in every second row; who points to their own table points nowhere."""
    label = field.model._meta.label
    if label in LEFT_OUT:
        return field.name in LEFT_OUT[label]
    return field.null and (number % 2 == 0 or field.related_model is field.model)


def fill(db: BaseDatabaseWrapper, state: ProjectState) -> None:
    """Rows for each table that has none yet."""
    with db.cursor() as cursor:
        for model in tables(state):
            name, fields = db.ops.quote_name(model._meta.db_table), model._meta.local_concrete_fields
            cursor.execute(f"SELECT count(*) FROM {name}")
            if cursor.fetchone()[0]:
                continue
            columns = ", ".join(db.ops.quote_name(str(field.column)) for field in fields)
            for number in range(1, ROWS + 1):
                row = [None if empty(field, number) else prepared(db, field, number) for field in fields]
                marks = ", ".join(["%s"] * len(row))
                cursor.execute(f"INSERT INTO {name} ({columns}) VALUES ({marks})", row)


def prepared(db: BaseDatabaseWrapper, field: models.Field[Any, Any], number: int) -> Any:
    """The value as it lies in the table; sealed columns hold bytes that nobody has to open here."""
    if field.db_type(db) == db.data_types["BinaryField"]:
        return models.BinaryField().get_db_prep_value(bytes([number]) * 16, db)
    return field.get_db_prep_save(value(field, number), db)


def held(db: BaseDatabaseWrapper, names: Iterable[str]) -> Rows:
    found = {}
    with db.cursor() as cursor:
        for name in names:
            cursor.execute(f"SELECT * FROM {db.ops.quote_name(name)} ORDER BY 1")
            columns = [column[0] for column in cursor.description]
            found[name] = [dict(zip(columns, map(plain, row), strict=True)) for row in cursor.fetchall()]
    return found


def plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def shape(db: BaseDatabaseWrapper, name: str) -> Any:
    """A table's columns and rules, without the names that a database gives by itself."""
    with db.cursor() as cursor:
        columns = {
            (one.name, db.introspection.get_field_type(one.type_code, one), one.null_ok)
            for one in db.introspection.get_table_description(cursor, name)
        }
        rules = db.introspection.get_constraints(cursor, name).values()
    parts = ("columns", "primary_key", "unique", "foreign_key", "check", "index", "orders", "definition")
    return columns, sorted(str([rule.get(part) for part in parts]) for rule in rules)


def shapes(db: BaseDatabaseWrapper) -> dict[str, Any]:
    with db.cursor() as cursor:
        names = db.introspection.table_names(cursor)
    return {name: shape(db, name) for name in names}


def shapes_of_an_empty_one(db: BaseDatabaseWrapper) -> dict[str, Any]:
    """What the tables look like in a database that was made today; it is empty again afterwards."""
    executor = MigrationExecutor(db)
    executor.migrate(executor.loader.graph.leaf_nodes())
    found = shapes(db)
    if db.vendor == "postgresql":
        with db.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    db.close()
    if db.vendor == "sqlite":
        for path in Path(db.settings_dict["NAME"]).parent.glob("servicehall.sqlite3*"):
            path.unlink()
    return found


def test_a_filled_hall_of_the_first_version_keeps_its_rows_and_gets_every_rule(
    filled: BaseDatabaseWrapper,
) -> None:
    expected = shapes_of_an_empty_one(filled)
    executor = MigrationExecutor(filled)
    state = executor.migrate(first_of_each_room(executor))
    fill(filled, state)
    executor = MigrationExecutor(filled)
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        before = held(filled, [model._meta.db_table for model in tables(state)])
        assert all(len(rows) == ROWS for rows in before.values())
        state = MigrationExecutor(filled).migrate([(migration.app_label, migration.name)])
        after = held(filled, before)
        for name, rows in before.items():
            kept = [
                {column: row[column] for column in row.keys() & there.keys()}
                for row, there in zip(rows, after[name], strict=True)
            ]
            assert [{c: there[c] for c in row} for row, there in zip(kept, after[name], strict=True)] == kept, (
                str(migration), name,
            )  # fmt: skip
        fill(filled, state)
    assert not MigrationExecutor(filled).migration_plan(executor.loader.graph.leaf_nodes())
    assert shapes(filled) == expected
    filled.check_constraints()
    what_is_new_says_what_it_has_to()
    nothing_stands_twice(filled)


def what_is_new_says_what_it_has_to() -> None:
    """Columns that came later, in rows that were there before."""
    later: dict[str, dict[str, Any]] = {
        "customers.Purpose": {"basis": "consent"},
        "hall.Organisation": {"second_factor": "none"},
        "outgoing.Message": {"detail": "", "good_until": None, "number": "", "tried_at": None, "tries": 0},
        "people.Staff": {"email": "", "is_demo": False, "first_password_until": None},
        "queueing.Ticket": {"recalled_at": None, "customer_id": None},
    }
    for label, columns in later.items():
        rows = apps.get_model(label)._default_manager.using(ALIAS).values(*columns)
        assert list(rows) == [columns] * ROWS, label


def nothing_stands_twice(db: BaseDatabaseWrapper) -> None:
    """A second row of the same is refused by each table that has such a rule for all of its rows."""
    tried = 0
    for model in apps.get_models(include_auto_created=True):
        fields = model._meta.local_concrete_fields
        rules = [one for one in model._meta.total_unique_constraints if one.fields]
        if model._meta.app_label not in OURS or not (
            rules or any(f.unique and not f.primary_key for f in fields)
        ):
            continue
        name, key = db.ops.quote_name(model._meta.db_table), model._meta.pk
        others = [db.ops.quote_name(str(field.column)) for field in fields if field is not key]
        new = [] if key.related_model else [key.get_db_prep_save(value(key, ROWS + 1), db)]
        columns = [db.ops.quote_name(str(key.column)), *others]
        taken = ["%s", *others] if new else columns
        statement = f"INSERT INTO {name} ({', '.join(columns)}) SELECT {', '.join(taken)} FROM {name} LIMIT 1"
        with pytest.raises(IntegrityError), atomic(ALIAS), db.cursor() as cursor:
            cursor.execute(statement, new)
        tried += 1
    assert tried > 20
