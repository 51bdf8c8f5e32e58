"""`servicehall token`: a new bearer token for the API, alone on standard output."""

from __future__ import annotations

import argparse

from . import surroundings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    roles = ("desk", "kiosk", "manager", "integration")
    parser.add_argument("--role", required=True, choices=roles, help="what the token may do: %(choices)s")
    parser.add_argument("--site", metavar="SLUG", required=True, help="the site it is for")
    parser.add_argument(
        "--name", default="", help="what it is used for, for whoever looks at the list of tokens"
    )
    surroundings.add_data_argument(parser)


def run(options: argparse.Namespace) -> int:
    surroundings.data_folder(options.data)
    surroundings.start_django()
    from django.db import DatabaseError

    from servicehall.kernel.errors import NotFound, Refused
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.hall import queries as hall
    from servicehall.rooms.people import actions as people

    try:
        site = hall.site(options.site)
        _, token = people.create_token(role=options.role, site_id=site.pk, name=options.name, by=SYSTEM)
    except NotFound:
        known = ", ".join(s.slug for s in hall.open_sites()) or "none yet; `servicehall demo` makes some"
        return surroundings.complain(f"There is no site {options.site!r}. Sites: {known}")
    except (Refused, DatabaseError) as problem:
        return surroundings.complain(
            f"No token: {surroundings.describe(problem)}. `servicehall doctor` says more."
        )
    print(token)
    return 0
