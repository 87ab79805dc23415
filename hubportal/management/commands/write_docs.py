"""`manage.py write_docs`: print the pages of docs/ that come from the code."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from hubportal.docs import PAGES


class Command(BaseCommand):
    help = "Print docs/permissions.md, docs/lives.md and docs/modules.md from the code."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, page in PAGES.items():
            (settings.BASE_DIR / "docs" / name).write_text(page())
            self.stdout.write(f"docs/{name}")
