"""Who may read the pages that look across rooms."""

from __future__ import annotations

from core.doors import is_signed_in

MAY = {
    "reports.see_home": is_signed_in,
}
