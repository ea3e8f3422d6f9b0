"""Make the search's indexes again, with letters folded. The rows they are made from stay."""

from django.db import migrations


def remake(apps, schema_editor):
    from broadsheet.edition.services.search import tables

    tables.drop(schema_editor.connection)
    tables.create(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("edition", "0001_search")]

    operations = [migrations.RunPython(remake, migrations.RunPython.noop)]
