"""Addresses of the kiosk. Customers only ever see the first one."""

from __future__ import annotations

from django.urls import path

from servicehall.channels.kiosk import views

app_name = "kiosk"
urlpatterns = [
    path("kiosk/<slug:device>", views.home, name="home"),
    path("kiosk/<slug:device>/forget", views.forget, name="forget"),
    path("kiosk/<slug:device>/setup", views.setup, name="setup"),
    path("kiosk/<slug:device>/take", views.take, name="take"),
    path("kiosk/<slug:device>/s/<slug:service>", views.service, name="service"),
]
