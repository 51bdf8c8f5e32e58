"""The product's settings for a web program that has nothing on it but the relay."""

from tests.channels.live.settings_in_a_hurry import *  # noqa: F403

ROOT_URLCONF = "servicehall.channels.live.urls"
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware", "servicehall.channels.refusals.Refusals"]
