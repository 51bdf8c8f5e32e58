"""What the fields that purposes need are called, and sentences said in more than one place."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicehall.kernel.protection.fields import protected_fields

from .faces import FIELD
from .form import WORDS
from .models import Customer

LABELS: dict[str, str | Promise] = {
    **{field.name: field.verbose_name for field in protected_fields(Customer)},
    WORDS: _("answers in own words"),
    FIELD: _("face, as a template"),
}

CHOOSE_DOCUMENT = _("Choose the kind of document.")
