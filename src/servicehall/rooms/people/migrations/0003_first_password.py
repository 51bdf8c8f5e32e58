"""Passwords that somebody else made end; those that are there were chosen or typed by hand and stay as they are."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0002_sign_in")]

    operations = [
        migrations.AddField(
            model_name="staff",
            name="first_password_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
