"""Single sign-on with OpenID Connect: code flow with PKCE.

The ID token's signature, issuer, audience, times and nonce are all checked, although it comes from the
provider itself; an e-mail counts only when the provider says that it verified it.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from servicehall.rooms.people import actions as people

from .doors import for_person
from .signing import destination

SIGNATURES = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}


class CheckedTokens(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The library's exchange of the code, with every claim checked that OpenID Connect Core 3.1.3.7 names."""

    nonce = ""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        claims = self.claims(app, kwargs["response"].get("id_token") or "")
        info = self._fetch_user_info(token.token)
        if info.get("sub") != claims["sub"]:
            raise OAuth2Error("userinfo is about somebody else")
        told = {**info, **claims}
        login = self.get_provider().sociallogin_from_response(request, {"id_token": told})
        # Nothing about the person is kept but whose identity it is.
        login.account.extra_data = {}
        for address in login.email_addresses:
            address.verified = told.get("email_verified") is True
        return login

    def claims(self, app: Any, token: str) -> dict[str, Any]:
        """What a valid ID token says.

        Raises:
            OAuth2Error: it is not valid, or not for us and this sign-in.
        """
        issuer = str(app.settings["server_url"]).removesuffix("/.well-known/openid-configuration")
        if str(self.openid_config["issuer"]).rstrip("/") != issuer.rstrip("/"):
            raise OAuth2Error("the provider calls itself otherwise")
        try:
            algorithm, key = jwtkit.fetch_key(token, self.openid_config["jwks_uri"], jwtkit.lookup_kid_jwk)
            if algorithm not in SIGNATURES:
                raise OAuth2Error("weak signature")
            found: dict[str, Any] = jwtkit.jwt.decode(
                token,
                key=key,
                algorithms=[algorithm],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=60,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwtkit.jwt.PyJWTError, KeyError, ValueError) as problem:
            raise OAuth2Error("invalid ID token") from problem
        if not self.nonce or not hmac.compare_digest(str(found.get("nonce", "")), self.nonce):
            raise OAuth2Error("other nonce")
        return found


class _Callback(OAuth2CallbackView):  # type: ignore[misc]
    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, refused = super()._get_state(request, provider)
        if state is not None:
            self.adapter.nonce = state.get("nonce", "")
        return state, refused


def _provider(request: HttpRequest, provider_id: str) -> Any:
    try:
        return get_adapter().get_provider(request, provider_id)
    except SocialApp.DoesNotExist:
        raise Http404 from None


def _refused(request: HttpRequest, status: int) -> HttpResponse:
    words = gettext("The sign-in at the provider did not work. Try again, or sign in with your password.")
    return render(request, "socialaccount/authentication_error.html", {"text": words}, status=status)


def _go(request: HttpRequest, provider_id: str, process: str, back: str) -> HttpResponse:
    nonce = secrets.token_urlsafe(24)
    try:
        answer: HttpResponse = _provider(request, provider_id).redirect(
            request, process, next_url=back, auth_params={"nonce": nonce}, nonce=nonce
        )
    except requests.RequestException:
        return _refused(request, 502)
    return answer


@never_cache
@require_POST
def go(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider, to sign in there."""
    return _go(request, provider_id, "login", destination(request))


@never_cache
@require_POST
@for_person
def link(request: HttpRequest, staff: Any, provider_id: str) -> HttpResponse:
    """To the provider, to connect the identity there with the person who is signed in."""
    _provider(request, provider_id)
    people.begin_linking(staff, provider_id)
    return _go(request, provider_id, "connect", "/account")


@never_cache
@require_GET
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider, with a code."""
    _provider(request, provider_id)
    try:
        answer: HttpResponse = _Callback.adapter_view(CheckedTokens(request, provider_id))(request)
    except (requests.RequestException, KeyError, ValueError):
        return _refused(request, 502)
    return answer


@never_cache
@require_GET
def cancelled(request: HttpRequest) -> HttpResponse:
    """Somebody changed their mind at the provider."""
    return _refused(request, 401)
