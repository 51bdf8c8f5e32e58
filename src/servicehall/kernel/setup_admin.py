"""Back office pages for setup tables: scoped to the reader's places, written by the rooms' actions.

Every page of a room's ``admin.py`` stands on the classes here. Deny by default: rows, choices and
inlines of places where the reader has no right are not there (404), and every save and delete goes
through one act of the hall, which checks the right again, records the change and tells all
processes (see office.py).
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from .in_use import cascade, holders
from .language_forms import TextWidget
from .languages import TextField
from .office import CHANGE, SEE, office, site_of
from .transactions import INSTALLATION, transaction

if TYPE_CHECKING:
    PageBase = admin.ModelAdmin[Any]
    TableBase = admin.TabularInline[Any, Any]
    StackBase = admin.StackedInline[Any, Any]
else:
    # The theme has no types; its classes are Django's, dressed.
    from unfold.admin import ModelAdmin as PageBase
    from unfold.admin import StackedInline as StackBase
    from unfold.admin import TabularInline as TableBase


class Scoped:
    """What pages and inlines share: choices of related rows are limited to the reader's places."""

    change_right: str
    formfield_overrides: ClassVar[Any] = {TextField: {"widget": TextWidget}}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", _choices(db_field, request, self.change_right))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", _choices(db_field, request, self.change_right))
        kwargs.setdefault("widget", UnfoldAdminCheckboxSelectMultipleWidget())
        found = super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]
        if found is not None:
            found.help_text = db_field.help_text
        return found

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        found = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        # Rows are added on their own pages, where their site is chosen first.
        for what in ("add", "change", "delete", "view"):
            if hasattr(getattr(found, "widget", None), f"can_{what}_related"):
                setattr(found.widget, f"can_{what}_related", False)
        return found


def _choices(db_field: Any, request: HttpRequest, right: str) -> QuerySet[Any]:
    table = db_field.related_model
    rows = table._default_manager.all()
    if table in office.scopes:
        rows = office.within(rows, office.actor(request), right)
    site = site_of(request)
    return office.at_site(rows, site) if site is not None else rows


class KeepsUsedRows:
    """Rows of a form set that are still used are not deleted with it; the message says by what."""

    def clean(self) -> None:
        super().clean()  # type: ignore[misc]
        for form in getattr(self, "deleted_forms", ()):
            if form.instance.pk and (found := holders(form.instance)):
                raise ValidationError(_in_use(form.instance, found))


class SetupInline(Scoped):
    """Rows shown on their parent's page, under the parent's place."""

    extra = 0
    see_right, change_right = SEE, CHANGE

    def _may(self, request: HttpRequest, right: str, obj: Any) -> bool:
        return obj is None or office.actor(request).may(right, office.place(obj))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        found = super().get_formset(request, obj, **kwargs)  # type: ignore[misc]
        for one in found.form.base_fields.values():
            # The theme labels columns, not fields.
            one.widget.attrs.setdefault("aria-label", str(one.label or ""))
        # Django's own check loads every row that uses one.
        found.form.hand_clean_DELETE = lambda _form: None
        return type(found.__name__, (KeepsUsedRows, found), {})

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.see_right, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.change_right, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.change_right, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.change_right, obj)


class SetupTable(SetupInline, TableBase):
    """An inline of one line a row."""


class SetupStack(SetupInline, StackBase):
    """An inline of one form a row."""


