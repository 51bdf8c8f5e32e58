"""Which channel answers which address."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from servicehall.channels import contact

handler400 = "servicehall.channels.refusals.bad_request"
handler404 = "servicehall.channels.refusals.not_found"
handler500 = "servicehall.channels.refusals.failed"

admin.autodiscover()

urlpatterns = [
    path("", include("servicehall.channels.portal.urls")),
    path("", include("servicehall.channels.kiosk.urls")),
    path("", include("servicehall.channels.board.urls")),
    path("", include("servicehall.channels.entry.urls")),
    path("", include("servicehall.channels.desk.urls")),
    path("", include("servicehall.channels.ops.urls")),
    path("", include("servicehall.channels.evidence.urls")),
    path("", include("servicehall.channels.receipts.urls")),
    path("", include("servicehall.channels.payments.urls")),
    path("", include("servicehall.channels.look.urls")),
    path("", include("servicehall.channels.live.urls")),
    path(contact.PATH.removeprefix("/"), contact.security_txt, name="security-txt"),
    path("api/", include("servicehall.channels.api.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
