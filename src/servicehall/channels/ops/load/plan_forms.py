"""The form of a plan: its days, what is otherwise on them, and rows of temporary counters and extra staff."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from servicehall.channels.ops.asking import Place
from servicehall.kernel.languages import say
from servicehall.kernel.rights import Actor
from servicehall.rooms.diversion import actions
from servicehall.rooms.diversion import queries as diversion
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing

from .forms import TIME, LanguagesForm, stage_words

_DATE = {"type": "date"}
MOST_ROWS = 60
BLANK = 2


class PointRow(forms.Form):
    """A temporary counter; a row without a label is none."""

    label = forms.CharField(label=_("Label"), max_length=8, required=False)
    zone = forms.ChoiceField(label=_("Zone"), required=False)
    stages = forms.MultipleChoiceField(
        label=pgettext_lazy("a counter", "Serves"), required=False, widget=forms.CheckboxSelectMultiple
    )


class ShiftRow(forms.Form):
    """Somebody more; a row without times is none."""

    staff = forms.ChoiceField(label=pgettext_lazy("a shift", "Who"), required=False)
    label = forms.CharField(label=_("At counter"), max_length=8, required=False)
    from_time = forms.TimeField(
        label=pgettext_lazy("a shift", "From"), required=False, widget=forms.TimeInput(attrs=TIME)
    )
    to_time = forms.TimeField(
        label=pgettext_lazy("a shift", "To"), required=False, widget=forms.TimeInput(attrs=TIME)
    )
    first = forms.DateField(
        label=_("From day"), required=False, widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=_("To day"), required=False, widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if any(given.get(name) for name in ("staff", "label", "first", "last")) or self.is_wanted:
            for name in ("from_time", "to_time"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Give both hours."))
        return given

    @property
    def is_wanted(self) -> bool:
        """Whether the row says anything of when."""
        return bool(self.cleaned_data.get("from_time") or self.cleaned_data.get("to_time"))


class PlanForm(LanguagesForm):
    """Days, and what is otherwise on them."""

    first = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    opens = forms.TimeField(
        label=_("Opens"),
        required=False,
        widget=forms.TimeInput(attrs=TIME, format="%H:%M"),
        help_text=_("Empty: the hours stay as they are."),
    )
    closes = forms.TimeField(
        label=_("Closes"), required=False, widget=forms.TimeInput(attrs=TIME, format="%H:%M")
    )
    counters = forms.MultipleChoiceField(
        label=_("Counters serve as well"), required=False, widget=forms.CheckboxSelectMultiple
    )
    rules_on = forms.MultipleChoiceField(
        label=_("Rules switched on"), required=False, widget=forms.CheckboxSelectMultiple
    )
    rules_off = forms.MultipleChoiceField(
        label=_("Rules switched off"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, place: Place, actor: Actor, plan: Any = None) -> None:
        super().__init__(data, initial=_initial(plan) if plan else None)
        self.today = place.today
        known, temporary = queueing.setup_choices(place.id), diversion.made_by_plans(place.id)
        rules = diversion.rules_of(place.id, actor=actor)
        chosen_on = {one.pk for one in plan.rules_on.all()} if plan else set()
        chosen_off = {one.pk for one in plan.rules_off.all()} if plan else set()
        for name, choices in {
            "counters": [
                (f"{counter.id}:{stage.id}", f"{say(counter.names)}: {stage_words(stage)}")
                for counter in known.counters
                for stage in known.stages
                if stage.id not in counter.stages and str(counter.id) not in temporary
            ],
            "rules_on": [
                (str(one.pk), say(one.names)) for one in rules if not one.is_active or one.pk in chosen_on
            ],
            "rules_off": [
                (str(one.pk), say(one.names)) for one in rules if one.is_active or one.pk in chosen_off
            ],
        }.items():
            field: Any = self.fields[name]
            field.choices = choices
            if not choices:
                del self.fields[name]
        self.points = self._rows(PointRow, "points", data, _points(plan))
        self.shifts = self._rows(ShiftRow, "shifts", data, _shifts(plan))
        zones = [(str(one.pk), say(one.names)) for one in hall.zones(place.id)]
        stages = [(str(one.id), stage_words(one)) for one in known.stages]
        staff = [("", gettext("one more"))]
        staff += [(str(one.pk), say(one.names)) for one in people.colleagues(place.id)]
        for row in (*self.points, *self.shifts):
            for name, choices in (("zone", zones), ("stages", stages), ("staff", staff)):
                if name in row.fields:
                    chosen: Any = row.fields[name]
                    chosen.choices = choices

    def clean_last(self) -> date:
        """The last day, which is still to come."""
        found: date = self.cleaned_data["last"]
        if found < self.today:
            raise forms.ValidationError(gettext("This day is over already."))
        return found

    def _rows(self, kind: Any, name: str, data: Any, initial: list[dict[str, Any]]) -> list[Any]:
        """The rows that were posted, or those of the plan and two empty ones."""
        if data is None:
            every = [*initial, *({} for _n in range(BLANK))]
            return [kind(prefix=f"{name}-{n}", initial=one) for n, one in enumerate(every)]
        count = str(data.get(name, ""))
        most = min(int(count), MOST_ROWS) if count.isdecimal() and len(count) < 4 else 0
        return [kind(data, prefix=f"{name}-{n}") for n in range(most)]

    def is_valid(self) -> bool:
        """Whether the form and all of its rows fit."""
        is_fit, rows = super().is_valid(), [row.is_valid() for row in (*self.points, *self.shifts)]
        if not all(rows):
            self.add_error(None, gettext("Some rows of temporary counters or extra staff do not fit."))
        return is_fit and all(rows)

    def wanted(self) -> actions.PlanFields:
        """What the room gets."""
        given = self.cleaned_data
        by_counter: dict[UUID, list[UUID]] = defaultdict(list)
        for one in given.get("counters", []):
            counter, _colon, stage = one.partition(":")
            by_counter[UUID(counter)].append(UUID(stage))
        points = [row.cleaned_data for row in self.points if row.cleaned_data["label"].strip()]
        shifts = [row.cleaned_data for row in self.shifts if row.is_wanted]
        return actions.PlanFields(
            names=self.names(),
            first=given["first"],
            last=given["last"],
            opens=given["opens"],
            closes=given["closes"],
            counters=[actions.CounterServes(counter, stages) for counter, stages in by_counter.items()],
            points=[
                actions.PointWanted(
                    one["label"].strip(), UUID(one["zone"]), [UUID(stage) for stage in one["stages"]]
                )
                for one in points
            ],
            shifts=[
                actions.ShiftWanted(
                    from_time=one["from_time"],
                    to_time=one["to_time"],
                    staff=UUID(one["staff"]) if one["staff"] else None,
                    label=one["label"].strip(),
                    first=one["first"],
                    last=one["last"],
                )
                for one in shifts
            ],
            rules_on=[UUID(one) for one in given.get("rules_on", [])],
            rules_off=[UUID(one) for one in given.get("rules_off", [])],
        )


def _initial(plan: Any) -> dict[str, Any]:
    """A plan as the form's values."""
    found = {name: getattr(plan, name) for name in ("first", "last", "opens", "closes")}
    found |= {"name_zh": plan.names.get("zh-Hans", ""), "name_en": plan.names.get("en", "")}
    found["counters"] = [
        f"{line.counter_id}:{stage.pk}" for line in plan.counters.all() for stage in line.stages.all()
    ]
    for name in ("rules_on", "rules_off"):
        found[name] = [str(one.pk) for one in getattr(plan, name).all()]
    return found


def _points(plan: Any) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label,
            "zone": str(one.zone_id),
            "stages": [str(stage.pk) for stage in one.stages.all()],
        }
        for one in (plan.points.all() if plan else ())
    ]


def _shifts(plan: Any) -> list[dict[str, Any]]:
    return [
        {
            "staff": str(one.staff_id or ""),
            "label": one.label,
            "from_time": one.from_time.strftime("%H:%M"),
            "to_time": one.to_time.strftime("%H:%M"),
            "first": one.first,
            "last": one.last,
        }
        for one in (plan.shifts.all() if plan else ())
    ]
