"""What all pages of the phone share: headers of a private page, refusals in the phone's frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from servicehall.channels.refusals import refusal_of
from servicehall.kernel.errors import Refused
from servicehall.kernel.rights import customer

ACTOR = customer("phone")
View = Callable[..., HttpResponse]


def phone_page(view: View) -> View:
    """A page of the phone; what is refused is said in its frame, with a way on."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, **kwargs: str) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except Exception as error:
            if (refused := refusal_of(error)) is None:
                raise
            return refusal(request, refused)

    return answer


def private(view: View) -> View:
    """A page that only the holder of its address may see: kept nowhere, indexed nowhere, told to nobody.

    The referrer policy is ``same-origin``, not ``no-referrer``: other sites learn nothing in both, but with
    the latter browsers send ``Origin: null`` with forms, which the protection against forged ones refuses.
    """

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: str) -> HttpResponse:
        response = view(request, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return answer


def refusal(request: HttpRequest, refused: Refused, **context: Any) -> HttpResponse:
    """A refusal as a page with the next step: the hall's services, or the choice of halls."""
    site = request.resolver_match.kwargs.get("site") if request.resolver_match else None
    found_nothing = refused.status == 404 and refused.kind == "not-found"
    context = {
        "problem": refused.problem(),
        "next_url": reverse("portal:site", args=[site])
        if site and not found_nothing
        else reverse("portal:home"),
        "to_site": bool(site) and not found_nothing,
        **context,
    }
    return render(request, "portal/refused.html", context, status=refused.status)
