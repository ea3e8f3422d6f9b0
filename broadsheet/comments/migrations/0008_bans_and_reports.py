from django.conf import settings
from django.db import migrations, models


def lift_doubles(apps, schema_editor):
    """Leave the newest of several bans without an end; two moderators could make them at once."""
    sanctions = apps.get_model("comments", "Sanction").objects.filter(
        kind__in=["ban", "read-first"], until=None, lifted_at=None
    )
    seen = set()
    for one in sanctions.order_by("-pk"):
        if (one.reader_id, one.kind) in seen:
            one.lifted_at = one.made_at
            one.save(update_fields=["lifted_at"])
        seen.add((one.reader_id, one.kind))


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0007_claims'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(lift_doubles, migrations.RunPython.noop),
        migrations.CreateModel(
            name='FormerBan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('kind', models.CharField(choices=[('warning', 'Warned'), ('read-first', 'Read first'), ('mute', 'May not write for a time'), ('ban', 'May not write')], max_length=10)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('forget_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='report',
            name='reported_once',
        ),
        migrations.AlterField(
            model_name='report',
            name='words',
            field=models.TextField(blank=True),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['reader', 'comment'], name='report_of_reader'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('reader__isnull', False), ('state', 'open')), fields=('reader', 'comment'), name='report_open_once'),
        ),
        migrations.AddConstraint(
            model_name='sanction',
            constraint=models.UniqueConstraint(condition=models.Q(('kind__in', ['ban', 'read-first']), ('lifted_at', None), ('until', None)), fields=('reader', 'kind'), name='banned_once'),
        ),
        migrations.AddConstraint(
            model_name='formerban',
            constraint=models.UniqueConstraint(fields=('digest', 'kind'), name='former_ban_once'),
        ),
    ]
