"""Readers that were there before are found by the desk, and circulation has its role."""

from django.db import migrations


def fill(apps, schema_editor):
    Reader = apps.get_model("readers.Reader")
    for reader in Reader.objects.filter(found_by="").iterator(chunk_size=2_000):
        reader.email = reader.email.lower()
        reader.found_by = f"{reader.email} {reader.name}".strip().casefold()[:340]
        reader.save(update_fields=["email", "found_by"])


def give_role(apps, schema_editor):
    ContentType = apps.get_model("contenttypes.ContentType")
    Permission = apps.get_model("auth.Permission")
    Group = apps.get_model("auth.Group")
    # Permissions are made after all migrations, which is too late for the group.
    readers, _ = ContentType.objects.get_or_create(app_label="readers", model="reader")
    look_after, _ = Permission.objects.get_or_create(
        content_type=readers,
        codename="manage_readers",
        defaults={"name": "Can look after readers' accounts"},
    )
    desk, _ = ContentType.objects.get_or_create(app_label="wagtailadmin", model="admin")
    enter, _ = Permission.objects.get_or_create(
        content_type=desk, codename="access_admin", defaults={"name": "Can access Wagtail admin"}
    )
    circulation, _ = Group.objects.get_or_create(name="Circulation")
    circulation.permissions.add(look_after, enter)


class Migration(migrations.Migration):
    dependencies = [
        ("readers", "0002_accounts"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(give_role, migrations.RunPython.noop),
    ]
