"""Joins the rooms' policies into one table, and gives the views of libraries their doors."""

from __future__ import annotations

from core import doors

for name in (
    "account_login",
    "account_request_login_code",
    "account_confirm_login_code",
):
    doors.declare(name, public=True, reason="Signing in comes before being known.")
