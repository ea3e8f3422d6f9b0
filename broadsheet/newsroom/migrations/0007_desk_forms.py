import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What the triggers of newsroom.constraints refuse from now on, set right where it was there.
_DATE = """
    UPDATE newsroom_storypage SET published_at = (
        SELECT COALESCE(first_published_at, last_published_at, latest_revision_created_at,
                        CURRENT_TIMESTAMP)
        FROM wagtailcore_page WHERE id = page_ptr_id)
    WHERE published_at IS NULL
      AND page_ptr_id IN (SELECT id FROM wagtailcore_page WHERE live)
"""
_UNLIST = """
    DELETE FROM newsroom_listing
    WHERE story_id NOT IN (SELECT id FROM wagtailcore_page WHERE live)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("newsroom", "0006_root_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.RunSQL(_DATE, migrations.RunSQL.noop),
        migrations.RunSQL(_UNLIST, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="DeskForm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=32)),
                ("revision", models.PositiveBigIntegerField(null=True)),
                ("turn", models.PositiveIntegerField(default=0)),
                ("used_at", models.DateTimeField()),
                (
                    "page",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.WAGTAIL_PAGE_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["used_at"], name="desk_form_used")],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "token"), name="desk_form_once")
                ],
            },
        ),
    ]
