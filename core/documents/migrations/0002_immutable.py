"""A stored document never changes."""

from django.db import migrations

from core.audit import evidence


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), evidence.NEEDS]

    operations = [*evidence.guard("documents_storeddocument")]
