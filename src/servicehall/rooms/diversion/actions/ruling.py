"""Adding, changing and switching rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, time
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from servicehall.kernel import clock
from servicehall.kernel.errors import BadInput, NotFound
from servicehall.kernel.events import record
from servicehall.kernel.languages import Text
from servicehall.kernel.rights import Actor, allow
from servicehall.kernel.transactions import transaction
from servicehall.rooms.diversion.events import RuleChanged
from servicehall.rooms.diversion.hysteresis import ALL_WEEK
from servicehall.rooms.diversion.models import Episode, LoadRule, Watch
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing

from .watching import finish, rules_to_watch

RIGHT = "setup.change"
Action = LoadRule.Action


@dataclass(frozen=True, slots=True)
class RuleFields:
    """What a rule says. Ids of services, stages, counter, staff and site; hours on the wall clock; weekdays as bits."""

    names: Text
    measure: str
    threshold: float
    over_at: float
    action: str
    mode: str = LoadRule.Mode.PROPOSED
    hold_minutes: float = 5
    calm_minutes: float = 5
    services: Collection[UUID] = ()
    from_time: time | None = None
    to_time: time | None = None
    counter: UUID | None = None
    staff: UUID | None = None
    stages: Collection[UUID] = ()
    kiosk_services: Collection[UUID] = ()
    other_site: UUID | None = None
    flow: str = ""
    notice: Text = field(default_factory=dict)
    within_km: float | None = None
    weekdays: int = ALL_WEEK
    on_holidays: bool = True


def _missing(site_id: UUID, given: RuleFields) -> dict[str, str]:
    """What the action needs and was not given, and ids that are not of this site."""
    known = queueing.setup_choices(site_id)
    services, stages = {one[0] for one in known.services}, {one.id for one in known.stages}
    organisation = hall.places_above([site_id])[site_id][1]
    places = hall.places_under(organisation=organisation)
    found: dict[str, str] = {}
    foreign = _("Choose from the list.")
    for name, fits in (
        ("services", set(given.services) <= services),
        ("stages", set(given.stages) <= stages),
        ("kiosk_services", set(given.kiosk_services) <= services),
        ("counter", given.counter is None or given.counter in {one.id for one in known.counters}),
        ("other_site", given.other_site is None or given.other_site in places - {site_id}),
        ("staff", given.staff is None or given.staff in {one.pk for one in people.colleagues(site_id)}),
    ):
        if not fits:
            found[name] = foreign
    return found | {name: words for name, words in _needed(given).items() if name not in found}


def _needed(given: RuleFields) -> dict[str, str]:
    match given.action:
        case Action.COUNTER_SERVICES:
            lacks = {"counter": not given.counter, "stages": not given.stages}
        case Action.HIDE_SERVICES | Action.SHOW_SERVICES:
            lacks = {"kiosk_services": not given.kiosk_services}
        case Action.OFFER_CHANNEL:
            lacks = {"flow": not given.flow}
        case Action.NOTICE:
            lacks = {"notice": not given.notice}
        case _:
            lacks = {}
    return {name: _("This action needs it.") for name, is_lacking in lacks.items() if is_lacking}


def _fill(rule: LoadRule, given: RuleFields) -> None:
    for name in (
        *("names", "measure", "threshold", "over_at", "action", "mode", "hold_minutes", "calm_minutes"),
        *("from_time", "to_time", "flow", "notice", "weekdays", "on_holidays", "within_km"),
    ):
        setattr(rule, name, getattr(given, name))
    rule.counter_id, rule.staff_id, rule.other_site_id = given.counter, given.staff, given.other_site


def _save(rule: LoadRule, given: RuleFields, by: Actor, at: datetime, act: str) -> None:
    _fill(rule, given)
    errors = _missing(rule.site_id, given)
    try:
        rule.full_clean()
    except ValidationError as problem:
        errors = {name: " ".join(words) for name, words in problem.message_dict.items()} | errors
    if errors:
        raise BadInput(errors=errors)
    rule.save()
    rule.services.set(given.services)  # type: ignore[arg-type]  # ids serve as well as rows
    rule.stages.set(given.stages)  # type: ignore[arg-type]  # ids serve as well as rows
    rule.kiosk_services.set(given.kiosk_services)  # type: ignore[arg-type]  # ids serve as well as rows
    record(_changed(rule, act), actor=by, at=at, subject_id=rule.pk)


def _changed(rule: LoadRule, act: str) -> RuleChanged:
    return RuleChanged(rule.pk, rule.names, act, rule.weekdays, rule.on_holidays)


def add_rule(*, site_id: UUID, fields: RuleFields, by: Actor, at: datetime | None = None) -> LoadRule:
    """Add a rule; it is in use at once.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there.
        BadInput: a field does not fit; ``errors`` says which.
    """
    allow(by, RIGHT, site_id)
    with transaction(site_id):
        rule = LoadRule(site_id=site_id)
        _save(rule, fields, by, at or clock.now(), "added")
        return rule


def _rule(site_id: UUID, rule_id: UUID) -> LoadRule:
    found = LoadRule.objects.filter(pk=rule_id, site_id=site_id).first()
    if found is None:
        raise NotFound
    return found


def change_rule(
    rule_id: UUID, *, site_id: UUID, fields: RuleFields, by: Actor, at: datetime | None = None
) -> LoadRule:
    """Change a rule. A load of the old rule is over: what it did is taken back.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there; the site has no such rule.
        BadInput: a field does not fit.
    """
    allow(by, RIGHT, site_id)
    moment = at or clock.now()
    with transaction(site_id):
        rule = _rule(site_id, rule_id)
        _end_load(rule, moment)
        _save(rule, fields, by, moment, "changed")
        return rule


def _end_load(rule: LoadRule, at: datetime) -> None:
    """What the rule does now is taken back, before it says something else."""
    if Episode.objects.filter(rule=rule, over_at=None).exists():
        for one in rules_to_watch(rule.site_id, [rule.pk]):
            finish(one, at)
    Watch.objects.filter(rule=rule).delete()  # what lasted, lasted by the rule as it was


def switch_rule(
    rule_id: UUID, *, site_id: UUID, is_active: bool, by: Actor, at: datetime | None = None
) -> bool:
    """Switch a rule on or off; what a rule that is switched off does is taken back. Whether it changed.

    Raises:
        NotAllowed, NotFound: the actor may not change the setup there; the site has no such rule.
    """
    allow(by, RIGHT, site_id)
    moment = at or clock.now()
    with transaction(site_id):
        rule = _rule(site_id, rule_id)
        if rule.is_active == is_active:
            return False
        rule.is_active = is_active
        rule.save(update_fields=["is_active"])
        if not is_active:
            _end_load(rule, moment)
        act = "switched-on" if is_active else "switched-off"
        record(_changed(rule, act), actor=by, at=moment, subject_id=rule.pk)
        return True
