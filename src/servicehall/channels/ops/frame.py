"""What stands around every operations page: who is signed in, and what they may go on to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from servicehall.channels.look import times
from servicehall.kernel import clock
from servicehall.kernel.rights import STAFF_ROLES, Actor

ROLES = {
    "agent": _("Agent"),
    "supervisor": _("Supervisor"),
    "manager": _("Manager"),
    "admin": _("Administrator"),
}


def frame(actor: Actor, *, site: UUID | None = None) -> dict[str, Any]:
    """The context of the staff frame: name, role, the server's clock, what may be exported and set up."""
    roles = [g.role for g in actor.grants if site is None or g.covers(site)]
    return {
        "staff_name": actor.name,
        "staff_role": ROLES.get(max(roles, key=STAFF_ROLES.index, default=""), ""),
        "account_url": "/account",
        "now": times.iso(clock.now()),
        "wide": True,
        "may_export": site is not None and actor.may("ops.export", site),
        "may_see_evidence": actor.sites("evidence.read") != frozenset(),
        "may_join": site is not None and actor.may("customer.merge", site),
        "may_read_mail": site is not None and actor.may("mailbox.see", site),
        "may_unlock": site is not None and actor.may("staff.unlock", site),
        "may_set_up": site is not None and actor.may("setup.see", site),
    }
