"""A person's own account: password and language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from servicehall.kernel.rights import Actor
from servicehall.rooms.people import actions as people

from .access import for_staff
from .frame import frame
from .signing import use_language


def _password(label: Any, autocomplete: str, missing: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": missing},
    )


class PasswordForm(forms.Form):
    """The present password and twice the new one."""

    old = _password(_("Present password"), "current-password", _("Enter your present password."))
    new = _password(_("New password"), "new-password", _("Enter a new password."))
    again = _password(_("New password, once more"), "new-password", _("Enter the new password once more."))

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if found.get("new") and found.get("again") and found["new"] != found["again"]:
            self.add_error("again", _("The two new passwords differ."))
        return found


@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def account(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Change the password; choose the language of our pages."""
    staff: Any = request.user
    form = PasswordForm(request.POST or None, auto_id="%s")
    if request.method == "POST" and form.is_valid():
        try:
            people.change_password(staff, old=form.cleaned_data["old"], new=form.cleaned_data["new"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            update_session_auth_hash(request, staff)
            messages.success(request, _("Your password has been changed."))
            return HttpResponseRedirect(reverse("desk:account"))
    context = {
        **frame(actor),
        "form": form,
        "staff": staff,
        "hints": password_validators_help_texts(),
        "own_language": staff.language,
    }
    status = 422 if form.errors else 200
    return render(request, "desk/account.html", context, status=status)


@require_POST
@for_staff
def language(request: HttpRequest, _actor: Actor) -> HttpResponse:
    """Keep the language that the person wants."""
    staff: Any = request.user
    people.choose_language(staff, request.POST.get("language", ""))
    response = HttpResponseRedirect(reverse("desk:account"))
    use_language(response, staff.language)
    with translation.override(staff.language):
        messages.success(request, str(_("Your pages are in English from now on.")))
    return response
