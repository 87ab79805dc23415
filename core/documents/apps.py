"""Immutable, hashed and sealed documents."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "core.documents"
    label = "documents"

    def ready(self) -> None:
        from core.documents import checks  # noqa: F401  (registers the checks)
