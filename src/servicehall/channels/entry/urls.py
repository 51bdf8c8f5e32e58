"""The addresses of this channel. Names with an underscore are those by which the library finds our pages."""

from __future__ import annotations

from django.urls import path

from . import account, factors, signing, single_sign_on

urlpatterns = [
    path("sign-in", signing.sign_in, name="account_login"),
    path("sign-in/second-factor", signing.second_factor, name="mfa_authenticate"),
    path("sign-in/passkey", signing.passkey_sign_in, name="passkey-sign-in"),
    path("sign-in/passkey/challenge", signing.passkey_challenge, name="passkey-challenge"),
    path("sign-in/with/cancelled", single_sign_on.cancelled, name="socialaccount_login_cancelled"),
    path("sign-in/with/<slug:provider_id>", single_sign_on.go, name="openid_connect_login"),
    path("sign-in/with/<slug:provider_id>/back", single_sign_on.back, name="openid_connect_callback"),
    path("account", account.account, name="account"),
    path("account/language", account.language, name="account-language"),
    path("account/password", account.password, name="account-password"),
    path("account/app", factors.app, name="account-app"),
    path("account/passkey", factors.passkey, name="account-passkey"),
    path("account/factors/<int:factor_id>/remove", factors.remove, name="account-remove-factor"),
    path("account/codes", factors.codes, name="account-codes"),
    path("account/codes/new", factors.new_codes, name="account-new-codes"),
    path("account/sessions/<int:session_id>/end", account.end_session, name="account-end-session"),
    path("account/sessions/end-others", account.end_others, name="account-end-others"),
    path("account/identities/<slug:provider_id>/link", single_sign_on.link, name="account-link"),
    path("account/identities/<int:identity_id>/unlink", account.unlink, name="account-unlink"),
]
