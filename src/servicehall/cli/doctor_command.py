"""`servicehall doctor`: says in plain words what is in order and what is not. Exit code 1 on a problem."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from . import surroundings

if TYPE_CHECKING:
    from servicehall.processes.doctor.findings import Check, Finding


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address that the hall listens on (default: %(default)s)"
    )
    parser.add_argument("--port", type=int, default=8000, help="port of the pages (default: %(default)s)")
    parser.add_argument("--live-port", type=int, help="port of the event streams (default: the next one)")
    parser.add_argument(
        "--advisories",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="known weaknesses in packages, in the OSV format (JSON, or a ZIP of it); may be given for PyPI and npm",
    )
    surroundings.add_data_argument(parser)


def run(options: argparse.Namespace) -> int:
    counts = {"ok": 0, "warning": 0, "problem": 0}
    for finding in _findings(options):
        counts[finding.level] += 1
        print(f"{finding.level:8} {finding.what}", flush=True)
        if finding.advice:
            print(f"{'':8} → {finding.advice}", flush=True)
    print(f"\n{_verdict(counts)}")
    return 1 if counts["problem"] else 0


def _verdict(counts: dict[str, int]) -> str:
    if not counts["problem"] and not counts["warning"]:
        return "All is well."
    said = [f"{n} {word}{'' if n == 1 else 's'}" for word, n in counts.items() if word != "ok" and n]
    return f"{' and '.join(reversed(said))}."


def _findings(options: argparse.Namespace) -> Iterator[Finding]:
    from servicehall.processes.doctor.findings import examine, problem

    folder = surroundings.data_folder(options.data)
    yield from examine([*_machine(folder), *_packages(options.advisories)])
    if not folder.is_dir():
        os.environ.setdefault("SERVICEHALL_SECRET", "x" * 50)  # looking must not make the folder and its key
    try:
        surroundings.load_django()
    except Exception as error:  # noqa: BLE001 - a broken installation may raise anything
        yield problem(
            f"The program cannot be loaded: {type(error).__name__}: {error}",
            "Check the environment's settings (DATABASE_URL, SERVICEHALL_…), then run `make setup`.",
        )
        return
    yield from examine(_installation(options, folder))


def _machine(folder: Path) -> list[Check]:
    from servicehall.processes.doctor import machine

    requirements = surroundings.CHECKOUT / "requirements" / "runtime.txt"
    return [
        machine.python,
        partial(machine.packages, requirements),
        partial(machine.data_folder, folder),
        machine.limits,
        machine.clock,
        machine.voices,
    ]


def _packages(exports: list[Path]) -> list[Check]:
    from servicehall.processes.doctor import advisories

    lock = surroundings.CHECKOUT / "package-lock.json"
    return [partial(advisories.advisories, exports, lock)] if exports else []


def _installation(options: argparse.Namespace, folder: Path) -> list[Check]:
    from django.conf import settings

    from servicehall.environment import mail_server
    from servicehall.processes.doctor import database, evidence, installation, messages, protection, transport

    live_port = options.live_port or options.port + 1
    return [
        database.database,
        partial(evidence.key, folder),
        evidence.signatures,
        messages.mail,
        messages.texts,
        protection.ciphers,
        protection.keys,
        protection.refused_values,
        installation.static_files,
        installation.translations,
        installation.addresses,
        partial(transport.database_line, settings.DATABASES["default"]),
        partial(transport.mail_line, mail_server(settings.SMTP_URL)),
        partial(transport.contact, settings.SECURITY_CONTACT),
        partial(
            transport.transport,
            options.host,
            https=settings.HTTPS,
            proxies=len(settings.TRUSTED_PROXIES),
        ),
        partial(installation.listening, options.host, options.port, live_port, folder),
    ]
