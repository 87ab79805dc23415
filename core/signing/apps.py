"""Signatures and the chain of their evidence."""

from django.apps import AppConfig


class SigningConfig(AppConfig):
    name = "core.signing"
    label = "signing"
