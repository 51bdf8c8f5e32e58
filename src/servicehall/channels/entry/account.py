"""A person's own account: language, password, what they sign in with, where they are signed in."""

from __future__ import annotations

from typing import Any

from allauth.mfa import app_settings as mfa
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from servicehall.channels.addresses import address_of
from servicehall.channels.language import use_language
from servicehall.channels.sessions import CHOOSE, ENROL
from servicehall.kernel.rights import Actor
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as people_queries

from .agents import browser_of
from .doors import for_person
from .forms import PasswordForm
from .signing import locked_words


def frame(staff: Any) -> dict[str, Any]:
    """The context of the staff frame."""
    return {"staff_name": str(staff), "person_links": [(reverse("account"), _("My account"))]}


def _sessions(request: HttpRequest, staff: Any) -> list[dict[str, Any]]:
    """Where the person is signed in now: this browser first, then the newest."""
    rows = list(UserSession.objects.filter(user_id=staff.pk).order_by("-created_at"))
    alive = set(
        Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    found = [
        {
            "id": row.pk,
            "since": row.created_at,
            "address": row.ip,
            "browser": browser_of(row.user_agent),
            "is_this": row.session_key == request.session.session_key,
        }
        for row in rows
        if row.session_key in alive
    ]
    return sorted(found, key=lambda one: not one["is_this"])


def _hints() -> list[str]:
    return [hint for hint in password_validators_help_texts() if hint]


def _shown(request: HttpRequest, staff: Any, form: PasswordForm, status: int) -> HttpResponse:
    factors = people_queries.second_factors(staff.pk)
    used = next((f.data.get("used_mask", 0).bit_count() for f in factors if f.type == "recovery_codes"), None)
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    names = {app["provider_id"]: app["name"] for app in apps}
    linked = [
        {"id": one.pk, "provider": one.provider, "name": names.get(one.provider, one.provider)}
        for one in SocialAccount.objects.filter(user_id=staff.pk).order_by("pk")
    ]
    context = {
        **frame(staff),
        "form": form,
        "staff": staff,
        "hints": _hints(),
        "own_language": staff.language,
        "apps": [f for f in factors if f.type == "totp"],
        "passkeys": [{"row": f, "name": f.data.get("name", "")} for f in factors if f.type == "webauthn"],
        "codes_left": None if used is None else mfa.RECOVERY_CODE_COUNT - used,
        "passkeys_able": people.Place.of(request.get_host()).is_able,
        "sessions": _sessions(request, staff),
        "linked": linked,
        "linkable": [app for app in apps if app["provider_id"] not in {one["provider"] for one in linked}],
        "must_add": request.session.get(ENROL, False),
    }
    with timezone.override(people_queries.timezone_of(staff)):
        return render(request, "entry/account.html", context, status=status)


@require_http_methods(["GET", "HEAD"])
@for_person
def account(request: HttpRequest, staff: Any) -> HttpResponse:
    """Everything about one's own account on one page."""
    return _shown(request, staff, PasswordForm(auto_id="%s"), 200)


def _choosing(request: HttpRequest, staff: Any, form: PasswordForm, status: int) -> HttpResponse:
    """The page of who signed in with a one-time password: it has nothing else to do."""
    form.fields["old"].label = _("One-time password")
    context = {**frame(staff), "form": form, "staff": staff, "hints": _hints()}
    return render(request, "entry/choose_password.html", context, status=status)


@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def password(request: HttpRequest, staff: Any) -> HttpResponse:
    """Change the password; all other sessions of the person end."""
    must_choose = request.session.get(CHOOSE, False)
    if request.method != "POST":
        if not must_choose:
            return HttpResponseRedirect(reverse("account"))
        return _choosing(request, staff, PasswordForm(auto_id="%s"), 200)
    form = PasswordForm(request.POST, auto_id="%s")
    if form.is_valid():
        try:
            people.change_password(
                staff,
                old=form.cleaned_data["old"],
                new=form.cleaned_data["new"],
                address=address_of(request),
                session=request.session.session_key or "",
            )
        except ValidationError as error:
            form.add_error(None, error)
        except people.LockedOut as locked:
            form.add_error("old", locked_words(locked))
        else:
            request.session[CHOOSE] = False
            update_session_auth_hash(request, staff)
            UserSession.objects.filter(user_id=staff.pk).delete()
            UserSession.objects.create_from_request(request)
            messages.success(request, gettext("Your password has been changed."))
            return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL if must_choose else reverse("account"))
    return (_choosing if must_choose else _shown)(request, staff, form, 422)


@require_POST
@for_person
def language(request: HttpRequest, staff: Any) -> HttpResponse:
    """Keep the language that the person wants."""
    people.choose_language(staff, request.POST.get("language", ""))
    response = HttpResponseRedirect(reverse("account"))
    use_language(response, staff.language)
    with translation.override(staff.language):
        messages.success(request, gettext("Your pages are in English from now on."))
    return response


@require_POST
@for_person
def end_session(request: HttpRequest, staff: Any, session_id: int) -> HttpResponse:
    """Sign out elsewhere, at one place."""
    people.end_session(staff, session_id)
    messages.success(request, gettext("That session has ended."))
    return HttpResponseRedirect(reverse("account"))


@require_POST
@for_person
def end_others(request: HttpRequest, staff: Any) -> HttpResponse:
    """Sign out everywhere else."""
    people.end_sessions(
        staff,
        by=Actor("staff", staff.pk, "desk"),
        reason="revoked",
        keep=request.session.session_key or "",
    )
    messages.success(request, gettext("You are signed out everywhere else."))
    return HttpResponseRedirect(reverse("account"))


@require_POST
@for_person
def unlink(request: HttpRequest, staff: Any, identity_id: int) -> HttpResponse:
    """Disconnect an identity of a single sign-on provider."""
    people.unlink_identity(staff, identity_id)
    messages.success(request, gettext("The single sign-on account is disconnected."))
    return HttpResponseRedirect(reverse("account"))
