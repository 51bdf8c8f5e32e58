"""Relief that rules propose or have in effect, decided with one press, and extra staff of plans: in words, for staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from servicehall.kernel.languages import say
from servicehall.rooms.diversion import actions
from servicehall.rooms.diversion import queries as diversion

from .access import Ground
from .fields import id_in
from .saying import Said

Act = Callable[[QueryDict, Ground], Said]
SHOWN = frozenset({"proposed", "running"})


def lines(ground: Ground) -> list[dict[str, Any]]:
    """What is proposed or in effect; what was dismissed or undone needs nobody (one query while there is none)."""
    if not ground.may("ops.see"):
        return []
    shown = [
        one for one in diversion.open_episodes(ground.site_id, actor=ground.actor) if one.row.state in SHOWN
    ]
    flows = diversion.flow_names(ground.site_id) if shown else {}
    found = []
    for one in shown:
        rule = one.row.rule
        found.append(
            {
                "id": str(one.row.pk),
                "state": one.row.state,
                "what": diversion.what(rule, flows),
                "of_what": diversion.of_what(rule),
                "amount": diversion.amount(rule.measure, one.row.value),
                "began_at": one.row.began_at,
                "is_answered": one.is_answered,
            }
        )
    return found


def asked(ground: Ground) -> list[dict[str, str]]:
    """What the reader is asked by name to open, where they choose a counter."""
    return [
        {
            "counter": say(one.rule.counter.names) if one.rule.counter else "",
            "of_what": diversion.of_what(one.rule),
            "amount": diversion.amount(one.rule.measure, one.value),
        }
        for one in diversion.asked(ground.site_id, ground.actor.id)
    ]


def planned(ground: Ground, *, everybody: bool = False) -> list[dict[str, Any]]:
    """Extra staff whom a plan wants at work today: the reader, and where nobody is named; or all of them."""
    found = diversion.extra_staff(ground.site_id)
    return [
        {
            "mine": one.row.staff_id == ground.actor.id,
            "who": say(one.row.staff.names) if one.row.staff else "",
            "counter": one.row.label,
            "plan": say(one.row.plan.names),
            "begins": one.moments[0],
            "ends": one.moments[1],
        }
        for one in found
        if everybody or one.row.staff_id in (None, ground.actor.id)
    ]


def _accept(form: QueryDict, ground: Ground) -> Said:
    actions.accept(id_in(form, "episode"), site_id=ground.site_id, by=ground.actor)
    return Said(_("It is in effect now."))


def _dismiss(form: QueryDict, ground: Ground) -> Said:
    actions.dismiss(id_in(form, "episode"), site_id=ground.site_id, by=ground.actor)
    return Said(_("Dismissed. It is not proposed again during this load."), "info")


def _undo(form: QueryDict, ground: Ground) -> Said:
    actions.undo(id_in(form, "episode"), site_id=ground.site_id, by=ground.actor)
    return Said(_("Undone. It does not come again during this load."), "info")


ACTS: dict[str, Act] = {"load-accept": _accept, "load-dismiss": _dismiss, "load-undo": _undo}
