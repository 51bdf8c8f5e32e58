"""Checks of what protects personal data: ciphers, root keys and who can read them, values that were refused."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import timedelta

from .findings import Finding, ok, problem, warning


def ciphers() -> Iterator[Finding]:
    """The ciphers' answers were compared when the program was loaded; here it is said."""
    from servicehall.kernel.protection import known_answers, suites

    known_answers.check()
    suite = suites.chosen()
    yield ok(
        f"Personal data is encrypted with {suite.name}; {len(known_answers.ANSWERS)} known answers are right"
    )


def keys() -> Iterator[Finding]:
    """Root keys are there, closed, and fit the database."""
    from django.db import DatabaseError

    from servicehall.kernel.protection import keys, root_keys
    from servicehall.kernel.protection.refusals import CannotStart

    kind = root_keys.source()
    if kind == "file" and not root_keys.path().exists():
        yield from _no_file_yet()
        return
    try:
        held = root_keys.ring()
    except CannotStart as error:
        yield problem(str(error), "Nothing that is encrypted can be read until then.")
        return
    mode = f" (mode {stat.S_IMODE(root_keys.path().stat().st_mode):04o})" if kind == "file" else ""
    yield ok(f"Root key {held.newest} comes from the {kind}{mode}")
    try:
        counts = keys.counts()
    except DatabaseError:
        return  # the database has a check of its own
    if missing := sorted(counts.keys() - held.secrets.keys()):
        yield problem(
            f"Root key {', '.join(map(str, missing))} is missing and {sum(counts[n] for n in missing)} data keys need it",
            "Put it back from its safe copy.",
        )
    elif older := sum(count for version, count in counts.items() if version != held.newest):
        yield warning(
            f"{older} data keys are wrapped by an older root key", "`servicehall keys rotate-root` goes on."
        )


def _no_file_yet() -> Iterator[Finding]:
    from django.db import DatabaseError

    from servicehall.kernel.models import DataKey
    from servicehall.kernel.protection import root_keys

    try:
        needed = DataKey.objects.exists()
    except DatabaseError:
        needed = False
    if needed:
        yield problem(
            f"The root keys {root_keys.path()} are missing", "Put the file back from its safe copy."
        )
    else:
        yield ok("Root keys are made when the first personal data comes")


def refused_values() -> Iterator[Finding]:
    """Stored values that could not be opened: somebody may have changed the database by hand."""
    from django.db import DatabaseError

    from servicehall.kernel import clock
    from servicehall.kernel.models import Event

    since = clock.now() - timedelta(days=1)
    try:
        count = Event.objects.filter(kind="protection.value-refused", at__gte=since).count()
    except DatabaseError:
        return
    if count:
        yield problem(
            f"{count} protected values were refused in the last 24 hours",
            "They were cut, changed or swapped in the database. Restore them from a backup and find out who did it.",
        )
