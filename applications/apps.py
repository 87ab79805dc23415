"""From interest to decision."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"
    label = "applications"

    def ready(self) -> None:
        from applications import documents, policy
        from applications.emails import deciding, rounds, signing
        from applications.services import links
        from core import doors
        from core.documents import jobs, verify
        from core.notifications import kinds
        from core.ui import menu
        from hubs.policy import works_at_a_hub

        doors.register(policy.MAY)
        # Who works for a hub or nationally and has a form besides finds it on their home.
        of_a_school = doors.is_signed_in & ~works_at_a_hub & ~policy.of_the_national_team
        menu.register(menu.MenuEntry("Your forms", "applications:own_forms", of_a_school, order=10))
        menu.register(
            menu.MenuEntry(
                "Rounds",
                "applications:own_rounds",
                policy.MAY["applications.see_rounds"],
                order=10,
                under=("/rounds/", "/bids/"),
            )
        )
        menu.register(menu.MenuEntry("Open rounds", "applications:rounds", of_a_school, order=20, strangers=True))
        for kind in (*deciding.KINDS, *rounds.KINDS, *signing.KINDS):
            kinds.register(kind)
        jobs.register(documents.KIND)
        verify.register_reference(documents.known)
        links.register()
