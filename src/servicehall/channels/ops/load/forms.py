"""The forms of rules and plans: their fields, and what the rooms get from them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from servicehall.channels.ops.asking import Place
from servicehall.kernel.languages import Text, say
from servicehall.kernel.rights import Actor
from servicehall.rooms.diversion import actions
from servicehall.rooms.diversion import queries as diversion
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.people import queries as people
from servicehall.rooms.queueing import queries as queueing
from servicehall.rooms.services import queries as services

FARTHEST = timedelta(days=731)
"""From today to the last day of a plan that is filled in."""
_TIME = {"type": "time", "step": "60"}
_NUMBER = {"step": "any", "inputmode": "decimal"}


def text_of(zh: str, en: str) -> Text:
    """A text of the languages that were filled in."""
    return {code: words for code, words in (("zh-Hans", zh.strip()), ("en", en.strip())) if words}


def stage_words(stage: queueing.StageChoice) -> str:
    """A stage as a choice: its service's name, and its own where there are several."""
    name = say(stage.service_names)
    return name if stage.is_only else f"{name} · {say(stage.names)}"


def _uuid(value: str) -> UUID | None:
    return UUID(value) if value else None


class LanguagesForm(forms.Form):
    """A name in both languages, at least one."""

    name_zh = forms.CharField(
        label=_("Name (Chinese)"), max_length=80, required=False, help_text=_("One language is enough.")
    )
    name_en = forms.CharField(label=_("Name (English)"), max_length=80, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not text_of(given.get("name_zh", ""), given.get("name_en", "")):
            self.add_error("name_zh", _("Write the text in at least one language."))
        return given

    def names(self) -> Text:
        return text_of(self.cleaned_data["name_zh"], self.cleaned_data["name_en"])


class RuleForm(LanguagesForm):
    """What is measured, from when on it is too much, and what is done then."""

    measure = forms.ChoiceField(label=_("What is measured"))
    services = forms.MultipleChoiceField(
        label=_("Of which services"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: the whole hall."),
    )
    threshold = forms.FloatField(
        label=_("Too much from"),
        min_value=0,
        max_value=100_000,
        widget=forms.NumberInput(attrs=_NUMBER),
        help_text=_(
            "In minutes, people, per cent, counters or kiosks, as measured. Free counters: at most so many."
        ),
    )
    hold_minutes = forms.FloatField(
        label=_("When it lasts so many minutes"), min_value=0, max_value=240, initial=5,
        widget=forms.NumberInput(attrs=_NUMBER),
    )  # fmt: skip
    over_at = forms.FloatField(
        label=_("Over at"),
        min_value=0,
        max_value=100_000,
        widget=forms.NumberInput(attrs=_NUMBER),
        help_text=_("Lower than the first number, so that it does not flap. Free counters: higher."),
    )
    calm_minutes = forms.FloatField(
        label=_("When that lasts so many minutes"), min_value=0, max_value=240, initial=5,
        widget=forms.NumberInput(attrs=_NUMBER),
    )  # fmt: skip
    from_time = forms.TimeField(label=_("Only from"), required=False, widget=forms.TimeInput(attrs=_TIME))
    to_time = forms.TimeField(label=_("Only to"), required=False, widget=forms.TimeInput(attrs=_TIME))
    mode = forms.ChoiceField(label=_("How"), widget=forms.RadioSelect, initial="proposed")
    action = forms.ChoiceField(label=_("What is done"))
    counter = forms.ChoiceField(
        label=_("Which counter"),
        required=False,
        help_text=_("Where a counter serves more, one has to be chosen."),
    )
    staff = forms.ChoiceField(label=_("Whom to ask"), required=False)
    stages = forms.MultipleChoiceField(
        label=_("What the counter serves as well"), required=False, widget=forms.CheckboxSelectMultiple
    )
    kiosk_services = forms.MultipleChoiceField(
        label=_("Services at the kiosks"), required=False, widget=forms.CheckboxSelectMultiple
    )
    other_site = forms.ChoiceField(label=_("Which site"), required=False)
    flow = forms.ChoiceField(label=_("Service on the phone"), required=False)
    notice_zh = forms.CharField(
        label=_("Notice (Chinese)"), max_length=200, required=False, help_text=_("One language is enough.")
    )
    notice_en = forms.CharField(label=_("Notice (English)"), max_length=200, required=False)

    WHEN = (
        "measure",
        "services",
        "threshold",
        "hold_minutes",
        "over_at",
        "calm_minutes",
        "from_time",
        "to_time",
    )
    OF_ACTIONS = {
        "open-counter": ("counter", "staff"),
        "counter-services": ("counter", "stages"),
        "hide-services": ("kiosk_services",),
        "show-services": ("kiosk_services",),
        "offer-site": ("other_site",),
        "offer-channel": ("flow",),
        "notice": ("notice_zh", "notice_en"),
    }

    def __init__(self, *args: Any, place: Place, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = queueing.setup_choices(place.id)
        measures, acts, modes = diversion.choices()
        if not diversion.knows_kiosks():
            measures = [one for one in measures if one[0] != "kiosks"]
        served = [(str(pk), say(names)) for pk, _slug, names in known.services]
        row = hall.site(place.id)
        others = hall.open_sites().filter(region__organisation_id=row.region.organisation_id)
        flows = services.offered(row.region.organisation_id, channel="phone", timezone=row.timezone)
        for name, choices in {
            "measure": measures,
            "action": acts,
            "mode": modes,
            "services": served,
            "kiosk_services": served,
            "counter": [("", gettext("any")), *((str(c.id), say(c.names)) for c in known.counters)],
            "staff": [
                ("", gettext("any supervisor")),
                *((str(p.pk), say(p.names)) for p in people.colleagues(place.id)),
            ],
            "stages": [(str(one.id), stage_words(one)) for one in known.stages],
            "other_site": [
                ("", gettext("the one with the shortest wait")),
                *((str(s.pk), str(s)) for s in others.exclude(pk=place.id).order_by("slug")),
            ],
            "flow": [("", "–"), *((one.slug, say(one.names)) for one in flows)],
        }.items():
            field: Any = self.fields[name]
            field.choices = choices

    @property
    def when(self) -> list[Any]:
        return [self[name] for name in self.WHEN]

    @property
    def then(self) -> list[tuple[str, Any]]:
        """The fields of actions, each with the classes of the actions that it belongs to."""
        wanted: dict[str, list[str]] = defaultdict(list)
        for action, names in self.OF_ACTIONS.items():
            for name in names:
                wanted[name].append(f"for-{action}")
        return [(" ".join(classes), self[name]) for name, classes in wanted.items()]

    def rule_fields(self) -> actions.RuleFields:
        """What the room gets; only what the chosen action needs."""
        given = self.cleaned_data
        mine = self.OF_ACTIONS.get(given["action"], ())

        def ids(name: str) -> list[UUID]:
            return [UUID(one) for one in given[name]]

        def own(name: str, default: Any = "") -> Any:
            return given[name] if name in mine else default

        return actions.RuleFields(
            names=self.names(),
            measure=given["measure"],
            threshold=given["threshold"],
            over_at=given["over_at"],
            action=given["action"],
            mode=given["mode"],
            hold_minutes=given["hold_minutes"],
            calm_minutes=given["calm_minutes"],
            services=ids("services"),
            from_time=given["from_time"],
            to_time=given["to_time"],
            counter=_uuid(own("counter")),
            staff=_uuid(own("staff")),
            stages=[UUID(one) for one in own("stages", [])],
            kiosk_services=[UUID(one) for one in own("kiosk_services", [])],
            other_site=_uuid(own("other_site")),
            flow=own("flow"),
            notice=text_of(own("notice_zh"), own("notice_en")),
        )


def initial_of(rule: Any) -> dict[str, Any]:
    """A rule as the form's values."""
    found = {
        name: getattr(rule, name)
        for name in (
            *("measure", "threshold", "hold_minutes", "over_at", "calm_minutes", "from_time", "to_time"),
            *("mode", "action", "flow"),
        )
    }
    for name in ("counter", "staff", "other_site"):
        found[name] = str(getattr(rule, f"{name}_id") or "")
    for name in ("services", "stages", "kiosk_services"):
        found[name] = [str(one.pk) for one in getattr(rule, name).all()]
    for kind, text in (("name", rule.names), ("notice", rule.notice)):
        found |= {f"{kind}_zh": text.get("zh-Hans", ""), f"{kind}_en": text.get("en", "")}
    return found


class PlanForm(LanguagesForm):
    """Days, and what is otherwise on them."""

    first = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))
    opens = forms.TimeField(
        label=_("Opens"),
        required=False,
        widget=forms.TimeInput(attrs=_TIME),
        help_text=_("Empty: the hours stay as they are."),
    )
    closes = forms.TimeField(label=_("Closes"), required=False, widget=forms.TimeInput(attrs=_TIME))
    counters = forms.MultipleChoiceField(
        label=_("Counters serve as well"), required=False, widget=forms.CheckboxSelectMultiple
    )
    rules_on = forms.MultipleChoiceField(
        label=_("Rules switched on"), required=False, widget=forms.CheckboxSelectMultiple
    )
    rules_off = forms.MultipleChoiceField(
        label=_("Rules switched off"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, place: Place, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = place.today
        known = queueing.setup_choices(place.id)
        rules = diversion.rules_of(place.id, actor=actor)
        for name, choices in {
            "counters": [
                (f"{counter.id}:{stage.id}", f"{say(counter.names)}: {stage_words(stage)}")
                for counter in known.counters
                for stage in known.stages
                if stage.id not in counter.stages
            ],
            "rules_on": [(str(one.pk), say(one.names)) for one in rules if not one.is_active],
            "rules_off": [(str(one.pk), say(one.names)) for one in rules if one.is_active],
        }.items():
            field: Any = self.fields[name]
            field.choices = choices
            if not choices:
                del self.fields[name]

    def clean_last(self) -> date:
        """The last day, which is still to come."""
        found: date = self.cleaned_data["last"]
        if found < self.today:
            raise forms.ValidationError(_("This day is over already."))
        if found - self.today > FARTHEST:
            raise forms.ValidationError(_("A plan is for the next two years."))
        return found

    def wanted(self) -> dict[str, Any]:
        """What the room gets."""
        given = self.cleaned_data
        by_counter: dict[UUID, list[UUID]] = defaultdict(list)
        for one in given.get("counters", []):
            counter, _colon, stage = one.partition(":")
            by_counter[UUID(counter)].append(UUID(stage))
        return {
            "names": self.names(),
            "first": given["first"],
            "last": given["last"],
            "opens": given["opens"],
            "closes": given["closes"],
            "counters": [actions.CounterServes(counter, stages) for counter, stages in by_counter.items()],
            "rules_on": [UUID(one) for one in given.get("rules_on", [])],
            "rules_off": [UUID(one) for one in given.get("rules_off", [])],
        }


def put_errors(form: forms.Form, errors: dict[str, str]) -> None:
    """What a room refuses, beside the fields."""
    beside = {"names": "name_zh", "notice": "notice_zh"}
    for name, words in errors.items():
        wanted = beside.get(name, name)
        form.add_error(wanted if wanted in form.fields else None, words)
