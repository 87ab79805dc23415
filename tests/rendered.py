"""Forms as a page shows them, for tests that press a button without knowing what stands behind it."""

from __future__ import annotations

from typing import Any

import lxml.html
from django.test import Client


def press(client: Client, response: Any, button: str, **typed: Any) -> Any:
    """Post the form that has a button with these words as the page filled it in, with what was typed besides."""
    page = lxml.html.fromstring(response.content.decode())
    for form in page.forms:
        for found in form.xpath(".//button"):
            if found.text_content().strip() == button:
                data: dict[str, list[Any]] = {}
                for name, value in form.form_values():
                    data.setdefault(name, []).append(value)
                data |= {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
                if found.get("name"):
                    data[found.get("name")] = [found.get("value", "")]
                return client.post(form.get("action") or response.wsgi_request.get_full_path(), data)
    raise AssertionError(f"No button {button!r}: {[b.text_content().strip() for b in page.iter('button')]}")
