"""`servicehall staff add NAME`: people who may sign in; the first administrator is made here."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from . import surroundings

if TYPE_CHECKING:
    from servicehall.rooms.hall.models import Organisation
    from servicehall.rooms.people.models import RoleGrant


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    add = acts.add_parser("add", help="add a member of staff; asks for the password")
    add.add_argument("username", help="the name to sign in with")
    add.add_argument("--role", required=True, choices=("agent", "supervisor", "manager", "admin"))
    add.add_argument("--site", metavar="SLUG", help="where the role holds (default: its whole organisation)")
    add.add_argument("--organisation", metavar="SLUG", help="where the role holds, if there are several")
    add.add_argument("--name", help="the person's name as shown (default: the sign-in name)")
    add.add_argument("--language", default="zh-hans", choices=("zh-hans", "en"), help="default: %(default)s")
    surroundings.add_data_argument(add)


def run(options: argparse.Namespace) -> int:
    surroundings.data_folder(options.data)
    surroundings.start_django()
    from django.core.exceptions import ValidationError
    from django.db import DatabaseError

    from servicehall.kernel.errors import Refused
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.people import actions

    try:
        grants = [_grant(options.role, options.site, options.organisation)]
        name = options.name or options.username
        actions.add_staff(
            username=options.username,
            names={"en": name, "zh-Hans": name},
            password=_ask_password(),
            by=SYSTEM,
            roles=grants,
            language=options.language,
        )
    except (ValidationError, Refused, DatabaseError, _NotEnough) as problem:
        return surroundings.complain(f"Nobody was added. {surroundings.describe(problem)}")
    print(f"{options.username} may sign in as {options.role}.")
    return 0


class _NotEnough(Exception):
    """Something is missing that only the caller knows; the message says what."""


def _ask_password() -> str:
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Once more: "):
            raise _NotEnough("The two passwords differ.")
    if not password:
        raise _NotEnough("A password is needed.")
    return password


def _grant(role: str, site: str | None, organisation: str | None) -> RoleGrant:
    """The role at a site, else in the whole organisation (made here when there is none yet)."""
    from servicehall.rooms.hall import queries as hall
    from servicehall.rooms.people.models import RoleGrant

    if site:
        return RoleGrant(role=role, site=hall.site(site))
    return RoleGrant(role=role, organisation=_organisation(organisation))


def _organisation(slug: str | None) -> Organisation:
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.hall import actions
    from servicehall.rooms.hall.models import Organisation

    known = {o.slug: o for o in Organisation.objects.all()}
    if slug is None and len(known) == 1:
        return next(iter(known.values()))
    if slug in known:
        return known[slug]
    if known:
        raise _NotEnough(f"Which organisation? --organisation {' | '.join(sorted(known))}")
    slug = slug or "main"
    made = Organisation(slug=slug, names={"en": slug, "zh-Hans": slug})
    actions.save_setup(made, by=SYSTEM)
    return made
