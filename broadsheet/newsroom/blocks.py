"""The blocks a story's body is made of.

A block type's name is stored with every story: never rename one without a migration. The
templates that print them belong to the edition (``edition/blocks/<name>.html``).
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.images.blocks import ImageChooserBlock

from broadsheet.rules import days

# What a paragraph may hold. Headings are blocks of their own.
PARAGRAPH_FEATURES = [
    "bold",
    "italic",
    "link",
    "document-link",
    "ol",
    "ul",
    "superscript",
    "subscript",
]
LINE_FEATURES = ["bold", "italic", "link"]


class Quotation(blocks.StructBlock):
    """What somebody said, with who said it and the office they hold."""

    text = blocks.RichTextBlock(features=LINE_FEATURES)
    speaker = blocks.CharBlock(required=False, max_length=120)
    office = blocks.CharBlock(required=False, max_length=160, help_text="As in “Defence Minister”.")

    class Meta:
        icon = "openquote"
        template = "edition/blocks/quotation.html"


class PictureBlock(blocks.StructBlock):
    """One picture. Empty texts stand for those kept with the picture itself."""

    picture = ImageChooserBlock()
    caption = blocks.CharBlock(required=False, max_length=500)
    credit = blocks.CharBlock(required=False, max_length=160)
    alternative_text = blocks.CharBlock(
        required=False,
        max_length=300,
        help_text="What the picture shows, for those who can't see it.",
    )

    class Meta:
        icon = "image"
        template = "edition/blocks/picture.html"


class Gallery(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=120)
    pictures = blocks.ListBlock(PictureBlock(), min_num=1)

    class Meta:
        icon = "image"
        template = "edition/blocks/gallery.html"


class Table(blocks.StructBlock):
    caption = blocks.CharBlock(required=False, max_length=200)
    table = TypedTableBlock(
        [
            ("text", blocks.CharBlock(required=False)),
            ("number", blocks.CharBlock(required=False, help_text="Set flush right.")),
            ("rich", blocks.RichTextBlock(required=False, features=LINE_FEATURES)),
        ]
    )
    source = blocks.CharBlock(required=False, max_length=200)

    class Meta:
        icon = "table"
        template = "edition/blocks/table.html"


class Embed(blocks.StructBlock):
    """Something from elsewhere, by its link. Nothing is fetched from there until a reader asks."""

    url = blocks.URLBlock(label="Link")
    title = blocks.CharBlock(max_length=200, help_text="What a reader will see there.")

    class Meta:
        icon = "media"
        template = "edition/blocks/embed.html"


class Related(blocks.StructBlock):
    title = blocks.CharBlock(default="Read more", max_length=60)
    stories = blocks.ListBlock(blocks.PageChooserBlock(page_type="newsroom.StoryPage"), min_num=1)

    class Meta:
        icon = "link"
        template = "edition/blocks/related.html"


class NowBlock(blocks.DateTimeBlock):
    """A moment. A new one is the present."""

    def get_default(self) -> datetime:
        return timezone.now().replace(second=0, microsecond=0)

    def clean(self, value: datetime | None) -> datetime | None:
        cleaned: datetime | None = super().clean(value)
        if cleaned and not days.is_usable(cleaned):
            raise ValidationError(days.UNUSABLE)
        return cleaned


class CorrectionBlock(blocks.StructBlock):
    """A correction, where it stands in the story. The corrections page lists it too."""

    corrected_at = NowBlock(label="Corrected at")
    text = blocks.RichTextBlock(
        features=LINE_FEATURES, help_text="What was wrong and what is right."
    )

    class Meta:
        icon = "warning"
        template = "edition/blocks/correction.html"


class Markup(blocks.TextBlock):
    """HTML that came with an imported story and fits no other block. Sanitised when printed."""

    class Meta:
        icon = "code"
        label = "Imported HTML"
        template = "edition/blocks/markup.html"


class Body(blocks.StreamBlock):
    """A story's body."""

    paragraph = blocks.RichTextBlock(
        features=PARAGRAPH_FEATURES, icon="pilcrow", template="edition/blocks/paragraph.html"
    )
    crosshead = blocks.CharBlock(
        max_length=160, icon="title", template="edition/blocks/crosshead.html"
    )
    quotation = Quotation()
    picture = PictureBlock()
    gallery = Gallery()
    table = Table()
    embed = Embed()
    related = Related()
    correction = CorrectionBlock()
    markup = Markup()
