"""Who takes part."""

from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"
    label = "schools"

    def ready(self) -> None:
        from accounts.roles import Source, register_roles
        from schools.roles import held_at_schools

        register_roles(Source(held_at_schools, lambda user: False))
