"""Where the library that signs in (django-allauth) asks us: who may, what then, how secrets are kept."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from servicehall.channels.addresses import address_of
from servicehall.channels.language import use_language
from servicehall.channels.sessions import begin_session
from servicehall.kernel import clock
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as people_queries


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody registers themselves; a sign-in is an event, begins a session and tells of a lock."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the library's signature
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or "0.0.0.0"  # noqa: S104 - an unknown address, not one to listen on

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:  # noqa: ARG002
        messages.error(request, gettext("This account may not sign in. Ask your manager."))
        return HttpResponseRedirect(reverse("account_login"))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The library's own words are not shown."""

    def login(self, request: HttpRequest, user: Any) -> None:
        by, factor = _way_in(get_authentication_records(request, user))
        ended = by != "password" and people.end_first_password(user, by=by)
        super().login(request, user)
        begin_session(request, user, by=by)
        people.forget_failures(user.username, address=address_of(request))
        people.note_sign_in(user, by=by, factor=factor)
        if ended:
            text = gettext("You came in without your one-time password, so it is no longer valid.")
            messages.info(request, text)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        # Who chose a language on the sign-in page keeps it; else the person's own is used until sign-out.
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            use_language(response, user.language)
            translation.activate(user.language)
        if locked_at := people.take_lock_notice(user):
            moment = clock.local(locked_at, people_queries.timezone_of(user)).strftime("%Y-%m-%d %H:%M")
            text = gettext(
                "Your account was locked at %(moment)s after ten failed tries."
                " If they were not yours, change your password and tell your manager."
            )
            messages.warning(request, text % {"moment": moment})
        return response


def _way_in(records: list[dict[str, Any]]) -> tuple[str, str]:
    """(by, factor) of an event, from what the library noted in the session."""
    by, factor = "password", ""
    for record in records:
        if record.get("method") == "socialaccount":
            by = "single-sign-on"
        elif record.get("method") == "mfa" and record.get("passwordless"):
            by = "passkey"
        elif record.get("method") == "mfa":
            factor = str(record.get("type", ""))
    return by, factor


class Factors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticator apps and recovery codes are encrypted: a stolen database makes no codes."""

    def encrypt(self, text: str) -> str:
        nonce = secrets.token_bytes(12)
        sealed = _key().encrypt(nonce, text.encode(), b"factor")
        return base64.urlsafe_b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        raw = base64.urlsafe_b64decode(encrypted_text)
        return _key().decrypt(raw[:12], raw[12:], b"factor").decode()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The library's own mails are not sent."""


def _key() -> AESGCM:
    derived = HKDF(SHA256(), 32, salt=None, info=b"servicehall second factors")
    return AESGCM(derived.derive(settings.SECRET_KEY.encode()))


def _connected(request: HttpRequest, sociallogin: Any) -> HttpResponse:
    """A person's own link, begun from their account page."""
    user: Any = request.user
    if not user.is_authenticated:
        return HttpResponseRedirect(reverse("account_login"))
    try:
        people.link_identity(
            user, provider=sociallogin.account.provider, uid=sociallogin.account.uid, by="link"
        )
    except people.IdentityTaken as taken:
        messages.error(request, taken.sentences)
    else:
        messages.success(request, gettext("Your single sign-on account is connected."))
    return HttpResponseRedirect(reverse("account"))


class Identities(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An identity of a provider signs in an existing member of staff or nobody."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Connect an identity that is seen for the first time to the person with that verified e-mail."""
        if sociallogin.state.get("process") == "connect":
            raise ImmediateHttpResponse(_connected(request, sociallogin))
        if sociallogin.is_existing:
            return
        verified = [one.email for one in sociallogin.email_addresses if one.verified]
        found = people.person_to_link(verified)
        if found is None:
            response = render(request, "entry/unknown_identity.html", status=403)
            raise ImmediateHttpResponse(response)
        people.link_identity(
            found, provider=sociallogin.account.provider, uid=sociallogin.account.uid, by="email"
        )
        sociallogin.lookup()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The library's own mails are not sent."""
