"""Reference data: what kinds of establishment there are, and local authorities."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from schools.models import EstablishmentType, LocalAuthority

REFERENCE = Path(__file__).parent.parent / "reference"


@transaction.atomic
def load_reference() -> dict[str, int]:
    """Load establishment types and local authorities from the files in schools/reference; returns the rows of each.

    The files are the portal's own reference, so a row that differs is brought into line; none is ever removed.
    """
    types = [
        EstablishmentType(
            code=row["code"],
            name=row["name"],
            group_code=row["group_code"],
            group_name=row["group_name"],
            state_funded=row["state_funded"],
            sector=row["sector"],
            note=row["note"],
        )
        for row in _rows("establishment_rules.csv")
    ]
    authorities = [
        LocalAuthority(
            code=row["la_code"],
            name=row["la_name"],
            region=row["region"],
            gss_code=row["gss_code"],
            predecessors=row["predecessors"],
            successors=row["successors"],
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
        for row in _rows("local_authorities.csv")
    ]
    for rows in (types, authorities):
        model: Any = type(rows[0])
        rest = [field.name for field in model._meta.concrete_fields if not field.primary_key]
        model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=["code"], update_fields=rest)
    return {"establishment_types": len(types), "local_authorities": len(authorities)}


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
