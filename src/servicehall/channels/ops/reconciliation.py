"""Days compared with the providers' statements, and payments as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from servicehall.kernel.errors import BadInput, Refused
from servicehall.kernel.money import Money
from servicehall.rooms.payments import actions
from servicehall.rooms.payments import queries as payments

from . import asking
from .exports import Columns, lines
from .payments import asked, shown

RIGHT = "payment.reconcile"
PROBLEMS: dict[str, tuple[str | Promise, str]] = {
    "missing-here": (_("on the statement, not in our book"), "bad"),
    "missing-there": (_("in our book, not on the statement"), "bad"),
    "amount": (_("another amount"), "warn"),
}
KINDS = {"payment": pgettext_lazy("line", "payment"), "refund": pgettext_lazy("line", "refund")}
CSV: Columns = (
    (_("Opened"), lambda row, _language: row["row"].opened_at),
    (_("Number"), lambda row, _language: row["row"].number),
    (_("What for"), lambda row, _language: row["row"].description),
    (_("Way of paying"), lambda row, _language: row["row"].get_provider_display()),
    (_("State"), lambda row, _language: row["row"].get_state_display()),
    (_("Currency"), lambda row, _language: row["row"].currency),
    (_("Amount"), lambda row, _language: row["row"].money.decimal),
    (_("Came in"), lambda row, _language: Money(row["row"].received, row["row"].currency).decimal),
    (_("Given back"), lambda row, _language: Money(row["row"].refunded, row["row"].currency).decimal),
    (pgettext_lazy("when", "Paid"), lambda row, _language: row["row"].paid_at),
    (_("Provider’s number"), lambda row, _language: row["row"].transaction_id),
)


@never_cache
@require_http_methods(["GET", "POST"])
def days(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a provider and a day, compare, and see what differs."""
    actor, place = asked(request, slug, RIGHT)
    given = request.POST if request.method == "POST" else request.GET
    accounts = [one for one in payments.accounts(place.id) if one.provider != "cash"]
    account = next((one for one in accounts if one.provider == given.get("provider")), None)
    account = account or next(iter(accounts), None)
    day = asking.day_of(given, default=place.today - timedelta(days=1)) or place.today
    error = ""
    if request.method == "POST" and account is not None:
        try:
            actions.reconcile(site_id=place.id, account_id=account.pk, day=day, by=actor)
        except BadInput:
            error = gettext("Choose a day that has ended.")
        except Refused as problem:
            error = problem.sentences
        else:
            where = reverse("ops:reconciliation", args=[slug])
            response = HttpResponseRedirect(f"{where}?provider={account.provider}&day={day.isoformat()}")
            response.status_code = 303
            return response
    found = payments.reconciliation(account, day) if account else None
    context = {
        "accounts": accounts,
        "account": account,
        "day": day,
        "error": error,
        "found": found,
        "differences": [_difference(one) for one in found.differences] if found else [],
        "past": payments.reconciliations(account) if account else [],
    }
    status = 422 if error else 200
    return shown(request, "ops/reconciliation.html", actor, place, context, status=status)


def _difference(one: dict[str, Any]) -> dict[str, Any]:
    words, tone = PROBLEMS.get(one["problem"], (one["problem"], "bad"))
    money = {
        name: Money(one[name], one["currency"]) if one[name] is not None else None
        for name in ("ours", "theirs")
    }
    return {**one, **money, "words": words, "tone": tone, "what": KINDS.get(one["kind"], one["kind"])}


@never_cache
@require_GET
def payments_csv(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """The payments that were opened on some days, a line each. Nothing about persons: there is nothing to be had."""
    actor, place = asked(request, slug, RIGHT)
    first = asking.day_of(request.GET, "from", place.today) or place.today
    last = asking.day_of(request.GET, "to", first) or first
    if not first <= last <= first + timedelta(days=366):
        raise BadInput(errors={"to": gettext("Choose at most one year, its first day first.")})
    rows = payments.rows_of(place.id, place.span(first)[0], place.span(last)[1], actor=actor)
    wrapped: Iterator[dict[str, Any]] = ({"row": row} for row in rows)
    language = translation.get_language() or "en"
    heads = [str(head) for head, _read in CSV]
    response = StreamingHttpResponse(
        lines(heads, CSV, wrapped, language), content_type="text/csv; charset=utf-8"
    )
    name = f"{place.slug}-payments-{first.isoformat()}-{last.isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
