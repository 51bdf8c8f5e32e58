from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0006_fields_of_consents")]

    operations = [
        migrations.AddField(
            "customer", "review_on", models.DateField(null=True, verbose_name="review of the restriction")
        ),
        migrations.AddField(
            "customer", "lifted_at", models.DateTimeField(null=True, verbose_name="restriction lifted")
        ),
    ]
