"""What was done in the house beside tickets (counters, staff, tokens, setup, the record itself), told in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicehall.kernel.languages import say

from . import accounts
from .load import told as load

Facts = Mapping[str, Any]
Teller = Callable[[Facts], tuple[str, str]]


def _counter(facts: Facts) -> str:
    return say(facts.get("counter_names")) or str(facts.get("counter_label") or "–")


def _staff(facts: Facts) -> str:
    return say(facts.get("staff_names"))


def _opened(facts: Facts) -> tuple[str, str]:
    return _("%(counter)s opened") % {"counter": _counter(facts)}, _staff(facts)


def _paused(facts: Facts) -> tuple[str, str]:
    return _("%(counter)s paused") % {"counter": _counter(facts)}, str(facts.get("reason") or "")


def _closed(facts: Facts) -> tuple[str, str]:
    return _("%(counter)s closed") % {"counter": _counter(facts)}, _staff(facts)


def _service_closed(facts: Facts) -> tuple[str, str]:
    return _("Closed to new tickets today"), say(facts.get("service_names"))


def _service_reopened(facts: Facts) -> tuple[str, str]:
    return _("Open to new tickets again"), say(facts.get("service_names"))


def _signed_in(_facts: Facts) -> tuple[str, str]:
    return _("Signed in"), ""


def _signed_out(_facts: Facts) -> tuple[str, str]:
    return _("Signed out"), ""


def _sign_in_refused(facts: Facts) -> tuple[str, str]:
    return _("Sign-in refused"), _staff(facts)


def _password(facts: Facts) -> tuple[str, str]:
    return _("Password changed"), _staff(facts)


def _first_password(facts: Facts) -> tuple[str, str]:
    return _("One-time password made useless"), _staff(facts)


def _token_made(facts: Facts) -> tuple[str, str]:
    return _("API token made"), _("role: %(role)s") % {"role": facts["role"]}


def _token_revoked(_facts: Facts) -> tuple[str, str]:
    return _("API token revoked"), ""


def _thing(label: str) -> tuple[str, Any]:
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return label, None
    return str(model._meta.verbose_name), model  # noqa: SLF001 - public in all but name


def _field(model: Any, name: str) -> str:
    try:
        return str(getattr(model._meta.get_field(name), "verbose_name", name))  # noqa: SLF001
    except (AttributeError, FieldDoesNotExist):
        return name


def _setup(facts: Facts) -> tuple[str, str]:
    thing, model = _thing(str(facts["thing"]))
    title = {
        "added": _("Setup: %(thing)s added"),
        "changed": _("Setup: %(thing)s changed"),
        "removed": _("Setup: %(thing)s removed"),
    }.get(facts["act"], str(facts["act"]))
    return title % {"thing": thing}, ", ".join(_field(model, name) for name in facts["fields"])


def _exported(facts: Facts) -> tuple[str, str]:
    return _("Took a copy of the record of acts"), str(facts["form"])


def _damaged(_facts: Facts) -> tuple[str, str]:
    return _("Evidence found damaged"), ""


def _unlinked(facts: Facts) -> tuple[str, str]:
    count = facts["count"]
    words = ngettext("%(count)d act", "%(count)d acts", count) % {"count": count}
    return _("Unlinked records from their proofs"), words


TOLD: dict[str, tuple[Teller, str, str]] = {
    "counter.opened": (_opened, "good", "door-open"),
    "counter.paused": (_paused, "held", "coffee"),
    "counter.closed": (_closed, "neutral", "door-closed"),
    "service.closed": (_service_closed, "warn", "ban"),
    "service.reopened": (_service_reopened, "good", "circle-play"),
    "staff.signed-in": (_signed_in, "neutral", "log-in"),
    "staff.signed-out": (_signed_out, "neutral", "log-out"),
    "staff.sign-in-refused": (_sign_in_refused, "bad", "shield-alert"),
    "staff.password-changed": (_password, "neutral", "key-round"),
    "staff.first-password-ended": (_first_password, "neutral", "key-round"),
    "token.created": (_token_made, "neutral", "key-round"),
    "token.revoked": (_token_revoked, "warn", "ban"),
    "setup.changed": (_setup, "neutral", "settings"),
    "evidence.exported": (_exported, "neutral", "download"),
    "evidence.damaged": (_damaged, "bad", "shield-alert"),
    "evidence.unlinked": (_unlinked, "warn", "unlink"),
    **accounts.TOLD,
    **load.TOLD,
}
