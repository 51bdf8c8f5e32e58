"""An appointment as a calendar file, a resource's calendar by its secret address, and refusing reminders."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from servicehall.channels.page_context import public_url
from servicehall.channels.portal.pages import ACTOR, phone_page, private
from servicehall.kernel import languages
from servicehall.kernel.errors import NotFound
from servicehall.rooms.booking import actions as booking
from servicehall.rooms.booking import queries
from servicehall.rooms.messages import actions as messages

CALENDAR = "text/calendar; charset=utf-8"
WAYS = {"email": _("E-mail"), "sms": _("Text message"), "wechat": _("WeChat")}


@require_safe
@private
@phone_page
def invitation(request: HttpRequest, booking_code: str) -> HttpResponse:
    """The appointment to keep in one's own calendar; its name does not give the code away."""
    found = queries.appointment(booking_code)
    if found.state in {"held", "released"} or found.forgotten_at is not None:
        raise NotFound
    link = public_url(request, reverse("portal:booking", args=[found.code]))
    response = HttpResponse(booking.invitation_of(found, url=link), content_type=CALENDAR)
    response["Content-Disposition"] = f'attachment; filename="appointment-{found.reference}.ics"'
    return response


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """A resource's appointments for a calendar program, which asks again and again."""
    try:
        found = queries.feed(secret)
    except NotFound:
        return HttpResponse("not found\n", status=404, content_type="text/plain")
    etag, changed = f'"{found.etag}"', int(found.changed_at.timestamp())
    answer: Any = HttpResponse(found.body, content_type=CALENDAR)
    answer = get_conditional_response(request, etag=etag, last_modified=changed, response=answer) or answer
    answer["ETag"], answer["Last-Modified"] = etag, http_date(changed)
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    found_answer: HttpResponse = answer
    return found_answer


@require_http_methods(["GET", "HEAD", "POST"])
@private
@phone_page
def reminders(request: HttpRequest, booking_code: str) -> HttpResponse:
    """On which ways the customer wants to be reminded."""
    found = queries.appointment(booking_code)
    if found.state in {"held", "released"} or found.forgotten_at is not None:
        raise NotFound
    ways = queries.ways_of(found)
    if request.method == "POST":
        wanted = set(request.POST.getlist("ways"))
        given = {"email": found.email, "sms": found.phone, "wechat": found.wechat}
        for way in ways:
            act = messages.accept_again if way.kind in wanted else messages.refuse
            act(organisation_id=found.organisation_id, kind=way.kind, address=given[way.kind], by=ACTOR)
        response = HttpResponseRedirect(f"{reverse('portal:booking-messages', args=[booking_code])}?saved")
        response.status_code = 303
        return response
    context = {
        "booking": found,
        "site": found.site,
        "site_name": languages.say(found.site.names),
        "timezone": found.site.timezone,
        "ways": [{"kind": one.kind, "words": WAYS[one.kind], "is_refused": one.is_refused} for one in ways],
        "is_saved": "saved" in request.GET,
        "back_url": f"/b/{booking_code}",
    }
    with timezone.override(found.site.timezone):
        return render(request, "portal/booking_messages.html", context)
