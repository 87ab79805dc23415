"""Audit rows are only ever added."""

from django.db import migrations

from core.audit import evidence


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [evidence.MakeUnlock(), *evidence.guard("audit_event")]
