"""Who may do what with an account: everybody with their own, nobody with another's."""

from __future__ import annotations

from typing import Any

from core.doors import is_signed_in, predicate


@predicate
def is_its_own_person(user: Any, sign_in: Any) -> bool:
    return user.is_authenticated and sign_in.user_id == user.pk


@predicate
def is_support(user: Any, thing: Any) -> bool:
    return bool(user.is_active and user.is_staff)


MAY = {
    "accounts.see_own_account": is_signed_in,
    "accounts.change_own_name": is_signed_in,
    "accounts.end_own_session": is_its_own_person,
    "accounts.end_own_other_sessions": is_signed_in,
    "accounts.use_support_admin": is_support,
}
