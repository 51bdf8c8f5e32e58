"""What has to be in order before the roles start: tables, static files, translations, the demo.

Needs Django, so it runs in a process of its own (`servicehall prepare`) and the supervisor stays small.
Every step does nothing when there is nothing to do.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

from . import catalogues

log = logging.getLogger(__name__)

_MIGRATION_LOCK = 0x5E41CE  # any number, the same for every process of ours


NOT_SERVED = (
    *("*.map", "*.d.ts", "README*", "package.json", "dataTool*", "bmap*"),
    *(
        "echarts.js",
        "echarts.min.js",
        "echarts.common*",
        "echarts.simple*",
        "echarts.esm.js",
        "echarts.esm*.mjs",
    ),
    *("htmx.amd*", "htmx.cjs*", "htmx.esm*", "ext"),
)
"""What npm packages bring beside the one built file that pages use: ten times as much to copy and compress.

A name here holds in every package: ``htmx.js`` is not in the list because the back office's theme loads its own.
"""


class CannotPrepare(Exception):
    """Something that a person has to put right first; the message says what, in plain words."""


def prepare() -> None:
    """Ready the database, the static files and the translations.

    Raises:
        CannotPrepare: one of them cannot be readied.
    """
    build_translations()
    migrate()
    make_evidence_key()
    ready_root_keys()
    collect_static()


def make_evidence_key() -> None:
    """The key that signs the evidence, on the first start.

    Raises:
        CannotPrepare: there is a key, and it is none, or it cannot be written.
    """
    from servicehall.rooms.trust import actions

    try:
        actions.ensure_key()
    except (actions.UnusableKey, OSError) as problem:
        raise CannotPrepare(f"The evidence cannot be signed: {problem}") from problem


def build_translations() -> None:
    """Build missing translation files; an installation that cannot be written keeps those it has."""
    try:
        if count := catalogues.build():
            log.info("translations.built files=%d", count)
    except catalogues.UnreadableCatalogue as problem:
        raise CannotPrepare(f"A translation file cannot be read: {problem}") from problem
    except OSError as problem:
        log.warning("translations.not_built reason=%s", problem.strerror)


def migrate() -> None:
    """Bring the tables up to date; several machines may try at once."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        with _one_at_a_time():
            executor = MigrationExecutor(connection)
            plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if plan:
                log.info("migrations.running count=%d", len(plan))
                call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as problem:
        reason = str(problem).strip().splitlines()[0]
        raise CannotPrepare(
            f"The database cannot be used: {reason}\n`servicehall doctor` checks it and says more."
        ) from problem
    finally:
        connection.close()


def ready_root_keys() -> None:
    """Make the root key of personal data at the first start; later, see that it is there."""
    from servicehall.kernel.protection import root_keys
    from servicehall.kernel.protection.refusals import CannotStart

    try:
        root_keys.ring()
    except CannotStart as problem:
        raise CannotPrepare(str(problem)) from problem


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    from django.db import connection

    if connection.vendor != "postgresql":
        yield  # a data folder on SQLite has one supervisor, see runlock.py
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])


def collect_static() -> None:
    """Copy, name by content and compress the static files into the data folder when they have changed."""
    from django.conf import settings
    from django.core.management import call_command

    root = Path(settings.STATIC_ROOT)
    stamp = root.parent / f"{root.name}.stamp"
    state = static_state()
    if (root / "staticfiles.json").exists() and stamp.exists() and stamp.read_text() == state:
        return
    log.info("static.collecting")
    # Settings choose the storage by whether files were collected; here they are about to be.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "servicehall.channels.look.served.ServedFiles"}
    }
    try:
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=list(NOT_SERVED))
        stamp.write_text(state)
    except OSError as problem:
        raise CannotPrepare(f"Static files cannot be written to {root}: {problem.strerror}") from problem
    except ValueError as problem:  # a stylesheet names a file that is not there
        raise CannotPrepare(f"A static file is missing: {problem}. Run `make setup` again.") from problem


def static_state() -> str:
    """A digest over all static files' names, sizes and times."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(list(NOT_SERVED)):
            place = Path(storage.path(name)).stat()
            digest.update(f"{name} {place.st_size} {place.st_mtime_ns}\n".encode())
    return digest.hexdigest()
