import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0002_uploads"),
    ]

    operations = [
        migrations.AddField(
            model_name="instance",
            name="came_from",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="services.version",
            ),
        ),
        migrations.AlterField(
            model_name="task",
            name="kind",
            field=models.CharField(
                choices=[
                    ("case", "case"),
                    ("taken-over", "goes on with a person"),
                    ("unsure", "unknown whether it was done"),
                    ("fault", "the flow cannot go on"),
                    ("retired", "ended with its version"),
                    ("undo", "could not be taken back"),
                    ("refund", "paid, and not done"),
                ],
                max_length=12,
            ),
        ),
    ]
