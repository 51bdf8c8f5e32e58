"""Back office pages for API tokens: shown once when made, revoked, never changed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from servicehall.kernel.office import office
from servicehall.kernel.setup_admin import SetupPages, SiteFilter
from servicehall.kernel.transactions import INSTALLATION, transaction

from . import actions
from .models import ApiToken

office.scopes[ApiToken] = "site"

TOKEN_ROLES = {
    "desk": _("desk: issue, call and serve"),
    "kiosk": _("kiosk: issue tickets, rate"),
    "manager": _("manager: figures and setup"),
    "integration": _("integration: everything at the site, the clock of a rehearsal too"),
}


@admin.register(ApiToken)
class TokenPages(SetupPages):
    """API tokens: shown once when made, revoked and never changed."""

    list_display = ("name", "role_name", "site", "created_at", "state")
    list_filter = (SiteFilter, "role")
    list_select_related = ("site",)
    search_fields = ("name",)
    change_right = see_right = "token.change"
    actions_detail = ("revoke",)

    @admin.display(description=_("role"))
    def role_name(self, row: ApiToken) -> str:
        return str(TOKEN_ROLES.get(row.role, row.role))

    @display(description=_("state"), label={"good": "success", "gone": "danger"})  # type: ignore[untyped-decorator]
    def state(self, row: ApiToken) -> tuple[str, str]:
        return ("gone", gettext("revoked")) if row.revoked_at else ("good", gettext("valid"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            ("site", "name", "role")
            if obj is None
            else ("name", "role_name", "site", "created_at", "revoked_at")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "role":
            kwargs["choices"] = [("", "—"), *TOKEN_ROLES.items()]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def line(self, request: HttpRequest) -> Any:
        """Tokens are the installation's, also those for one site."""
        return transaction(INSTALLATION)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        made, raw = actions.create_token(
            role=obj.role, site_id=obj.site_id, name=obj.name, by=office.actor(request)
        )
        obj.pk, obj._state.adding = made.pk, False
        request._raw_token = raw  # type: ignore[attr-defined]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing hangs on a token."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        """Show the token, once: only its digest is kept."""
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("The new token"),
            "opts": self.opts,
            "token": request._raw_token,  # type: ignore[attr-defined]
            "name": obj.name,
        }
        answer = TemplateResponse(request, "people/new_token.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    def has_revoke_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        token = self.get_object(request, object_id) if object_id else None
        return token is not None and token.revoked_at is None

    @action(description=_("Revoke"), url_path="revoke", permissions=["revoke"])  # type: ignore[untyped-decorator]
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, then make the token invalid."""
        token = self.get_object(request, object_id)
        if token is None:
            raise Http404
        if request.method == "POST":
            actions.revoke_token(token, by=office.actor(request))
            messages.success(
                request, gettext("%(name)s is revoked and no longer accepted.") % {"name": token.name}
            )
            return HttpResponseRedirect(reverse("admin:people_apitoken_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Revoke the token?"),
            "opts": self.opts,
            "token": token,
        }
        return TemplateResponse(request, "people/revoke_token.html", context)
