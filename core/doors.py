"""The door in front of every view: who may come in, by which methods, and where the view's thing is found.

A predicate is a named function of a person and a thing; `&`, `|` and `~` compose them. A room's policy gives each of
its permissions a predicate and registers them at start-up; a door names a permission. A name that nobody registered is
an error at start-up (`check_doors`), and a view without a door is refused at run time and by a guard test.

What a person may not see is a 404 (the finder's work); what they may see but not do is a 403 (the predicate's).
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver

from core.ui import errors


@dataclass(frozen=True)
class Predicate:
    """A named question about a person and a thing (None where the page has no thing of its own)."""

    name: str
    ask: Callable[[Any, Any], bool]

    def __call__(self, user: Any, thing: Any = None) -> bool:
        return bool(self.ask(user, thing))

    def __and__(self, other: Predicate) -> Predicate:
        return Predicate(f"{self.name} and {other.name}", lambda u, t: self(u, t) and other(u, t))

    def __or__(self, other: Predicate) -> Predicate:
        return Predicate(f"({self.name} or {other.name})", lambda u, t: self(u, t) or other(u, t))

    def __invert__(self) -> Predicate:
        return Predicate(f"not {self.name}", lambda u, t: not self(u, t))


def predicate(function: Callable[[Any, Any], bool]) -> Predicate:
    """Make a function of (user, thing) a predicate; its name, underscores as spaces, is what the docs print."""
    return Predicate(function.__name__.replace("_", " "), function)


@predicate
def is_signed_in(user: Any, thing: Any) -> bool:
    return bool(user.is_authenticated)


class UnknownPermission(ImproperlyConfigured):
    """A permission that no room's policy declares."""


_POLICIES: dict[str, Predicate] = {}


def register(policy: Mapping[str, Predicate]) -> None:
    """Called by each room's `apps.ready()` with its policy. A name declared twice is an error."""
    for name, wanted in policy.items():
        if _POLICIES.get(name, wanted) is not wanted:
            raise ImproperlyConfigured(f"The permission {name} is declared twice.")
        _POLICIES[name] = wanted


def permissions() -> dict[str, Predicate]:
    """Every declared permission, by name."""
    return dict(sorted(_POLICIES.items()))


def may(user: Any, permission: str, thing: Any = None) -> bool:
    """Whether a person may do a thing; raises UnknownPermission for a name that is declared nowhere."""
    try:
        wanted = _POLICIES[permission]
    except KeyError:
        raise UnknownPermission(f"No policy declares the permission {permission}.") from None
    return wanted(user, thing)


@dataclass(frozen=True)
class Door:
    """What stands before a view. `kind`: permission, public or link; `scope`: the finder's name, or empty."""

    kind: str
    methods: tuple[str, ...]
    permission: str = ""
    scope: str = ""
    reason: str = ""


SAFE = ("GET", "HEAD")


def _door(door: Door, check: Callable[[HttpRequest, dict], HttpResponse | Any], view: Callable) -> Callable:
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in door.methods:
            return errors.not_allowed(request, door.methods)
        found = check(request, kwargs)
        if isinstance(found, HttpResponse):
            return found
        answer: HttpResponse = view(request, *args, *found, **kwargs)
        return answer

    guarded.door = door  # type: ignore[attr-defined]
    return guarded


def _take(finder: Callable, kwargs: dict) -> dict:
    """Those URL arguments that the finder asks for; the view gets the rest."""
    wanted = [n for n in inspect.signature(finder).parameters if n not in ("user", "request")]
    return {name: kwargs.pop(name) for name in wanted if name in kwargs}


def requires(permission: str, *, on: Callable | None = None, methods: tuple[str, ...] = (*SAFE, "POST")) -> Callable:
    """Let in who holds `permission` on the thing that `on(user, **url_arguments)` finds, and hand the thing on.

    The finder reaches rows through `visible_to(user)` and raises Http404. A stranger is sent to sign in.
    """

    def wrap(view: Callable) -> Callable:
        def check(request: HttpRequest, kwargs: dict) -> HttpResponse | tuple:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            found: tuple = (on(request.user, **_take(on, kwargs)),) if on else ()
            if not may(request.user, permission, *found):
                raise PermissionDenied
            return found

        scope = on.__name__ if on else ""
        return _door(Door("permission", tuple(methods), permission=permission, scope=scope), check, view)

    return wrap


def public(reason: str, *, methods: tuple[str, ...] = SAFE) -> Callable:
    """Open to everybody; the reason is printed in the permission table and held by a guard test's list."""

    def wrap(view: Callable) -> Callable:
        return _door(Door("public", tuple(methods), reason=reason), lambda request, kwargs: (), view)

    return wrap


def by_link(*, on: Callable, methods: tuple[str, ...] = (*SAFE, "POST")) -> Callable:
    """Open to who holds a personal link: `on(request, **url_arguments)` finds the thing by the request's session or
    raises `core.links.services.LinkEnded`, which gives the one page for every link that opens nothing."""

    def wrap(view: Callable) -> Callable:
        def check(request: HttpRequest, kwargs: dict) -> tuple:
            return (on(request, **_take(on, kwargs)),)

        return _door(Door("link", tuple(methods), scope=on.__name__), check, view)

    return wrap


class DoorMiddleware:
    """The last line: a view without a door is refused. Views of libraries are listed with a door in `declare()`."""

    def __init__(self, get_response: Callable) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = self.get_response(request)
        return response

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        door = door_of(view, request.resolver_match.view_name if request.resolver_match else "")
        if door is None:
            raise PermissionDenied("This page has no door.")
        if door.kind == "library" and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if door.kind == "library" and door.permission and not may(request.user, door.permission):
            raise PermissionDenied
        return None


_LIBRARY: dict[str, Door] = {}


def declare(name: str, *, permission: str = "", reason: str = "", public: bool = False) -> None:
    """A door for a view of a library, by its full URL name, or for a whole namespace by `admin:*`."""
    methods = (*SAFE, "POST")
    kind = "public" if public else "library"
    _LIBRARY[name] = Door(kind, methods, permission=permission, reason=reason, scope="" if public else "library")


def door_of(view: Callable, name: str) -> Door | None:
    """The door of a view, its own or one declared for a library."""
    own: Door | None = getattr(view, "door", None)
    return own or _LIBRARY.get(name) or _LIBRARY.get(f"{name.partition(':')[0]}:*")


def walk(
    resolver: URLResolver | None = None, *, prefix: str = "", namespace: str = ""
) -> Iterator[tuple[str, str, Callable]]:
    """Every URL of the portal as (path, full name, view)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            name = f"{namespace}:{pattern.name}" if namespace and pattern.name else (pattern.name or "")
            yield path, name, pattern.callback
        else:
            inner = ":".join(filter(None, [namespace, pattern.namespace or ""]))
            yield from walk(pattern, prefix=path, namespace=inner)


def faults() -> list[str]:
    """What is wrong with the doors: views without one, permissions declared nowhere."""
    found = []
    for path, name, view in walk():
        door = door_of(view, name)
        if door is None:
            found.append(f"/{path} ({name}) has no door")
        elif door.permission and door.permission not in _POLICIES:
            found.append(f"/{path} ({name}) asks for {door.permission}, which no policy declares")
        if getattr(view, "csrf_exempt", False) and door is not None and door.kind != "public":
            found.append(f"/{path} ({name}) is exempt from CSRF protection")
    return found
