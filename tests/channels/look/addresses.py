"""The look by itself: its gallery and the choice of language, without the channels that stand on it."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("servicehall.channels.look.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
