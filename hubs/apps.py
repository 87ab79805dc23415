"""Who runs it locally."""

from django.apps import AppConfig


class HubsConfig(AppConfig):
    name = "hubs"
    label = "hubs"

    def ready(self) -> None:
        from accounts.roles import Source, register_roles
        from core import doors, panels
        from core.doors import is_signed_in
        from core.ui import menu
        from hubs import policy
        from hubs.panels import hubs_of_school
        from hubs.roles import demand_a_second_factor, held_at_hubs

        doors.register(policy.MAY)
        register_roles(Source(held_at_hubs, demand_a_second_factor))
        menu.register(menu.MenuEntry("Your hub", "hubs:own", policy.works_at_a_hub, order=15))
        others = is_signed_in & ~policy.works_at_a_hub  # who works at one goes on to the others from its page
        menu.register(menu.MenuEntry("Hubs", "hubs:index", others, order=40, strangers=True))
        panels.register("schools:detail", panels.Panel("hubs/_of_school.html", hubs_of_school, order=20))
