"""Addresses of the kiosk. Customers only ever see the first one."""

from __future__ import annotations

from django.urls import path

from servicehall.channels.kiosk import appointments, moves, offers, requests, speech, views

app_name = "kiosk"
urlpatterns = [
    path("kiosk/<slug:device>", views.home, name="home"),
    path("kiosk/<slug:device>/forget", views.forget, name="forget"),
    path("kiosk/<slug:device>/setup", views.setup, name="setup"),
    path("kiosk/<slug:device>/take", views.take, name="take"),
    path("kiosk/<slug:device>/offer", offers.offer, name="offer"),
    path("kiosk/<slug:device>/s/<slug:service>", views.service, name="service"),
    path("kiosk/<slug:device>/request", requests.step, name="request"),
    path("kiosk/<slug:device>/request/begin", requests.begin, name="request-begin"),
    path("kiosk/<slug:device>/request/answer", requests.answer, name="request-answer"),
    path("kiosk/<slug:device>/request/photo", requests.photo, name="request-photo"),
    path("kiosk/<slug:device>/request/file", requests.file, name="request-file"),
    path("kiosk/<slug:device>/request/pay", requests.pay, name="request-pay"),
    path("kiosk/<slug:device>/request/unpay", requests.unpay, name="request-unpay"),
    path("kiosk/<slug:device>/request/now", requests.now, name="request-now"),
    path("kiosk/<slug:device>/request/leave", requests.leave, name="request-leave"),
    path("kiosk/<slug:device>/say", speech.say, name="say"),
    path("kiosk/<slug:device>/request/move", moves.offer, name="request-move"),
    path("kiosk/<slug:device>/request/moving", moves.moving, name="request-moving"),
    path("kiosk/<slug:device>/request/moving/now", moves.moving_now, name="request-moving-now"),
    path("kiosk/<slug:device>/request/move/stop", moves.stop, name="request-move-stop"),
    path("kiosk/<slug:device>/request/person", moves.person, name="request-person"),
    path("kiosk/<slug:device>/pickup", moves.pickup, name="pickup"),
    path("kiosk/<slug:device>/appointment", appointments.appointment, name="appointment"),
    path("kiosk/<slug:device>/ticket", moves.ticket, name="ticket"),
]
