"""Template tags of the desk."""

from __future__ import annotations

from uuid import uuid4

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def once_key() -> SafeString:
    """The hidden field that makes a form act once, however often it is sent."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid4())