class SetupPages(Scoped, PageBase):
    """The pages of a setup table."""

    actions = None
    """Rows are removed one at a time, after a look at what hangs on them."""
    list_per_page = 50
    show_full_result_count = False
    warn_unsaved_form = True
    compressed_fields = False
    see_right, change_right = SEE, CHANGE
    changes_hours = False
    """Whether what is saved here may leave promises outside of the hours (see ``office.hours_watches``)."""
    site_field = "site"
    """The field that says the row's site; it is chosen before a row is added, and stays."""

    # --- What there is for this reader -----------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return office.within(super().get_queryset(request), office.actor(request), self.see_right)

    def _may(self, request: HttpRequest, right: str, obj: Any) -> bool:
        actor = office.actor(request)
        if obj is not None:
            return actor.may(right, office.place(obj))
        if not (path := office.scopes.get(self.model)):
            return actor.may(right, INSTALLATION)
        if path == "pk":
            return office.within(self.model._default_manager.all(), actor, right).exists()
        return actor.sites(right) != frozenset()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.see_right, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.change_right, None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.change_right, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.change_right, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        raise Http404

    # --- The site first --------------------------------------------------------------------------

    def _of_site(self) -> bool:
        return office.scopes.get(self.model) == self.site_field

    def offered_sites(self, request: HttpRequest) -> QuerySet[Any]:
        """The sites at which the reader may add a row."""
        sites = self.opts.get_field(self.site_field).related_model._default_manager.all()  # type: ignore[union-attr]
        return office.within(sites, office.actor(request), self.change_right)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if self._of_site() and self.site_field in form.base_fields:
            site: Any = form.base_fields[self.site_field]
            site.initial, site.disabled = site_of(request), True
            site.queryset = site.queryset.filter(pk=site_of(request))
        return form

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """The form, for the site in ``?site=``; without one the sites to choose from."""
        if self._of_site() and self.has_add_permission(request):
            offered = list(self.offered_sites(request))
            wanted = request.GET.get("site", "")
            chosen = next((s for s in offered if str(s.pk) == wanted), None)
            if wanted and chosen is None:
                raise Http404
            if chosen is None and len(offered) != 1:
                return self._choose_site(request, offered)
            request._office_site = (chosen or offered[0]).pk  # type: ignore[attr-defined]
        return super().add_view(request, form_url, extra_context)

    def _choose_site(self, request: HttpRequest, offered: list[Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Add %s") % self.opts.verbose_name,
            "opts": self.opts,
            "sites": offered,
            "thing": self.opts.verbose_name,
        }
        return TemplateResponse(request, "kernel/choose_site.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        request._office_site = office.site(obj)  # type: ignore[attr-defined]
        return super().change_view(request, object_id, form_url, extra_context)

    # --- Writing ---------------------------------------------------------------------------------

    def line(self, request: HttpRequest) -> AbstractContextManager[None]:
        """The line in which a form is saved: the site's, else the installation's.

        It is entered before Django opens its transaction. The other way round one process would hold
        the database and wait for the line while another stands in the line and waits for the database.
        """
        return transaction(site_of(request) or INSTALLATION)

    def look_ahead(self, request: HttpRequest) -> None:
        """What takes its time with the files of a form, before the line is entered; the reader may save it."""

    def _may_save(self, request: HttpRequest, object_id: str | None) -> bool:
        if object_id is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, self.get_object(request, object_id))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        line = self.line(request) if request.method == "POST" else nullcontext()
        if request.method == "POST" and request.FILES and self._may_save(request, object_id):
            self.look_ahead(request)
        try:
            with line:
                self._watch_hours(request)
                return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as problem:
            # Somebody else was faster, or rows of one form contradict each other only together.
            for text in problem.messages:
                messages.error(request, text)
            return HttpResponseRedirect(request.get_full_path())

    def _watch_hours(self, request: HttpRequest) -> None:
        site = site_of(request)
        watches = office.hours_watches if self.changes_hours and request.method == "POST" and site else ()
        request._office_watched = [watch(site) for watch in watches if site]  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if form.changed_data or not change:
            office.save(obj, by=office.actor(request), fields=sorted(form.changed_data))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        rows = formset.save(commit=False)
        changed = {row.pk: names for row, names in formset.changed_objects}
        for row in formset.deleted_objects:
            self.remove_row(request, row)
        for row in rows:
            self.save_row(request, row, changed.get(row.pk, []))
        formset.save_m2m()

    def save_row(self, request: HttpRequest, row: Any, fields: list[str]) -> None:
        """Save a row of an inline."""
        office.save(row, by=office.actor(request), fields=sorted(fields))

    def remove_row(self, request: HttpRequest, row: Any) -> None:
        """Remove a row of an inline."""
        if found := holders(row):
            raise ValidationError(_in_use(row, found))
        office.remove(row, by=office.actor(request))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # Many-to-many rows are written last and by Django itself; what processes hold is out of date.
        office.touch(site_of(request) or INSTALLATION)
        for wrong in getattr(request, "_office_watched", ()):
            if said := wrong():
                raise ValidationError(said)

    # --- Removing --------------------------------------------------------------------------------

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_delete_permission(request, obj):
            raise PermissionDenied
        if found := holders(obj):
            messages.error(request, _in_use(obj, found))
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(name, args=[obj.pk]))
        # A site's own end is written in the installation's line: its log goes on without it.
        request._office_site = None if isinstance(obj, office.sites or ()) else office.site(obj)  # type: ignore[attr-defined]
        with self.line(request) if request.method == "POST" else nullcontext():
            return super().delete_view(request, object_id, extra_context)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with a row, counted by table; Django would load every one of them."""
        rows = list(objs)
        counts: dict[str, int] = {}
        for row in rows:
            for name, count in cascade(row).items():
                counts[name] = counts.get(name, 0) + count
        return [str(row) for row in rows], counts, set(), []

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        office.remove(obj, by=office.actor(request))


def _in_use(row: Model, found: list[str]) -> str:
    return _(
        "%(thing)s cannot be deleted, because it is still used by: %(users)s."
        " Take it out of use or change those first."
    ) % {"thing": capfirst(str(row)), "users": ", ".join(found)}


class SiteFilter(admin.SimpleListFilter):
    """A filter by site that knows the reader's sites only."""

    title = ""
    parameter_name = "site"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self.title = _("site")
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        sites = model_admin.opts.get_field("site").related_model._default_manager.all()
        return [(str(s.pk), str(s)) for s in office.within(sites, office.actor(request), SEE)]

    def has_output(self) -> bool:
        return len(self.lookup_choices) > 1

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        try:
            return queryset.filter(site_id=UUID(self.value())) if self.value() else queryset
        except ValueError:
            return queryset.none()
