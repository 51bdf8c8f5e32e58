"""Addresses for customers: ``/``, a hall's door ``/s/<site>``, a ticket ``/t/<code>``, a request ``/r/<code>``."""

from __future__ import annotations

from django.urls import path

from servicehall.channels.portal.views import door, halls, me, passkeys, privacy, request, ticket

app_name = "portal"
urlpatterns = [
    path("", halls.home, name="home"),
    path("me", me.me, name="me"),
    path("me/code", me.send_code, name="me-code"),
    path("me/enter", me.enter_code, name="me-enter"),
    path("me/passkey/challenge", passkeys.challenge, name="me-passkey-challenge"),
    path("me/passkey/use", passkeys.use, name="me-passkey-use"),
    path("me/passkeys", passkeys.passkeys, name="me-passkeys"),
    path("me/passkeys/<uuid:passkey_id>/remove", passkeys.remove, name="me-passkey-remove"),
    path("me/register", me.register, name="me-register"),
    path("me/edit", me.edit, name="me-edit"),
    path("me/contact", me.contact, name="me-contact"),
    path("me/privacy", privacy.privacy, name="me-privacy"),
    path("me/privacy/consent", privacy.consent, name="me-consent"),
    path("me/privacy/receipt/<uuid:consent_id>.json", privacy.receipt, name="me-receipt"),
    path("me/privacy/proof/<uuid:consent_id>.json", privacy.proof, name="me-proof"),
    path("me/privacy/data.json", privacy.export, {"form": "json"}, name="me-export-json"),
    path("me/privacy/data", privacy.export, {"form": "page"}, name="me-export"),
    path("me/privacy/restrict", privacy.restrict, name="me-restrict"),
    path("me/privacy/correction", privacy.correction, name="me-correction"),
    path("me/privacy/erasure", privacy.erasure, name="me-erasure"),
    path("me/sign-out", me.sign_out, name="me-sign-out"),
    path("s/<slug:site>", door.site, name="site"),
    path("s/<slug:site>/poster", door.poster, name="poster"),
    path("s/<slug:site>/take/<slug:service>", door.take, name="take"),
    path("s/<slug:site>/do/<slug:flow>", request.begin, name="begin"),
    path("r/<slug:request_code>", request.step, name="request"),
    path("r/<slug:request_code>/now", request.now, name="request-now"),
    path("r/<slug:request_code>/pay", request.pay, name="request-pay"),
    path("r/<slug:request_code>/unpay", request.unpay, name="request-unpay"),
    path("r/<slug:request_code>/leave", request.leave, name="request-leave"),
    path("r/<slug:request_code>/files/<uuid:file_id>", request.file, name="request-file"),
    path("r/<slug:request_code>/slip/<slug:step>", request.slip, name="request-slip"),
    path("t/alerts.js", ticket.alerts_worker, name="alerts-worker"),
    path("t/<slug:code>", ticket.ticket, name="ticket"),
    path("t/<slug:code>/proof.json", ticket.proof, name="proof"),
    path("t/<slug:code>/now", ticket.now, name="now"),
    path("t/<slug:code>/leave", ticket.leave, name="leave"),
    path("t/<slug:code>/later", ticket.later, name="later"),
    path("t/<slug:code>/back", ticket.back, name="back"),
    path("t/<slug:code>/rate", ticket.rate, name="rate"),
]
