"""From interest to decision."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"
    label = "applications"

    def ready(self) -> None:
        from applications import documents, policy
        from applications.emails import deciding, signing
        from applications.services import links
        from core import doors
        from core.documents import jobs, verify
        from core.notifications import kinds

        doors.register(policy.MAY)
        for kind in (*deciding.KINDS, *signing.KINDS):
            kinds.register(kind)
        jobs.register(documents.KIND)
        verify.register_reference(documents.known)
        links.register()
