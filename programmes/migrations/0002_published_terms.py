"""What was published is what schools sign: from then on neither figures nor texts nor questions change."""

from django.db import migrations

from core.triggers import Refuse

NEVER = "Published terms never change: make new terms."
OLD_PUBLISHED = "EXISTS (SELECT 1 FROM programmes_terms t WHERE t.id = OLD.terms_id AND t.published_at IS NOT NULL)"
NEW_PUBLISHED = "EXISTS (SELECT 1 FROM programmes_terms t WHERE t.id = NEW.terms_id AND t.published_at IS NOT NULL)"


def _guard(name: str, table: str) -> list[Refuse]:
    return [
        Refuse(f"{name}_not_added", table, "INSERT", NEW_PUBLISHED, NEVER),
        Refuse(f"{name}_not_changed", table, "UPDATE", f"{OLD_PUBLISHED} OR {NEW_PUBLISHED}", NEVER),
        Refuse(f"{name}_not_deleted", table, "DELETE", OLD_PUBLISHED, NEVER),
    ]


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_initial")]

    operations = [
        Refuse("terms_not_changed", "programmes_terms", "UPDATE", "OLD.published_at IS NOT NULL", NEVER),
        Refuse("terms_not_deleted", "programmes_terms", "DELETE", "OLD.published_at IS NOT NULL", NEVER),
        *_guard("commitment", "programmes_commitment"),
        *_guard("question", "programmes_question"),
    ]
