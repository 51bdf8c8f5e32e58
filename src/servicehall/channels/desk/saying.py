"""What is said after an act: a toast on the page, or a message on the next one."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from servicehall.kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and its tone (good, info, bad); ``ticket`` is one that should be shown next."""

    text: str
    tone: str = "good"
    ticket: str = ""

    def kept(self) -> str:
        """As it is kept for a repeated request."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_kept(cls, body: str) -> Said:
        return cls(**json.loads(body))


def of_refusal(refused: Refused) -> Said:
    """What a refusal says: what is wrong, and what to do about it."""
    what = str(refused.detail or refused.title)
    errors = refused.facts.get("errors")
    if isinstance(errors, dict):
        what += ": " + "; ".join(f"{name} {words}" for name, words in errors.items())
    if not refused.advice:
        return Said(what, "bad")
    both = {"what": what.rstrip("。."), "advice": str(refused.advice)}
    # Translators: two sentences after one another; the second brings its own full stop.
    return Said(_("%(what)s. %(advice)s") % both, "bad")


def aloud(response: HttpResponse, said: Said) -> HttpResponse:
    """Put the sentence on a part's answer; desk.js shows it as a toast, or reads it out beside the undo."""
    if said.text:
        response["HX-Trigger"] = json.dumps({"said": {"text": said.text, "tone": said.tone}})
    return response


def later(request: HttpRequest, said: Said) -> None:
    """Keep the sentence for the next page."""
    level = {"bad": messages.ERROR, "good": messages.SUCCESS}.get(said.tone, messages.INFO)
    if said.text:
        messages.add_message(request, level, said.text)
