"""The addresses of this channel, as C2SP tlog-tiles lays them out."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "evidence"
urlpatterns = [
    path("evidence/checkpoint", views.checkpoint, name="checkpoint"),
    path("evidence/checkpoint/<int:size>", views.old_checkpoint, name="old-checkpoint"),
    path("evidence/tile/<path:name>", views.tile, name="tile"),
    path("evidence/verify_evidence.py", views.verifier, name="verifier"),
]
