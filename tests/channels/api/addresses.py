"""The addresses of a program that answers only the API: a short list is searched faster than all pages'."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("api/", include("servicehall.channels.api.urls"))]
