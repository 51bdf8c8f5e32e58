"""The addresses of this channel."""

from __future__ import annotations

from django.urls import path

from . import (
    back_office,
    connectors,
    corrections,
    customers,
    evidence,
    exports,
    locks,
    mailbox,
    questions,
    records,
    security_alerts,
    views,
    webhooks,
)

app_name = "ops"
urlpatterns = [
    path("admin/login/", back_office.sign_in, name="admin-sign-in"),
    path("admin/logout/", back_office.sign_out, name="admin-sign-out"),
    path("admin/password_change/", back_office.account, name="admin-account"),
    path("ops", views.overview, name="overview"),
    path("ops/evidence", evidence.acts, name="evidence"),
    path("ops/evidence/acts.csv", evidence.acts_csv, name="evidence-csv"),
    path("ops/evidence/receipt", evidence.receipt, name="evidence-receipt"),
    path("ops/alerts", security_alerts.choose, name="alerts-first"),
    path("ops/<slug:slug>/alerts", security_alerts.listing, name="alerts"),
    path("ops/<slug:slug>/alerts/<uuid:alert_id>", security_alerts.acknowledge, name="alert-acknowledge"),
    path("ops/connectors", connectors.choose, name="connectors-first"),
    path("ops/<slug:slug>/connectors", connectors.listing, name="connectors"),
    path("ops/<slug:slug>/connectors/<uuid:connector_id>", connectors.one, name="connector"),
    path(
        "ops/<slug:slug>/connectors/<uuid:connector_id>/try/<str:operation>",
        connectors.attempt,
        name="connector-try",
    ),
    path("ops/webhooks", webhooks.choose, name="webhooks-first"),
    path("ops/<slug:slug>/webhooks", webhooks.listing, name="webhooks"),
    path("ops/<slug:slug>/webhooks/add", webhooks.add, name="webhook-add"),
    path("ops/<slug:slug>/webhooks/<uuid:endpoint_id>", webhooks.one, name="webhook"),
    path("ops/<slug:slug>/webhooks/<uuid:endpoint_id>/change", webhooks.change, name="webhook-change"),
    path("ops/<slug:slug>/webhooks/<uuid:endpoint_id>/act", webhooks.act, name="webhook-act"),
    path("ops/<slug:slug>/webhooks/<uuid:endpoint_id>/repeat", webhooks.repeat, name="webhook-repeat"),
    path("ops/mailbox", mailbox.choose, name="mailbox-first"),
    path("ops/<slug:slug>/mailbox", mailbox.mailbox, name="mailbox"),
    path("ops/<slug:slug>/duplicates", customers.duplicates, name="duplicates"),
    path("ops/<slug:slug>/duplicates/compare", customers.preview, name="joining"),
    path("ops/<slug:slug>/duplicates/join", customers.join, name="join"),
    path("ops/<slug:slug>/duplicates/part", customers.part, name="part"),
    path("ops/<slug:slug>/erasures", customers.erasures, name="erasures"),
    path("ops/<slug:slug>/erasures/decide", customers.decide, name="erasure"),
    path("ops/<slug:slug>/corrections", corrections.corrections, name="corrections"),
    path("ops/<slug:slug>/corrections/decide", corrections.correction, name="correction"),
    path("ops/<slug:slug>/forms", questions.forms, name="forms"),
    path("ops/<slug:slug>/forms/<slug:step>", questions.form, name="form"),
    path("ops/<slug:slug>", views.site, name="site"),
    path("ops/<slug:slug>/tickets", records.tickets, name="tickets"),
    path("ops/<slug:slug>/tickets/<uuid:ticket_id>", records.ticket, name="ticket"),
    path("ops/<slug:slug>/locked", locks.locked, name="locked"),
    path("ops/<slug:slug>/locked/<uuid:staff_id>/unlock", locks.unlock, name="unlock"),
    path("ops/<slug:slug>/figures.csv", exports.figures, name="figures-csv"),
    path("ops/<slug:slug>/tickets.csv", exports.tickets, name="tickets-csv"),
]
