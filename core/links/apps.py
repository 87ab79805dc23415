"""Personal links sent by e-mail."""

from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "core.links"
    label = "links"
