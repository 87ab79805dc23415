"""Who may read the pages that look across rooms."""

from __future__ import annotations

from accounts.roles import is_national_administrator, is_national_analyst
from core.doors import is_signed_in

MAY = {
    "reports.see_home": is_signed_in,
    "reports.see_national_figures": is_national_administrator | is_national_analyst,
}
