"""Joins the rooms' policies into one table, and gives the views of libraries their doors."""

from __future__ import annotations

from core import doors

doors.declare("admin:*", permission="accounts.use_support_admin", reason="Support looks; nothing is changed there.")
