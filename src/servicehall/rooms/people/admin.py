"""Back office pages for people: staff with roles and skills, skills. Those for API tokens: token_admin.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from servicehall.kernel import step_up
from servicehall.kernel.languages import NAMES
from servicehall.kernel.office import office
from servicehall.kernel.rights import Actor
from servicehall.kernel.setup_admin import SetupPages, SetupTable
from servicehall.kernel.transactions import INSTALLATION, transaction
from servicehall.rooms.hall import queries as hall

from . import queries, staffing, token_admin  # noqa: F401 - tokens' pages are registered with these
from .models import RoleGrant, Skill, Staff

if TYPE_CHECKING:
    PersonFormBase = forms.ModelForm[Staff]
    RoleFormBase = forms.ModelForm[RoleGrant]
else:
    PersonFormBase = RoleFormBase = forms.ModelForm

# The libraries' tables have no pages: their rows are secrets, mean nothing here, or are changed by acts only.
for _app in ("auth", "account", "mfa", "socialaccount", "usersessions"):
    import_module("django.contrib.auth.admin" if _app == "auth" else f"allauth.{_app}.admin")
    for _model in apps.get_app_config(_app).get_models():
        if admin.site.is_registered(_model):
            admin.site.unregister(_model)

office.actor_of = queries.actor_of
_LANGUAGES = [(code.lower(), name) for code, name in NAMES.items()]


# --- Staff -----------------------------------------------------------------------------------------


class PersonForm(PersonFormBase):
    """A person; no password is typed here, a one-time password is made where one is wanted."""

    new_password = forms.BooleanField(
        label=_("Make a one-time password"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_(
            "It replaces the present password and is shown once. It is good for three days;"
            " whoever signs in with it chooses a password of their own."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=_LANGUAGES, initial="zh-hans", widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = Staff
        fields = ("username", "names", "email", "language", "skills", "is_active")
        labels: ClassVar[Any] = {"names": pgettext_lazy("of a person", "Name")}


class RoleForm(RoleFormBase):
    """A role and where it holds, both within the giver's reach."""

    actor: ClassVar[Actor]
    places: ClassVar[list[tuple[Any, list[tuple[str, str]]]]]
    where = forms.ChoiceField(label=_("Where"), widget=UnfoldAdminSelectWidget)

    class Meta:
        model = RoleGrant
        fields = ("role",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        where: Any = self.fields["where"]
        where.choices = [("", "—"), *self.places]
        for kind in ("organisation", "region", "site"):
            if key := getattr(self.instance, f"{kind}_id"):
                where.initial = f"{kind}:{key}"

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not found.get("where") or not found.get("role"):
            return found
        kind, _colon, key = found["where"].partition(":")
        place = UUID(key)
        if not staffing.may_give(self.actor, found["role"], place):
            self.add_error("role", _("You cannot give this role there."))
        for one in ("organisation", "region", "site"):
            setattr(self.instance, f"{one}_id", place if one == kind else None)
        return found


class RoleRows(SetupTable):
    """The roles of a person, as far as the reader could give them."""

    model = RoleGrant
    form = RoleForm
    fields = ("role", "where")
    change_right = see_right = staffing.RIGHT
    verbose_name = _("role")
    verbose_name_plural = _("roles")

    def _may(self, request: HttpRequest, right: str, obj: Any) -> bool:
        return office.actor(request).sites(right) != frozenset()

    def get_queryset(self, request: HttpRequest) -> QuerySet[RoleGrant]:
        rows: QuerySet[RoleGrant] = super().get_queryset(request)
        actor = office.actor(request)
        mine = Q(pk__in=[])
        for place in actor.sites(staffing.RIGHT) or ():
            mine |= staffing.at_places([place]) & Q(role__in=staffing.roles_at(actor, place))
        return rows.filter(mine)

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        actor = office.actor(request)
        places = hall.named_places(actor.sites(staffing.RIGHT) or frozenset())
        form = type("RoleFormOfReader", (RoleForm,), {"actor": actor, "places": places})
        return super().get_formset(request, obj, form=form, **kwargs)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        actor = office.actor(request)
        within = {r for p in actor.sites(staffing.RIGHT) or () for r in staffing.roles_at(actor, p)}
        kwargs["choices"] = [("", "—"), *((r, name) for r, name in RoleGrant.ROLES if r in within)]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


@admin.register(Staff)
class StaffPages(SetupPages):
    """Members of staff with a role at one of the reader's places."""

    form = PersonForm
    inlines = (RoleRows,)
    list_display = ("username", "person", "held_roles", "second_factor", "is_active")
    list_display_links = ("username", "person")
    list_filter = ("is_active",)
    search_fields = ("username", "names__en", "names__zh-Hans")
    ordering = ("username",)
    change_right = see_right = staffing.RIGHT
    actions_detail = ("end_sessions",)
    _PERSON = ("username", "names", "email", "language", "skills", "is_active")

    @admin.display(description=pgettext_lazy("of a person", "Name"))
    def person(self, row: Staff) -> str:
        return str(row)

    @admin.display(description=_("second factor"), boolean=True)
    def second_factor(self, row: Staff) -> bool:
        return bool(row.with_factor)  # type: ignore[attr-defined]

    @admin.display(description=_("roles"))
    def held_roles(self, row: Staff) -> str:
        return " / ".join(str(grant) for grant in row.grants.all())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Staff]:
        rows: QuerySet[Staff] = super(SetupPages, self).get_queryset(request)
        actor = office.actor(request)
        places = actor.sites(staffing.RIGHT) or frozenset()
        mine = RoleGrant.objects.filter(staffing.at_places(places))
        seen = Q(pk__in=mine.values("staff_id"))
        if INSTALLATION in places:
            # By a list of its own: a join would show somebody with two roles twice.
            seen |= Q(pk__in=Staff.objects.filter(grants=None).values("pk"))
        shown = mine.select_related("organisation", "region", "site")
        factors = queries.real_factors().filter(user_id=OuterRef("pk"))
        found = rows.filter(seen).annotate(with_factor=Exists(factors))
        return found.prefetch_related(Prefetch("grants", queryset=shown))

    def _may(self, request: HttpRequest, right: str, obj: Any) -> bool:
        return office.actor(request).sites(right) != frozenset()

    @contextmanager
    def line(self, request: HttpRequest) -> Iterator[None]:
        """What is sensitive in a form (roles, password, address) is confirmed together, before it is kept."""
        with transaction(INSTALLATION), step_up.together(office.actor(request), "staff.change"):
            yield

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Who has served customers stays in the records; "may sign in" is what ends.
        return False

    def _whole(self, request: HttpRequest, obj: Staff | None) -> bool:
        return obj is None or staffing.may_change(office.actor(request), obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if self._whole(request, obj) else self._PERSON

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self._whole(request, obj):
            hint = _("This person also works where you are not a manager; only the roles below are yours.")
            return ((None, {"fields": self._PERSON, "description": hint}),)
        if obj is None:
            hint = _("A one-time password is made and shown once, when the person is saved.")
            return ((None, {"fields": self._PERSON, "description": hint}),)
        return (
            (None, {"fields": self._PERSON}),
            (pgettext_lazy("section of a form", "Password"), {"fields": ("new_password",)}),
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and not self._whole(request, obj):
            return
        wanted = not change or form.cleaned_data.get("new_password", False)
        request._first_password = staffing.save_person(  # type: ignore[attr-defined]
            obj, by=office.actor(request), fields=sorted(form.changed_data), new_password=wanted
        )

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        return self._first_password(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> Any:
        return self._first_password(request, obj) or super().response_change(request, obj)

    def _first_password(self, request: HttpRequest, person: Staff) -> HttpResponse | None:
        """The page that shows a one-time password, once; None where none was made."""
        password = getattr(request, "_first_password", "")
        if not password:
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("The one-time password"),
            "opts": self.opts,
            "person": person,
            "password": password,
            "until": person.first_password_until,
        }
        answer = TemplateResponse(request, "people/first_password.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    def save_row(self, request: HttpRequest, row: Any, fields: list[str]) -> None:
        staffing.give_role(row, by=office.actor(request))

    def remove_row(self, request: HttpRequest, row: Any) -> None:
        staffing.withdraw_role(row, by=office.actor(request))

    def has_end_sessions_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        person: Any = self.get_object(request, object_id) if object_id else None
        return person is not None and self._whole(request, person)

    @action(  # type: ignore[untyped-decorator]
        description=_("Sign out everywhere"), url_path="end-sessions", permissions=["end_sessions"]
    )
    def end_sessions(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then end all sessions of the person."""
        person: Any = self.get_object(request, object_id)
        if person is None:
            raise Http404
        if request.method == "POST":
            count = staffing.end_sessions_of(person, by=office.actor(request))
            text = ngettext(
                "%(name)s is signed out at %(count)d place.",
                "%(name)s is signed out at %(count)d places.",
                count,
            )
            messages.success(request, text % {"name": person, "count": count})
            return HttpResponseRedirect(reverse("admin:people_staff_change", args=[person.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Sign this person out everywhere?"),
            "opts": self.opts,
            "person": person,
        }
        return TemplateResponse(request, "people/end_sessions.html", context)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # A person without a role at the adder's places would be out of their sight at once.
        if not change and not self.get_queryset(request).filter(pk=form.instance.pk).exists():
            raise ValidationError(gettext("Give the new person at least one role."))


# --- Skills ----------------------------------------------------------------------------------------


@admin.register(Skill)
class SkillPages(SetupPages):
    """Skills; they are the same at all sites."""

    list_display = ("__str__", "slug")
    fields = ("names", "slug")
    search_fields = ("slug", "names__en", "names__zh-Hans")
    change_right = see_right = staffing.RIGHT

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        staffing.save_skill(obj, by=office.actor(request), fields=sorted(form.changed_data))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        skill: Any = self.get_object(request, object_id)
        if skill is not None and (skill.stages.exists() or skill.staff.exists()):
            messages.error(
                request,
                gettext("%(skill)s is required by a stage or held by somebody, so it stays.")
                % {"skill": skill},
            )
            return HttpResponseRedirect(reverse("admin:people_skill_change", args=[skill.pk]))
        return super().delete_view(request, object_id, extra_context)
