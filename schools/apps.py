"""Who takes part."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"
    label = "schools"

    def ready(self) -> None:
        from accounts.roles import Source, register_roles
        from core.doors import is_signed_in
        from core.ui import menu
        from schools.roles import held_at_schools

        register_roles(Source(held_at_schools, lambda user: False))
        menu.register(menu.MenuEntry("Schools", "schools:search", is_signed_in, order=50))
