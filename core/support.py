"""The admin site of support: everything can be looked at there, nothing is changed there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import URLPattern

HIDDEN = ("secret", "token_hash", "password", "trn_encrypted", "trn_hash", "session_key", "lease")


class SupportSite(admin.AdminSite):
    """Apart from Django's own site, so that what libraries register there with their forms is not served."""

    site_header = site_title = "Hub Portal: support"
    index_title = "What is in the tables"
    enable_nav_sidebar = False
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))


site = SupportSite(name="admin")


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows rows to support; adds, changes and deletes nothing, for no state is set but by a service."""

    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_urls(self) -> list[URLPattern]:
        """Without the nameless address that old bookmarks are sent on from: every address has a name and a door."""
        return [pattern for pattern in super().get_urls() if pattern.name]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Every column but the secret ones."""
        return [field.name for field in self.opts.concrete_fields if field.name not in HIDDEN]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All of them, as text: no control is built, and no list of choices is asked for."""
        return self.get_fields(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def show(*shown: type[models.Model], search: tuple[str, ...] = ()) -> None:
    """Put models before support, read only; `search` names the fields that its search box looks in."""
    for model in shown:
        site.register(model, type(f"{model.__name__}Admin", (ReadOnlyAdmin,), {"search_fields": search}))
