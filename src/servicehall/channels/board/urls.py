"""Addresses of the boards. More specific ones first: a zone may be called anything but these."""

from __future__ import annotations

from django.urls import path

from servicehall.channels.board import media, views

app_name = "board"
urlpatterns = [
    path("board/sounds/chime.wav", views.chime, name="chime"),
    path("board/sounds/on/<str:language>.wav", views.sound_on, name="sound-on"),
    path("board/media/<uuid:medium_id>", media.medium, name="medium"),
    path("board/<slug:site>/speech/<str:call>/<str:language>.wav", views.speech, name="speech"),
    path("board/<slug:site>/state", views.state, name="state"),
    path("board/<slug:site>/<slug:zone>/state", views.state, name="zone-state"),
    path("board/<slug:site>", views.board, name="board"),
    path("board/<slug:site>/<slug:zone>", views.board, name="zone-board"),
]
