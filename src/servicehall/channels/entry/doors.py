"""Who may enter the pages of one's own account: whoever is signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

P = ParamSpec("P")


def for_person(
    view: Callable[Concatenate[HttpRequest, Any, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page of the person who is signed in: the view gets them. Others are led to the sign-in and back."""

    @wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        user: Any = request.user
        if not user.is_authenticated:
            back = request.get_full_path() if request.method == "GET" else reverse("account")
            return redirect_to_login(back, reverse("account_login"))
        return view(request, user, *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", page)
