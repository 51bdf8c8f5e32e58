"""Checks of what was built and of what runs: settings, static files, translations, ports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from servicehall.processes import catalogues, ports, preparation, runlock

from .findings import Finding, ok, problem, warning

PAGES_NEED = ("vendor/htmx/htmx.min.js", "vendor/echarts/echarts.esm.min.js")


def translations() -> Iterator[Finding]:
    outdated = list(catalogues.outdated())
    if outdated:
        names = ", ".join(
            str(p.relative_to(catalogues.PACKAGE).parent.parent.parent.parent) for p in outdated
        )
        yield warning(f"Translations are not built for {names}", "`servicehall prepare` builds them.")
    else:
        yield ok("Translations are built")


def static_files() -> Iterator[Finding]:
    from django.conf import settings
    from django.contrib.staticfiles import finders

    root = Path(settings.STATIC_ROOT)
    collected = (root / "staticfiles.json").exists()
    missing = [name for name in PAGES_NEED if not finders.find(name) and not (root / name).exists()]
    stamp = root.parent / f"{root.name}.stamp"
    if missing:
        yield problem(
            f"The pages' scripts are missing: {', '.join(missing)}", "Run `make setup` (npm fetches them)."
        )
    elif not collected:
        yield warning("Static files are not collected yet", "The first `servicehall run` does it.")
    elif not stamp.exists() or stamp.read_text() != preparation.static_state():
        yield warning("Static files are older than the program", "The next `servicehall run` renews them.")
    else:
        yield ok("Static files are collected")


def addresses() -> Iterator[Finding]:
    """No site or zone has the address of a page."""
    from django.db import DatabaseError

    from servicehall.rooms.hall import queries as hall

    try:
        hidden = hall.hidden_by_pages()
    except DatabaseError:
        return  # said by the check of the database
    for kind, slug in hidden:
        yield warning(
            f"The {kind} “{slug}” has the address of a page: some of its own pages cannot be reached",
            "Change its short name in the back office; print its QR codes anew.",
        )
    if not hidden:
        yield ok("No site or zone has the address of a page")


def listening(host: str, port: int, live_port: int, folder: Path) -> Iterator[Finding]:
    """Ports are free, or it is our own hall that uses them."""
    running = runlock.holder(folder)
    for number, option in ((port, "--port"), (live_port, "--live-port")):
        try:
            ports.claim(host, number, option=option, wait=0)
        except ports.PortUnavailable as error:
            if running and ports.is_served(host, number):
                yield ok(f"Port {number} is served by the hall that runs here ({running})")
            else:
                yield problem(
                    str(error).splitlines()[0], f"Choose another with {option}, or stop that program."
                )
        else:
            yield ok(f"Port {number} is free")
