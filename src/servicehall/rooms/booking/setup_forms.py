"""Forms of the setup with the tables' own words and checks; the pages of operations show them, actions save them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from servicehall.rooms.people import queries as people

from .models import Offer, Resource
from .order import in_order

if TYPE_CHECKING:
    OfferBase = forms.ModelForm[Offer]
    ResourceBase = forms.ModelForm[Resource]
else:
    OfferBase = ResourceBase = forms.ModelForm

NEEDS = 3
"""So many kinds of resources at the same time the page offers; the tables take more."""


class _Named:
    """A name in both languages, as two fields, and a short one, which is made of the English name where none is given."""

    fields: dict[str, Any]
    instance: Any
    cleaned_data: dict[str, Any]

    def names_begin(self) -> None:
        names = self.instance.names or {}
        self.fields["name_en"].initial = names.get("en", "")
        self.fields["name_zh"].initial = names.get("zh-Hans", "")
        slug = self.fields["slug"]
        slug.required, slug.help_text = False, _("It stands in addresses. Empty: made of the English name.")

    def clean_slug(self) -> str:
        """The short name that was given, or had, or one that is made of the English name."""
        longest = self.fields["slug"].max_length
        made = slugify(self.cleaned_data.get("name_en", "")).replace("_", "-")[:longest].strip("-")
        found: str = self.cleaned_data.get("slug") or self.instance.slug or made
        if not found and "name_en" in self.cleaned_data:
            raise forms.ValidationError(_("Write a short name: none can be made of this English name."))
        return found

    def names_end(self) -> None:
        given = {"en": self.cleaned_data.get("name_en", ""), "zh-Hans": self.cleaned_data.get("name_zh", "")}
        self.instance.names = {tag: text for tag, text in given.items() if text}


class ResourceForm(_Named, ResourceBase):
    """A person, a counter, a room, or something else that an appointment takes."""

    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=80)

    class Meta:
        model = Resource
        fields = (
            "kind",
            "slug",
            "staff",
            "counter",
            "places",
            "seats",
            "follows_hall",
            "position",
            "is_active",
        )

    field_order = ("name_en", "name_zh")

    def __init__(self, *args: Any, site_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.site_id = site_id
        self.names_begin()
        staff: Any = self.fields["staff"]
        staff.queryset = staff.queryset.filter(pk__in=[one.pk for one in people.colleagues(site_id)])
        counter: Any = self.fields["counter"]
        counter.queryset = counter.queryset.filter(site_id=site_id)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        self.names_end()
        return found


class OfferForm(_Named, OfferBase):
    """Something that can be booked, its rules, and what it takes."""

    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=80)
    hint_en = forms.CharField(label=_("Hint in English"), max_length=200, required=False)
    hint_zh = forms.CharField(label=_("Hint in Chinese"), max_length=200, required=False)

    class Meta:
        model = Offer
        fields = (
            "slug", "service", "minutes", "before", "after", "step", "lead", "horizon_days", "cutoff", "hold",
            "group_most", "group_takes_places", "most_open", "early", "late", "lost", "merge", "merge_minutes",
            "priority", "overbook_percent", "needs_email", "is_public", "position", "is_active",
        )  # fmt: skip

    field_order = ("name_en", "name_zh", "hint_en", "hint_zh")

    def __init__(self, *args: Any, site_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.site_id = site_id
        self.names_begin()
        hint = self.instance.hint or {}
        self.fields["hint_en"].initial, self.fields["hint_zh"].initial = hint.get("en"), hint.get("zh-Hans")
        service: Any = self.fields["service"]
        service.queryset = service.queryset.filter(site_id=site_id)
        resources = Resource.objects.filter(site_id=site_id, is_active=True)
        listed = [(one.pk, str(one)) for one in sorted(resources, key=in_order)]
        adding = self.instance._state.adding  # noqa: SLF001 - how Django says that a row is new
        needs = [] if adding else list(self.instance.needs.prefetch_related("resources"))
        for n in range(NEEDS):
            field = forms.ModelMultipleChoiceField(
                resources,
                label=_("One of these") if n == 0 else _("and at the same time one of these"),
                required=n == 0,
                widget=forms.CheckboxSelectMultiple,
            )
            field.choices = listed
            field.initial = [one.pk for one in needs[n].resources.all()] if n < len(needs) else []
            self.fields[f"need_{n}"] = field

    MERGING = ("merge", "merge_minutes", "late", "priority", "service")

    @property
    def changes_merging(self) -> bool:
        """Whether an offer that was there before would stand in the queue otherwise than now."""
        return not self.instance._state.adding and bool(set(self.MERGING) & set(self.changed_data))  # noqa: SLF001

    @property
    def needs(self) -> list[list[Resource]]:
        """The resources that were chosen, a list a need."""
        chosen = [list(self.cleaned_data.get(f"need_{n}") or []) for n in range(NEEDS)]
        return [one for one in chosen if one]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        self.names_end()
        given = {"en": found.get("hint_en", ""), "zh-Hans": found.get("hint_zh", "")}
        self.instance.hint = {tag: text for tag, text in given.items() if text}
        return found
