"""Addresses for providers of payments."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "payments"
urlpatterns = [path("payments/notify/<slug:provider>/<uuid:account_id>", views.notify, name="notify")]
