"""Addresses for providers of text messages."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "receipts"
urlpatterns = [
    path("messages/receipts/twilio/<uuid:message_id>", views.twilio, name="twilio"),
    path("messages/receipts/aliyun/<slug:token>", views.aliyun, name="aliyun"),
]
