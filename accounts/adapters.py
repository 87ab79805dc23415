"""How the sign-in library meets the portal: its mails are rows of the outbox, its secrets are encrypted."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts import emails
from accounts.models import User
from core import clock, limits
from core.notifications import outbox
from core.secrets import decrypt, encrypt


class UnknownMail(Exception):
    """The library wants to send a mail that the portal has no words for."""


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by code, told in the portal's own words."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "incorrect_code": "That is not the code in your latest mail",
        "too_many_login_attempts": "That code has had its tries. Ask for a new one.",
        "rate_limited": "You have asked for many codes. Use the latest, or wait a few minutes and ask again.",
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Post the mail to the outbox, one row whether the address was known or not; no mail server in a request."""
        if template_prefix != "account/email/login_code":
            raise UnknownMail(template_prefix)
        user = User.objects.get(email=email)
        outbox.post(
            emails.sign_in_code(user=user, code=context["code"]),
            key=f"{emails.SIGN_IN_CODE}:{user.pk}:{uuid4()}:{user.pk}",
            now=clock.now(),
        )

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Only words of ours: the library's templates say what the page says already."""
        if message:
            super().add_message(request, level, message=message, extra_tags=extra_tags)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Ask who has no name yet for it, once, before the page they came for."""
        response = super().post_login(request, user, **kwargs)
        if not user.name:
            onward = urlencode({"next": response["Location"]})
            return HttpResponseRedirect(f"{reverse('accounts:name')}?{onward}")
        return response

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up apart: the one door makes the person of a new address."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.address_of(request)


class MFAAdapter(DefaultMFAAdapter):
    """Authenticator secrets and recovery seeds, which the library would keep as they are, lie encrypted."""

    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)
