"""The chain begins, and evidence is only ever added to."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import migrations

from core.audit import evidence
from core.triggers import Refuse


def begin(apps: Any, schema_editor: Any) -> None:
    genesis = hashlib.sha256(b"Hub Portal: the chain of evidence begins here").hexdigest()
    apps.get_model("signing", "ChainHead").objects.get_or_create(id=1, defaults={"number": 0, "hash": genesis})


class Migration(migrations.Migration):
    dependencies = [("signing", "0001_initial"), evidence.NEEDS]

    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        *evidence.guard("signing_signature"),
        *evidence.guard("signing_signaturevoid"),
        *evidence.guard("signing_chainlink"),
        Refuse(
            "signing_chainhead_one_step",
            "signing_chainhead",
            "UPDATE",
            "NEW.number <> OLD.number + 1",
            "The head of the chain moves on by one link at a time.",
        ),
        evidence.RefuseOnEvidence(
            "signing_chainhead_no_delete", "signing_chainhead", "DELETE", "The head of the chain is never deleted."
        ),
    ]
