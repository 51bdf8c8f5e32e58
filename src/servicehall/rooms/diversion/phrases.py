"""What rules measure and do, in words: for the pages of staff."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicehall.kernel.languages import Text, say

from .models import LoadRule

Action, Measure = LoadRule.Action, LoadRule.Measure


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _comma() -> str:
    return _(", ")


def amount(measure: str, value: float | None) -> str:
    """A value of a measure with its unit."""
    if value is None:
        return _("not known")
    number, count = _number(value), int(value)
    match measure:
        case Measure.WAITING:
            return ngettext("%(number)s person", "%(number)s people", count) % {"number": number}
        case Measure.SHARE:
            return _("%(number)s %%") % {"number": _number(round(value))}
        case Measure.FREE:
            return ngettext("%(number)s free counter", "%(number)s free counters", count) % {"number": number}
        case Measure.KIOSKS:
            return ngettext("%(number)s kiosk", "%(number)s kiosks", count) % {"number": number}
    return _("%(number)s min") % {"number": number}


def of_what(rule: LoadRule) -> str:
    """The measure, and of which services."""
    services = _comma().join(say(one.names) for one in rule.services.all())
    words = {"measure": rule.get_measure_display(), "services": services or _("the whole hall")}
    return _("%(measure)s: %(services)s") % words


def condition(rule: LoadRule) -> str:
    """From when on it is too much."""
    words = {"amount": amount(rule.measure, rule.threshold), "minutes": _number(rule.hold_minutes)}
    if not rule.hold_minutes:
        return (_("at most %(amount)s") if rule.measure == Measure.FREE else _("at least %(amount)s")) % words
    if rule.measure == Measure.FREE:
        return _("at most %(amount)s for %(minutes)s min") % words
    return _("at least %(amount)s for %(minutes)s min") % words


def end(rule: LoadRule) -> str:
    """From when on it is over."""
    words = {"amount": amount(rule.measure, rule.over_at), "minutes": _number(rule.calm_minutes)}
    if rule.measure == Measure.FREE:
        return _("over at %(amount)s or more for %(minutes)s min") % words
    return _("over at %(amount)s or less for %(minutes)s min") % words


def days(weekdays: int, *, on_holidays: bool) -> str:
    """On which days a rule holds (weekdays as bits); empty: on every day."""
    chosen = [n for n in range(7) if weekdays >> n & 1]
    runs: list[list[int]] = []
    for one in chosen:
        if runs and runs[-1][-1] == one - 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    told = [
        _("%(first)s–%(last)s") % {"first": WEEKDAYS_ABBR[run[0]], "last": WEEKDAYS_ABBR[run[-1]]}
        if len(run) > 2
        else _comma().join(str(WEEKDAYS_ABBR[one]) for one in run)
        for run in runs
    ]
    found = [_comma().join(told)] if len(chosen) < 7 else []
    if not on_holidays:
        found.append(_("not on special days"))
    return _comma().join(found)


def _open_counter(rule: LoadRule) -> str:
    counter = say(rule.counter.names) if rule.counter else ""
    words = {"counter": counter, "who": say(rule.staff.names) if rule.staff else ""}
    if rule.staff and counter:
        return _("Ask %(who)s to open %(counter)s") % words
    if rule.staff:
        return _("Ask %(who)s to open a counter") % words
    return _("Open %(counter)s") % words if counter else _("Open one more counter")


def _stages(rule: LoadRule) -> str:
    shown = []
    for one in rule.stages.all():
        service, stage = say(one.service.names), say(one.names)
        shown.append(service if service == stage else f"{service} · {stage}")
    return _comma().join(dict.fromkeys(shown))


def _counter_services(rule: LoadRule) -> str:
    words = {"counter": say(rule.counter.names) if rule.counter else "–", "services": _stages(rule)}
    return _("%(counter)s also serves %(services)s") % words


def _kiosks(rule: LoadRule) -> str:
    services = {"services": _comma().join(say(one.names) for one in rule.kiosk_services.all())}
    if rule.action == Action.HIDE_SERVICES:
        return _("Kiosks do not show %(services)s") % services
    return _("Kiosks show %(services)s") % services


def _offer_site(rule: LoadRule) -> str:
    if rule.other_site:
        return _("Offer customers %(site)s") % {"site": say(rule.other_site.names)}
    if rule.within_km:
        return _("Offer customers the nearest quicker site within %(km)s km") % {
            "km": _number(rule.within_km)
        }
    return _("Offer customers the site with the shortest wait")


def _offer_channel(rule: LoadRule, flows: Mapping[str, Text]) -> str:
    name = say(flows.get(rule.flow)) or rule.flow
    return _("Offer customers to do it on the phone: %(flow)s") % {"flow": name}


_WHAT: dict[str, Callable[[LoadRule], str]] = {
    Action.OPEN_COUNTER: _open_counter,
    Action.COUNTER_SERVICES: _counter_services,
    Action.HIDE_SERVICES: _kiosks,
    Action.SHOW_SERVICES: _kiosks,
    Action.OFFER_TIME: lambda _rule: _("Offer customers another time"),
    Action.OFFER_SITE: _offer_site,
    Action.NOTICE: lambda rule: _("Tell those who wait: %(notice)s") % {"notice": say(rule.notice)},
}


def what(rule: LoadRule, flows: Mapping[str, Text]) -> str:
    """What the rule does; ``flows``: names of customers' services by short name."""
    return _offer_channel(rule, flows) if rule.action == Action.OFFER_CHANNEL else _WHAT[rule.action](rule)
