from django.db import migrations


class Migration(migrations.Migration):
    """Finds the root page by its depth: every page of the back office asks for it, and without this
    index a database looks at all stories to see that no other page is as high. It holds the roots
    alone, so that no look-up of other pages, of which there may be a hundred thousand as deep as
    each other, is led through it.
    """

    dependencies = [("newsroom", "0005_corrections_begin_now")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX newsroom_page_root ON wagtailcore_page (path) WHERE depth = 1",
            "DROP INDEX newsroom_page_root",
        ),
    ]
