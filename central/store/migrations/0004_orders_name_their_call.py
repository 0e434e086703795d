from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0003_decisions_groups_and_pages"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="call_id",
            field=models.CharField(blank=True, max_length=128),
        ),
        migrations.AlterField(
            model_name="doing",
            name="call_id",
            field=models.CharField(blank=True, max_length=128),
        ),
    ]
