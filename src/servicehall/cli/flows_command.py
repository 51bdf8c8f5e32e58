"""`servicehall flows`: definitions of services from a terminal: checked, played, published, their JSON Schema printed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

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
    over = acts.add_parser(
        "upgrade", help="take running requests over to a newer version, as far as they can be"
    )
    over.add_argument("flow", metavar="FLOW", help="the service's short name")
    over.add_argument("--organisation", metavar="SLUG", required=True)
    over.add_argument(
        "--to", metavar="NUMBER", type=int, help="the version (default: the one that is begun now)"
    )
    over.add_argument("--revert", action="store_true", help="give them back to the versions they came from")
    over.add_argument("--dry-run", action="store_true", help="only say what would happen")
    surroundings.add_data_argument(over)
    schema = acts.add_parser("schema", help="print the JSON Schema of a definition, for editors")
    surroundings.add_data_argument(schema)


def run(options: argparse.Namespace) -> int:
    surroundings.data_folder(options.data)
    surroundings.start_django()
    if options.act == "schema":
        from servicehall.rooms.services import queries

        print(json.dumps(queries.schema(), ensure_ascii=False, indent=1))
        return 0
    if options.act == "upgrade":
        return _upgrade(options)
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
        return _no_organisation(organisation, known)
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


def _no_organisation(slug: str, known: Iterable[str]) -> int:
    listed = ", ".join(known) or "none yet; `servicehall demo` makes some"
    return surroundings.complain(f"There is no organisation {slug!r}. Organisations: {listed}")


def _upgrade(options: argparse.Namespace) -> int:
    from servicehall.kernel.errors import NotFound
    from servicehall.rooms.hall import queries as hall
    from servicehall.rooms.services import queries

    known = hall.organisations()
    if options.organisation not in known:
        return _no_organisation(options.organisation, known)
    flow = next(
        (one for one in queries.standings(known[options.organisation]) if one.flow.slug == options.flow), None
    )
    if flow is None:
        return surroundings.complain(f"There is no service {options.flow!r} at {options.organisation}.")
    number = options.to or (flow.live.number if flow.live else 0)
    try:
        report = queries.upgrade_report(flow.flow, number, back=options.revert)
    except NotFound:
        return surroundings.complain(
            f"{options.flow} has no version {number or 'that is begun now; name one by --to'}."
        )
    direction = "back from" if options.revert else "over to"
    print(
        f"{options.flow}: {report.can} can go {direction} version {number}, {sum(report.cannot.values())} cannot."
    )
    for why, count in sorted(report.cannot.items(), key=lambda one: -one[1]):
        steps = ", ".join(report.steps.get(why, ()))
        print(f"  {count}: {queries.WHY_NOT[why]}" + (f" [{steps}]" if steps else ""))
    if report.left_out:
        print(f"  {report.left_out} more were not looked at; each is before it goes over.")
    return 0 if options.dry_run else _move(flow.flow.pk, number, back=options.revert)


def _move(flow_id: UUID, number: int, *, back: bool) -> int:
    """Decides, and takes the turns at once instead of waiting for a worker."""
    from servicehall.kernel.rights import SYSTEM
    from servicehall.kernel.timers import ring
    from servicehall.rooms.services import actions

    act = actions.revert if back else actions.upgrade
    for kind, key, site_id in actions.turns(act(flow_id=flow_id, number=number, by=SYSTEM), flow_id, number):
        while ring(kind, key, site_id):
            pass
    print("Done.")
    return 0
