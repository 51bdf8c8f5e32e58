"""`servicehall flows`: definitions of services from a terminal: checked, played, published, their JSON Schema printed."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from . import flows_rehearsal, surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    check = acts.add_parser("check", help="say what is wrong in definitions, by line and column")
    check.add_argument("files", metavar="FILE", nargs="+", type=Path)
    surroundings.add_data_argument(check)
    publish = acts.add_parser("publish", help="publish definitions, so that customers can begin them")
    publish.add_argument("files", metavar="FILE", nargs="+", type=Path)
    publish.add_argument("--organisation", metavar="SLUG", required=True)
    surroundings.add_data_argument(publish)
    flows_rehearsal.add_arguments(acts)
    schema = acts.add_parser("schema", help="print the JSON Schema of a definition, for editors")
    surroundings.add_data_argument(schema)


def run(options: argparse.Namespace) -> int:
    surroundings.data_folder(options.data)
    surroundings.start_django()
    if options.act == "schema":
        from servicehall.rooms.services import queries

        print(json.dumps(queries.schema(), ensure_ascii=False, indent=1))
        return 0
    texts: dict[Path, str] = {}
    for file in [options.file] if options.act == "run" else options.files:
        try:
            texts[file] = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            return surroundings.complain(f"{file} cannot be read: {problem}")
    if options.act == "run":
        return flows_rehearsal.run(options, texts[options.file])
    return _check(texts) if options.act == "check" else _publish(texts, options.organisation)


def _check(texts: dict[Path, str]) -> int:
    from servicehall.rooms.services import queries

    faults = 0
    for file, text in texts.items():
        for finding in queries.findings(text):
            faults += finding.level == "fault"
            place = f"{file}:{finding.place.line}:{finding.place.column}"
            print(f"{place}: {finding.words} [{finding.code}]")
    if not faults:
        print(f"{len(texts)} checked, nothing wrong.", file=sys.stderr)
    return 1 if faults else 0


def _publish(texts: dict[Path, str], organisation: str) -> int:
    from django.db import DatabaseError

    from servicehall.kernel.errors import Refused
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.hall import queries as hall
    from servicehall.rooms.services import actions

    known = hall.organisations()
    if organisation not in known:
        listed = ", ".join(known) or "none yet; `servicehall demo` makes some"
        return surroundings.complain(f"There is no organisation {organisation!r}. Organisations: {listed}")
    if code := _check(texts):
        return code
    for file, text in texts.items():
        try:
            version = actions.publish_text(organisation_id=known[organisation], text=text, by=SYSTEM)
        except (Refused, DatabaseError) as problem:
            for finding in getattr(problem, "facts", {}).get("findings", ()):
                print(
                    f"{file}:{finding['line']}:{finding['column']}: {finding['message']} [{finding['code']}]"
                )
            return surroundings.complain(f"{file}: {surroundings.describe(problem)}")
        print(f"{file}: {version.flow.slug}, version {version.number}, from now on")
    return 0
