"""Signing in and out, a person's name, and where they are signed in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.account import views as library
from allauth.core import ratelimit
from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import devices, services
from accounts.forms import CodeForm, NameForm, SignInForm
from accounts.models import SignIn
from accounts.roles import roles_held
from core import clock, limits
from core.doors import public, requires
from core.ui import errors

MINUTES_15, HOUR = timedelta(minutes=15), timedelta(hours=1)
# (name, how many, within): codes asked for by one address and machine; wrong codes.
CODES_OF_ONE_ADDRESS = (("minute", 3, timedelta(minutes=1)), ("hour", 10, HOUR))
CODES_FROM_ONE_MACHINE = 20, MINUTES_15
WRONG_FOR_ONE_ADDRESS = 5, MINUTES_15
WRONG_FROM_ONE_MACHINE = 20, MINUTES_15


def may_ask_for_a_code(request: HttpRequest, email: str) -> bool:
    """Count one code asked for, in our own table and by the library's limits; False when it is one too many."""
    key = f"{email}:{devices.known(request, email)}"
    return (
        limits.hit(f"code-asked:{limits.address_of(request)}", *CODES_FROM_ONE_MACHINE)
        and all(limits.hit(f"code-asked:{name}:{key}", most, within) for name, most, within in CODES_OF_ONE_ADDRESS)
        and ratelimit.consume(request, action="request_login_code", key=key)
    )


class Address(library.RequestLoginCodeView):
    """An address is typed; a code is mailed to it, whether the portal knew it or not."""

    form_class = SignInForm
    template_name = "account/request_login_code.html"

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: Any) -> None:
        """Who comes back here wants another address or another code, not the page they left."""
        return None

    def get_initial(self) -> dict[str, str]:
        return {"email": self.request.GET.get("email", "")[:254]}

    def form_valid(self, form: SignInForm) -> HttpResponse:
        email = form.cleaned_data["email"]
        if not may_ask_for_a_code(self.request, email):
            return errors.too_many(self.request, retry_after=int(MINUTES_15.total_seconds()))
        with transaction.atomic():
            form._user = services.person_at(email=email)
            return super().form_valid(form)


class Code(library.ConfirmLoginCodeView):
    """The code is typed. Wrong ones count against the address and the machine, beside the five tries of the code."""

    form_class = CodeForm
    template_name = "account/confirm_login_code.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        email = self._process.state["email"]
        self.wrong = {
            f"code-wrong:{email}:{devices.known(request, email)}": WRONG_FOR_ONE_ADDRESS,
            f"code-wrong:{limits.address_of(request)}": WRONG_FROM_ONE_MACHINE,
        }
        if self._action == "resend":
            if not may_ask_for_a_code(request, email):
                return errors.too_many(request, retry_after=int(MINUTES_15.total_seconds()))
        elif any(limits.reached(key, most) for key, (most, _) in self.wrong.items()):
            return errors.too_many(request, retry_after=int(MINUTES_15.total_seconds()))
        with transaction.atomic():
            return super().post(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        response = super().form_valid(form)
        if self._action == "resend":
            messages.info(self.request, "We have sent a new code. Only the latest one works.")
        elif self.request.user.is_authenticated:
            limits.forgive(next(iter(self.wrong)))
            devices.remember(self.request, response, self.request.user.email)
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        if form.has_error("code", code="wrong"):
            for key, (most, within) in self.wrong.items():
                limits.hit(key, most, within)
            return super().form_invalid(form)
        return self.render_to_response(self.get_context_data(form=form))  # an empty box is no try


POST_TOO = ("GET", "HEAD", "POST")
sign_in = public("Signing in comes before being known.", methods=POST_TOO)(Address.as_view())
confirm_code = public("Signing in comes before being known.", methods=POST_TOO)(Code.as_view())
sign_out = public("Whoever is here may leave.", methods=POST_TOO)(library.LogoutView.as_view())
closed = public("Says that an account is closed to who has just shown that it is theirs.")(
    library.AccountInactiveView.as_view()
)


def onward(request: HttpRequest, default: str) -> str:
    """Where `next` says to go, if that is a page of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if allowed else default


@requires("accounts.change_own_name")
def name(request: HttpRequest) -> HttpResponse:
    """The name a person is called by: asked once after the first sign-in, changed here at any time."""
    form = NameForm(request.POST or None, initial={"name": request.user.name})
    if form.is_valid():
        services.rename(user=request.user, name=form.cleaned_data["name"], by=request.user, now=clock.now())
        return redirect(onward(request, "accounts:you"))
    return render(request, "accounts/name.html", {"form": form, "next": onward(request, "")})


@requires("accounts.see_own_account", methods=("GET", "HEAD"))
def you(request: HttpRequest) -> HttpResponse:
    """What the portal knows of the person signed in: name, address, roles, and where they are signed in."""
    alive = list(SignIn.objects.visible_to(request.user).alive(clock.real_now()))
    for sign_in in alive:
        sign_in.began_at, sign_in.seen_at = clock.shown(sign_in.began_at), clock.shown(sign_in.seen_at)
    return render(
        request,
        "accounts/you.html",
        {"roles": roles_held(request.user), "sign_ins": alive, "this_one": request.session.session_key},
    )


def own_sign_in(user: Any, sign_in_id: UUID) -> SignIn:
    """One of the person's own sessions."""
    found = SignIn.objects.visible_to(user).select_related("user").filter(pk=sign_in_id).first()
    if found is None:
        raise Http404("No such session")
    return found


@requires("accounts.end_own_session", on=own_sign_in, methods=("POST",))
def end_session(request: HttpRequest, sign_in: SignIn) -> HttpResponse:
    """End one session; whoever sits there is signed out at their next page."""
    services.end_session(sign_in=sign_in, by=request.user, now=clock.now())
    messages.success(request, f"{sign_in.browser} is signed out.")
    return redirect("accounts:you")


@requires("accounts.end_own_other_sessions", methods=("POST",))
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End every session but this one."""
    ended = services.end_other_sessions(user=request.user, session_key=request.session.session_key, now=clock.now())
    messages.success(request, "You are now signed in here only." if ended else "You were signed in nowhere else.")
    return redirect("accounts:you")
