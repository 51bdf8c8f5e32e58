"""“Tell me in WeChat”: the way to WeChat and back, for whoever fills in a booking's form in WeChat."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from servicehall.channels.page_context import public_url
from servicehall.channels.portal import own_wechat
from servicehall.channels.portal.pages import phone_page, private
from servicehall.channels.portal.views.booking import booking_page
from servicehall.rooms.messages import actions, queries


@require_safe
@booking_page
def ask(request: HttpRequest, row: Any) -> HttpResponse:
    """To WeChat, with a state that only this browser has. Nothing is changed here."""
    if row.state != "held" or not queries.can_ask_wechat() or not own_wechat.is_wechat(request):
        return HttpResponseRedirect(reverse("portal:booking-details", args=[row.code]))
    state = secrets.token_hex(16)
    back = public_url(request, reverse("portal:wechat-back"))
    response = HttpResponseRedirect(queries.wechat_login_url(back, state))
    own_wechat.begin(request, response, state, row.code)
    return response


@require_safe
@private
@phone_page
def back(request: HttpRequest) -> HttpResponse:
    """From WeChat with a code: who they are is kept for the form, where the state is the one they left with."""
    state, booking_code = own_wechat.begun(request)
    given = request.GET.get("state", "")
    if not state or not constant_time_compare(state, given):
        raise actions.NoOpenid
    response = HttpResponseRedirect(reverse("portal:booking-details", args=[booking_code]))
    own_wechat.forget_state(response)
    try:
        openid = actions.wechat_openid(request.GET.get("code", ""))
    except actions.NoOpenid as problem:
        notices.error(request, f"{problem.title} {problem.advice}")
    else:
        own_wechat.remember(request, response, openid, booking_code)
        notices.success(request, _("We tell you in WeChat about this booking."))
    return response
