"""Who you are."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in, user_logged_out

        from accounts import emails, policy, sessions
        from core import doors
        from core.notifications import kinds

        doors.register(policy.MAY)
        for kind in emails.KINDS:
            kinds.register(kind)
        user_logged_in.connect(sessions.signed_in, dispatch_uid="accounts.signed_in")
        user_logged_out.connect(sessions.signed_out, dispatch_uid="accounts.signed_out")
