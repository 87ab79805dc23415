"""Who runs it locally."""

from django.apps import AppConfig


class HubsConfig(AppConfig):
    name = "hubs"
    label = "hubs"

    def ready(self) -> None:
        from accounts.roles import Source, register_roles
        from core import panels
        from core.doors import is_signed_in
        from core.ui import menu
        from hubs.panels import hubs_of_school
        from hubs.roles import demand_a_second_factor, held_at_hubs

        register_roles(Source(held_at_hubs, demand_a_second_factor))
        menu.register(menu.MenuEntry("Hubs", "hubs:index", is_signed_in, order=40, strangers=True))
        panels.register("schools:detail", panels.Panel("hubs/_of_school.html", hubs_of_school, order=20))
