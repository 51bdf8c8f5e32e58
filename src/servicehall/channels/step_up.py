"""Step-up on pages: an act that needs a confirmation becomes a page (or dialog) that asks for one.

What was sent goes along in the page's form and comes again with the proof, to the same address; the act
looks at what it is given now, so another target or amount is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from servicehall.kernel import step_up
from servicehall.kernel.step_up import Operation, StepUpNeeded, StepUpRefused
from servicehall.rooms.people import actions as people
from servicehall.rooms.people import queries as people_queries

from .addresses import address_of
from .refusals import answer, wants_document
from .sessions import just_signed_on

FIELD, PASSWORD, CODE, CREDENTIAL = "step_up", "step_up_password", "step_up_code", "step_up_credential"
_OURS = {FIELD, PASSWORD, CODE, CREDENTIAL, "csrfmiddlewaretoken"}
ACTS: dict[str, str | Promise] = {
    "token.create": _("Make an API token"),
    "token.revoke": _("Revoke an API token"),
    "role.give": _("Give a role"),
    "role.withdraw": _("Withdraw a role"),
    "second-factor.rule": _("Change who has to have a second factor"),
    "staff.change": _("Change a person’s roles, password or e-mail"),
    "staff.unlock": _("Unlock an account"),
    "sessions.end": _("Sign a person out everywhere"),
    "export.release": _("Export single visits"),
    "factor.add": _("Add a second factor"),
    "factor.remove": _("Remove a second factor"),
    "factor.codes": _("Recovery codes"),
    "payment.refund": _("Give money back"),
    "webhook.change": _("Send events to an address outside"),
    "connector.change": _("Say where another system is, and which secret it gets"),
    "webhook.secret": _("Change the secret of a webhook"),
    "identity.link": _("Connect a single sign-on account"),
    "identity.unlink": _("Disconnect a single sign-on account"),
}


def asked(request: HttpRequest, operation: Operation) -> dict[str, Any]:
    """What a form needs to ask for the confirmation of an operation: context of ``look/step_up_fields.html``."""
    staff: Any = request.user
    if not request.session.session_key:
        request.session.save()
    made = people.ask_step_up(staff, operation, session=request.session.session_key or "")
    kinds = {factor.type for factor in people_queries.second_factors(staff.pk)}
    place = people.Place.of(request.get_host())
    nothing = not kinds and not staff.has_usable_password()
    by_sign_on = nothing and operation.act in people.BY_SIGN_ON
    error = getattr(request, "step_up_error", "")
    options = ""
    if "webauthn" in kinds and place.is_able:
        # The passkey signs the operation's own challenge.
        options = json.dumps(people.begin_using(staff, place, challenge=bytes(made.challenge))[0])
    return {
        "step_up_id": str(made.pk),
        "step_up_options": options,
        "step_up_by_code": "totp" in kinds or "recovery_codes" in kinds,
        "step_up_by_password": not kinds and staff.has_usable_password(),
        "step_up_by_sign_on": by_sign_on and just_signed_on(request.session),
        "step_up_help": _nothing_to_confirm_with(by_sign_on=by_sign_on) if nothing and not error else "",
        "step_up_error": error,
    }


def _nothing_to_confirm_with(*, by_sign_on: bool) -> str:
    if by_sign_on:
        return gettext(
            "You have no password here: your single sign-on confirms this, for five minutes after it."
            " When they are over, sign out and in again."
        )
    return gettext("You have nothing to confirm this with. Add a second factor in your account first.")


class StepUps:
    """Takes the proof that came with a request; asks for one where an act demands it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with ExitStack() as stack:
            request.step_up_stack = stack  # type: ignore[attr-defined]
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """Check the proof, after the check against forged requests."""
        user: Any = request.user
        if request.method != "POST" or FIELD not in request.POST or not user.is_authenticated:
            return None
        try:
            found = people.confirm_step_up(
                user, request.POST[FIELD], _proof(request), session=request.session.session_key or ""
            )
        except people.WrongProof as wrong:
            people.note_step_up_refused(user, request.POST[FIELD], reason="wrong-proof")
            request.step_up_error = _words(wrong, request)  # type: ignore[attr-defined]
        except people.LockedOut as locked:
            request.step_up_error = locked.sentences  # type: ignore[attr-defined]
        except StepUpRefused as refused:
            people.note_step_up_refused(user, request.POST[FIELD], reason=refused.reason)
            return answer(request, refused)
        else:
            request.step_up_stack.enter_context(step_up.confirmed(found))  # type: ignore[attr-defined]
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, StepUpNeeded) and not wants_document(request):
            return _ask(request, error)
        if isinstance(error, StepUpRefused):
            user: Any = request.user
            people.note_step_up_refused(user, request.POST.get(FIELD, ""), reason=error.reason)
        return None


def _words(wrong: people.WrongProof, request: HttpRequest) -> str:
    if not people.can_confirm(cast("Any", request.user)):
        return _nothing_to_confirm_with(by_sign_on=True)
    if wrong.facts.get("reason") == "factor-needed":
        return (
            gettext("Confirm with your second factor.")
            if not request.POST.get(PASSWORD)
            else gettext("You have a second factor: confirm with it, not with the password.")
        )
    if request.POST.get(CREDENTIAL):
        return gettext("This passkey does not fit. Try again.")
    if request.POST.get(CODE):
        return gettext("This code is not right, or it was used before.")
    return gettext("This is not your present password.")


def _proof(request: HttpRequest) -> people.Proof:
    return people.Proof(
        address=address_of(request),
        place=people.Place.of(request.get_host()),
        password=request.POST.get(PASSWORD, "")[:500],
        code=request.POST.get(CODE, "").strip()[:20],
        credential=credential_of(request, CREDENTIAL),
        signed_on=just_signed_on(request.session),
    )


def credential_of(request: HttpRequest, name: str) -> dict[str, Any] | None:
    """What a passkey answered, from a form's field; None when it is empty or no object."""
    try:
        found = json.loads(request.POST.get(name) or "null")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) or found is None else {}


def _ask(request: HttpRequest, needed: StepUpNeeded) -> HttpResponse:
    # What the act said before it was rolled back is not so.
    for _said in messages.get_messages(request):
        pass
    part = "HX-Request" in request.headers
    kept = [
        (name, value) for name in request.POST if name not in _OURS for value in request.POST.getlist(name)
    ]
    context = {
        "act": ACTS.get(needed.operation.act, needed.operation.act),
        "fields": kept,
        "action": request.get_full_path(),
        **asked(request, needed.operation),
    }
    template = "look/step_up_part.html" if part else "look/step_up.html"
    response = render(request, template, context, status=422 if part else 401)
    response["Cache-Control"] = "no-store"
    response["WWW-Authenticate"] = "Step-Up"
    if part:
        response["HX-Retarget"] = "body"
        response["HX-Reswap"] = "beforeend"
    return response
