"""All services of an organisation, and the beginning of a new one: blank, from a sample, or from a file."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from servicehall.channels import categories
from servicehall.channels.ops import asking
from servicehall.channels.uploads import in_memory
from servicehall.kernel.errors import BadInput, NotAllowed
from servicehall.kernel.languages import say
from servicehall.rooms.hall import queries as hall
from servicehall.rooms.services import actions
from servicehall.rooms.services import queries as services

from .asked import Asked, asked, faults_of, shown, to
from .files import UnfitFile, read_file
from .overview import STATES

BLANK = """# What customers do by themselves, in their languages. The list below the text says what is still missing.
flow: {slug}
name: {{en: , zh-Hans: }}
category: service
channels: [kiosk, phone, desk]

steps:
  - form: first
    title: {{en: , zh-Hans: }}
    fields:
      - id: name
        type: text
        label: {{en: , zh-Hans: }}

  - end: done
    title: {{en: , zh-Hans: }}
"""
_SLUG = re.compile(r"[a-z][a-z0-9-]{0,39}")
_NAMED = re.compile(r"^flow:[ \t]*([^\s#]*)", re.MULTILINE)


@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The services of the first site at which the reader may see them."""
    actor = asking.watcher(request, services.SEE)
    first = hall.sites_seen(actor, services.SEE).order_by("slug").first()
    if first is None:
        raise NotAllowed(right=services.SEE)
    return redirect("ops:services", first.slug)


@never_cache
@require_GET
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The services of the site's organisation."""
    who = asked(request, slug)
    words = request.GET.get("q", "").strip()[:80]
    every = services.standings(who.organisation)
    rows = [_row(one) for one in every if _has(one, words)]
    context = {"rows": rows, "words": words, "total": len(every)}
    return shown(request, "ops/services/list.html", who, context)


def _has(one: services.Standing, words: str) -> bool:
    """Whether all words are found in its names, its short name or its category."""
    named = [one.flow.slug, one.category, _category(one.category)]
    said = " ".join([*one.flow.names.values(), *named]).casefold()
    return all(word in said for word in words.casefold().split())


def _category(slug: str) -> str:
    """As customers read it; one of somebody's own by its short name."""
    return str(categories.KNOWN[slug].label) if slug in categories.KNOWN else slug


def _row(one: services.Standing) -> dict[str, Any]:
    words, tone = STATES[one.state]
    return {
        "standing": one,
        "flow": one.flow,
        "name": say(one.flow.names) or one.flow.slug,
        "category": _category(one.category),
        "state": words,
        "tone": tone,
        "running": sorted(one.running.items(), reverse=True),
    }


class NewForm(forms.Form):
    """What a new service begins with."""

    begin = forms.ChoiceField(label=_("Begin with"), widget=forms.RadioSelect, initial="blank")
    slug = forms.CharField(
        label=_("Short name"),
        max_length=40,
        required=False,
        help_text=_(
            "It stands in addresses and never changes: small letters, digits and hyphens. Left empty, it is the file’s."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("File"), required=False, widget=forms.FileInput(attrs={"accept": ".yaml,.yml,text/plain"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begin: Any = self.fields["begin"]
        begin.choices = [
            ("blank", _("An empty definition")),
            *((f"sample-{name}", title) for name, title in samples().items()),
            ("file", _("A file")),
        ]

    def text_and_slug(self) -> tuple[str, str]:
        """The first draft and the short name.

        Raises:
            ValidationError: by field, what does not fit.
        """
        begin, slug = self.cleaned_data["begin"], self.cleaned_data["slug"].strip()
        if begin == "file":
            if self.cleaned_data["file"] is None:
                raise ValidationError({"file": gettext("Choose a file of at most 800 KB.")})
            try:
                text = read_file(self.cleaned_data["file"])
            except UnfitFile as problem:
                raise ValidationError({"file": str(problem)}) from None
            named = _NAMED.search(text)
            slug = slug or (named[1].strip("\"'") if named else "")
        else:
            text = BLANK if begin == "blank" else services.samples()[begin.removeprefix("sample-")]
            slug = slug or begin.removeprefix("sample-") * (begin != "blank")
        if not _SLUG.fullmatch(slug):
            raise ValidationError(
                {"slug": gettext("Small letters, digits and hyphens, beginning with a letter.")}
            )
        if begin == "blank":
            return text.format(slug=slug), slug
        return _NAMED.sub(lambda _found: f"flow: {slug}", text, count=1), slug


def samples() -> dict[str, str]:
    """The samples by short name, with what they are called in the reader's language."""
    return {name: say(services.named(text)) or name for name, text in services.samples().items()}


@in_memory
@never_cache
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """A new service."""
    who = asked(request, slug, changes=True)
    initial = {"begin": request.GET.get("begin", "blank")}
    form = NewForm(request.POST, request.FILES) if request.method == "POST" else NewForm(initial=initial)
    if form.is_valid() and (made := _made(form, who)) is not None:
        return to("service-text", who, made)
    status = 422 if form.errors else 200
    return shown(request, "ops/services/add.html", who, {"form": form}, status=status)


def _made(form: NewForm, who: Asked) -> Any:
    try:
        text, slug = form.text_and_slug()
        return actions.create_flow(organisation_id=who.organisation, slug=slug, text=text, by=who.actor)
    except ValidationError as problem:
        form.add_error(None, problem)
    except actions.SlugTaken as problem:
        form.add_error("slug", problem.sentences)
    except BadInput as problem:
        form.add_error("file", faults_of(problem))
    return None
