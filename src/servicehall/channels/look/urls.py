"""Addresses of the gallery."""

from __future__ import annotations

from django.urls import path

from servicehall.channels.look import views

app_name = "look"
urlpatterns = [
    path("gallery", views.gallery, name="gallery"),
    path("gallery/<slug:frame>", views.specimen, name="specimen"),
]
