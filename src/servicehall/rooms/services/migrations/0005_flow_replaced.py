from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("services", "0004_moves")]

    operations = [
        migrations.AddField(
            model_name="flow",
            name="replaced",
            field=models.TextField(blank=True, default="", verbose_name="replaced draft"),
            preserve_default=False,
        ),
    ]
