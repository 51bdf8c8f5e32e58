"""`servicehall staff`: people who may sign in (the first administrator is made here), and help for who cannot."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING

from . import surroundings

if TYPE_CHECKING:
    from servicehall.rooms.people.actions import RoleAt


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    add = acts.add_parser("add", help="add a member of staff; asks for the password")
    add.add_argument("username", help="the name to sign in with")
    add.add_argument("--role", required=True, choices=("agent", "supervisor", "manager", "admin"))
    add.add_argument("--site", metavar="SLUG", help="where the role holds (default: everywhere)")
    add.add_argument("--organisation", metavar="SLUG", help="where the role holds (default: everywhere)")
    add.add_argument("--name", help="the person's name as shown (default: the sign-in name)")
    add.add_argument("--language", default="zh-hans", choices=("zh-hans", "en"), help="default: %(default)s")
    add.add_argument("--email", default="", help="for notices, and to be found by single sign-on")
    surroundings.add_data_argument(add)
    for act, what in (
        ("unlock", "end the lock of an account after too many failed tries"),
        ("reset-factors", "take all second factors from somebody who lost them"),
    ):
        other = acts.add_parser(act, help=what)
        other.add_argument("username", help="the name to sign in with")
        surroundings.add_data_argument(other)


def run(options: argparse.Namespace) -> int:
    try:
        surroundings.ready_data_folder(options.data)
    except surroundings.Unusable as problem:
        return surroundings.complain(str(problem))
    surroundings.start_django()
    return _add(options) if options.act == "add" else _help_in(options)


def _help_in(options: argparse.Namespace) -> int:
    from django.db import DatabaseError

    from servicehall.kernel.errors import NotFound
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.people import actions, queries

    try:
        staff = queries.staff_named(options.username)
        if options.act == "unlock":
            count = actions.unlock_everywhere(staff, by=SYSTEM)
            print(f"{options.username} is unlocked ({count} locks).")
        else:
            count = actions.reset_factors(staff.pk, by=SYSTEM)
            print(f"{options.username} has no second factor any more ({count} removed).")
    except NotFound:
        return surroundings.complain(f"There is no member of staff {options.username!r}.")
    except DatabaseError as problem:
        return surroundings.complain(surroundings.describe(problem))
    return 0


def _add(options: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError
    from django.db import DatabaseError

    from servicehall.kernel.errors import Refused
    from servicehall.kernel.rights import SYSTEM
    from servicehall.processes import preparation
    from servicehall.rooms.people import actions

    try:
        preparation.migrate()  # the first administrator comes before the first start
        roles = _roles(options.role, options.site, options.organisation)
        name = options.name or options.username
        actions.add_staff(
            username=options.username,
            names={"en": name, "zh-Hans": name},
            password=_ask_password(),
            by=SYSTEM,
            roles=roles,
            language=options.language,
            email=options.email,
        )
    except (
        ValidationError,
        Refused,
        DatabaseError,
        preparation.CannotPrepare,
        _NotEnough,
    ) as problem:
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


def _roles(role: str, site: str | None, organisation: str | None) -> list[RoleAt]:
    """The role at a site or an organisation, else everywhere (in one made here when there is none yet)."""
    from servicehall.kernel.rights import SYSTEM
    from servicehall.rooms.hall import actions, queries
    from servicehall.rooms.people.actions import RoleAt

    if site:
        return [RoleAt(role, site=queries.site(site).pk)]
    known = queries.organisations()
    if organisation and known and organisation not in known:
        raise _NotEnough(f"There is no organisation {organisation!r}. There is: {', '.join(sorted(known))}")
    if organisation in known:
        known = {organisation: known[organisation]}
    if not known:
        slug = organisation or "main"
        known = {slug: actions.add_organisation(slug=slug, names={"en": slug, "zh-Hans": slug}, by=SYSTEM).pk}
    return [RoleAt(role, organisation=one) for one in known.values()]
