"""What the staff frame of every page here needs: names, navigation, the server's clock."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from servicehall.channels.look import times
from servicehall.kernel import clock
from servicehall.kernel.rights import Actor
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.services import queries as services

from .access import Ground

ROLES = {
    "agent": _("Agent"),
    "supervisor": _("Supervisor"),
    "manager": _("Manager"),
    "admin": _("Administrator"),
}


def frame(actor: Actor, *, ground: Ground | None = None, here: str = "") -> dict[str, Any]:
    """The context of ``page_staff``: who, which hall, where to go."""
    roles = [g.role for g in actor.grants if ground is None or g.covers(ground.site_id)]
    role = max(roles, key=list(ROLES).index, default="")
    context: dict[str, Any] = {
        "staff_name": actor.name,
        "staff_role": ROLES.get(role, ""),
        "role": ROLES.get(role, ""),
        "person_links": [(reverse("account"), _("My account"))],
        "here": here,
        "now": times.iso(clock.now()),
    }
    if ground is not None:
        site = hall.site(ground.site_id)
        context |= {
            "site": site,
            "site_name": str(site),
            "sites_url": reverse("desk:halls") if _several(actor) else "",
            "supervises": ground.supervises,
            "watches": ground.may("ops.see"),
            "helps": ground.may("flow.help"),
            "open_tasks": services.open_task_count(ground.site_id, actor=actor),
        }
    return context


def _several(actor: Actor) -> bool:
    return any(g.sites is None or len(g.sites) > 1 for g in actor.grants) or len(actor.grants) > 1
