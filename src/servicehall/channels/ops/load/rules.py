"""Adding, changing, switching and trying rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicehall.channels.ops import asking
from servicehall.kernel.errors import BadInput
from servicehall.rooms.diversion import actions
from servicehall.rooms.diversion import queries as diversion

from .forms import RuleForm, initial_of, put_errors
from .ground import CHANGE, asked, back, shown


@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a rule."""
    actor, place = asked(request, slug, CHANGE)
    form = RuleForm(request.POST if request.method == "POST" else None, place=place)
    if form.is_valid():
        try:
            actions.add_rule(site_id=place.id, fields=form.rule_fields(), by=actor)
        except BadInput as refused:
            put_errors(form, refused.facts["errors"])
        else:
            messages.success(request, _("The rule is in use."))
            return back(slug)
    status = 422 if form.errors else 200
    return shown(request, "rule", actor, place, {"form": form}, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, slug: str, rule_id: UUID) -> HttpResponse:
    """Change a rule."""
    actor, place = asked(request, slug, CHANGE)
    rule = diversion.rule_of(place.id, rule_id, actor=actor)
    posted = request.POST if request.method == "POST" else None
    form = RuleForm(posted, place=place, initial=initial_of(rule))
    if form.is_valid():
        try:
            actions.change_rule(rule_id, site_id=place.id, fields=form.rule_fields(), by=actor)
        except BadInput as refused:
            put_errors(form, refused.facts["errors"])
        else:
            messages.success(request, _("The rule is changed. What it did before is taken back."))
            return back(slug)
    status = 422 if form.errors else 200
    return shown(request, "rule", actor, place, {"form": form, "rule": rule}, status=status)


@require_POST
def switch(request: HttpRequest, slug: str, rule_id: UUID) -> HttpResponse:
    """Switch a rule on or off."""
    actor, place = asked(request, slug, CHANGE)
    is_active = request.POST.get("to") == "on"
    actions.switch_rule(rule_id, site_id=place.id, is_active=is_active, by=actor)
    messages.success(request, _("The rule is switched on.") if is_active else _("The rule is switched off."))
    return back(slug)


@never_cache
@require_GET
def attempt(request: HttpRequest, slug: str, rule_id: UUID) -> HttpResponse:
    """When the rule would have fired on a past day: yesterday, or another one."""
    actor, place = asked(request, slug)
    yesterday = place.today - timedelta(days=1)
    day = asking.day_of(request.GET, default=yesterday) or yesterday
    if day > place.today:
        raise BadInput(errors={"day": f"≤ {place.today.isoformat()}"})
    rule = diversion.rule_of(place.id, rule_id, actor=actor)
    tried = diversion.try_rule(place.id, rule_id, day, actor=actor)
    context: dict[str, Any] = {
        "rule": rule,
        "day": day,
        "today": place.today,
        "tried": tried,
        "fired": [
            {"row": one, "amount": diversion.amount(rule.measure, one.value)}
            for one in (tried.fired if tried else [])
        ],
        "of_what": diversion.of_what(rule),
        "condition": diversion.condition(rule),
        "end": diversion.end(rule),
        "days": diversion.days(rule.weekdays, on_holidays=rule.on_holidays),
        "what": diversion.what(rule, diversion.flow_names(place.id)),
    }
    return shown(request, "try", actor, place, context)
