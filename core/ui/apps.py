"""Page chrome: template tags, pagination, form rendering, error pages, middleware."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "core.ui"
    label = "ui"
