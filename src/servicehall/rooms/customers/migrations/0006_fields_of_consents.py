from typing import Any

from django.db import migrations, models


def as_they_are_now(apps: Any, _editor: Any) -> None:
    """Until now the purpose's own list was shown; it is the best that is known of consents so far."""
    consents = apps.get_model("customers", "Consent").objects
    for purpose in apps.get_model("customers", "Purpose").objects.exclude(uses=[]):
        consents.filter(version__purpose=purpose).update(uses=purpose.uses)


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_passkeys")]

    operations = [
        migrations.AddField(
            "consent",
            "uses",
            models.JSONField(
                default=list, help_text="the fields that it covers, as they were when it was given"
            ),
        ),
        migrations.RunPython(as_they_are_now, migrations.RunPython.noop),
    ]
