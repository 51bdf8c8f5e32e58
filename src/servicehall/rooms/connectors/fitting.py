"""Whether a connector can be set up like that: what is wrong stands beside the field."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from servicehall.kernel.outside_addresses import Forbidden

from . import kinds, over_http, over_sql, plug_ins
from .openapi import UnfitDocument
from .operations import Fault

if TYPE_CHECKING:
    from .models import Connector

LONGEST_DEFINITION = 1024 * 1024


def check(row: Connector) -> None:
    """Raises:
    ValidationError: something does not fit; by field.
    """
    wrong: dict[str, str] = {}
    if row.connect_seconds and row.whole_seconds and row.connect_seconds > row.whole_seconds:
        wrong["connect_seconds"] = _("Connecting is a part of the whole: give it no more seconds than that.")
    _check_secret(row, wrong)
    _check_address(row, wrong)
    if "address" not in wrong:
        _check_definition(row, wrong)
    if wrong:
        raise ValidationError(wrong)


def _check_secret(row: Connector, wrong: dict[str, str]) -> None:
    if row.secret_use == row.SecretUse.NONE:
        return
    if not row.secret_name:
        wrong["secret_name"] = _("Name the secret that is to be sent.")
    if (row.secret_use == row.SecretUse.PASSWORD) != (
        row.kind == row.Kind.SQL
    ) and row.kind != row.Kind.PYTHON:
        wrong["secret_use"] = _("A database takes a password, a system by HTTP one of the others.")


def _check_address(row: Connector, wrong: dict[str, str]) -> None:
    if row.kind == row.Kind.PYTHON:
        if row.address not in plug_ins.names():
            known = ", ".join(plug_ins.names()) or "–"
            wrong["address"] = _("There is no such plug-in here. There are: %(names)s") % {"names": known}
        return
    if row.kind == row.Kind.SQL and row.address.startswith("sqlite:"):
        try:
            over_sql.file_of(row.address)
        except Fault:
            wrong["address"] = _(
                "This file lies in no folder that connectors may read (SERVICEHALL_CONNECTOR_FOLDERS)."
            )
        return
    try:
        host = _host_of(row)
    except Forbidden as problem:
        wrong["address"] = {
            "no-tls": _(
                "It has to begin with https://, except in the networks of SERVICEHALL_CONNECTOR_NETWORKS."
            ),
            "forbidden": _(
                "This address is inside. If it is meant, name its network in SERVICEHALL_CONNECTOR_NETWORKS."
            ),
        }.get(
            problem.reason,
            _("This is no address that can be called. Leave names, passwords and # out of it."),
        )
        return
    if host not in row.hosts:
        wrong["allowed_hosts"] = _("Allow the host of the address: %(host)s") % {"host": host}


def _host_of(row: Connector) -> str:
    if row.kind == row.Kind.HTTP:
        found = over_http.target(row.address)
        if "?" in row.address:
            raise Forbidden("malformed")
        return found.host
    if urlsplit(row.address).scheme not in {"postgresql", "postgres"}:
        raise Forbidden("malformed")
    return over_sql.target(row.address).host


def _check_definition(row: Connector, wrong: dict[str, str]) -> None:
    if len(str(row.definition)) > LONGEST_DEFINITION:
        wrong["definition"] = _("The description is longer than a megabyte.")
        return
    try:
        kinds.operations(row)
    except UnfitDocument as problem:
        wrong["definition"] = str(problem)
