"""From a template to the HTML that becomes a PDF."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string


def render_html(template: str, context: dict[str, Any]) -> str:
    """The HTML of a document; every value is escaped, nothing of a request reaches it."""
    return render_to_string(template, context)
