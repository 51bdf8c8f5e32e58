"""What stands around every operations page: who is signed in, and what they may go on to."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from servicehall.channels.look import times
from servicehall.kernel import clock
from servicehall.kernel.rights import STAFF_ROLES, Actor
from servicehall.rooms.alerts import queries as alerts

from .parts import Part, part

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
        **_alerts(actor, site),
        "may_hook": _somewhere(actor, "webhook.change", site),
        "may_see_evidence": _somewhere(actor, "evidence.read", None),
        "may_join": _somewhere(actor, "customer.merge", site),
        "may_decide": _somewhere(actor, "customer.erase", site),
        "may_read_mail": _somewhere(actor, "mailbox.see", site),
        "may_watch": actor.sites("ops.see") != frozenset(),
        "may_see_payments": _somewhere(actor, "payment.see", site),
        "may_see_connectors": site is not None and actor.may("connector.see", site),
        "may_see_services": _somewhere(actor, "flow.see", site),
        "may_unlock": site is not None and actor.may("staff.unlock", site),
        "may_set_up": site is not None and actor.may("setup.see", site),
    }


def _somewhere(actor: Actor, right: str, site: UUID | None) -> bool:
    """Whether the reader has a right at the page's site; on a page of many sites, at any."""
    return actor.sites(right) != frozenset() if site is None else actor.may(right, site)


def _alerts(actor: Actor, site: UUID | None) -> dict[str, Any]:
    """Whether the reader handles alerts here, and how many are open (one query, where a template asks)."""
    may = _somewhere(actor, alerts.RIGHT, site)
    return {"may_handle_alerts": may, "alerts_open": partial(alerts.open_count, actor, site)}


def alert_parts(
    actor: Actor, request: HttpRequest, *, site: UUID | None = None, slug: str = ""
) -> list[Part]:
    """The link to alerts as a part that renews itself with the page; none for who does not handle them."""
    context = _alerts(actor, site)
    if not context["may_handle_alerts"]:
        return []
    url = reverse("ops:alerts", args=[slug]) if slug else reverse("ops:alerts-first")
    return [part("alert_count", {**context, "alerts_url": url, "here": ""}, as_of="", request=request)]
