"""Phone numbers in the office's templates, as its lists show them: `{{ customer.phone|as_said }}`."""

from __future__ import annotations

from django import template

from billing import phones

register = template.Library()


@register.filter
def as_said(number: str) -> str:
    return phones.as_said(number)
