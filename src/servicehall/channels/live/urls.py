"""The address of the relay on the web port. The live program itself knows its paths (places.py)."""

from __future__ import annotations

from django.urls import path

from servicehall.channels.live.relay import relay

urlpatterns = [path("live/<path:path>", relay, name="live")]
