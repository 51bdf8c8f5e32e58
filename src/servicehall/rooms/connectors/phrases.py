"""What a fault is called, in the reader's language. The words on the left are those that calls keep."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FAULTS: dict[str, str | Promise] = {
    "": "",
    "no-address": _("The name of the host has no address."),
    "forbidden": _("This address may not be called."),
    "no-connection": _("Nobody listens there."),
    "tls": _("Its certificate does not hold."),
    "timeout": _("No answer in time."),
    "no-answer": _("It hung up without an answer."),
    "too-long": _("The answer was too long."),
    "status": _("It answered with a fault of its own."),
    "refused": _("It said no."),
    "lied": _("The answer does not fit its description."),
    "query": _("The query does not fit the database."),
    "plug-in": _("The plug-in failed."),
    "no-secret": _("Its secret is missing or open to others."),
    "left-alone": _("Left alone after several faults."),
}
