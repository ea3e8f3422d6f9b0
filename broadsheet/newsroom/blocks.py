"""The blocks a story's body is made of.

A block type's name is stored with every story: never rename one without a migration. What the
paper does with a kind of block it asks of its class (``newsroom.story_block``). One that should look
like more than plain HTML on the page has a template of the edition's, ``edition/blocks/<name>.html``.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.images.blocks import ImageChooserBlock

from broadsheet.newsroom.plain_text import plain
from broadsheet.newsroom.story_block import (
    Materials,
    Rewrite,
    Shown,
    StoryBlock,
    check,
    items,
    rewritten_items,
)
from broadsheet.rules import days, embeds, stamps

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


class Paragraph(StoryBlock, blocks.RichTextBlock):
    """A paragraph or several, with lists."""

    is_prose = True

    def deconstruct(self) -> Any:
        return "wagtail.blocks.RichTextBlock", *super().deconstruct()[1:]

    def words(self, value: str) -> str:
        return plain(value)

    def rich_texts(self, value: str) -> Iterator[str]:
        yield value

    def prepare(self, value: str, materials: Materials) -> SafeString:
        return materials.text(value)

    def html(self, prepared: SafeString) -> str:
        return prepared

    def rewrite(self, value: str, names: Rewrite) -> str:
        return names.markup(value)


class Crosshead(StoryBlock, blocks.CharBlock):
    """A heading between paragraphs."""

    def deconstruct(self) -> Any:
        return "wagtail.blocks.CharBlock", *super().deconstruct()[1:]

    def words(self, value: str) -> str:
        return plain(value)

    def prepare(self, value: str, materials: Materials) -> str:
        return value

    def html(self, prepared: str) -> str:
        return format_html("<h2>{}</h2>", prepared)


class Quotation(StoryBlock, blocks.StructBlock):
    """What somebody said, with who said it and the office they hold."""

    text = blocks.RichTextBlock(features=LINE_FEATURES)
    speaker = blocks.CharBlock(required=False, max_length=120)
    office = blocks.CharBlock(required=False, max_length=160, help_text="As in “Defence Minister”.")

    class Meta:
        icon = "openquote"

    def words(self, value: Mapping[str, Any]) -> str:
        said = [plain(value.get("text") or ""), value.get("speaker"), value.get("office")]
        return " ".join(filter(None, said))

    def rich_texts(self, value: Mapping[str, Any]) -> Iterator[str]:
        yield value.get("text") or ""

    def prepare(self, value: Mapping[str, Any], materials: Materials) -> dict[str, Any]:
        return {
            "text": materials.text(value.get("text")),
            "speaker": value.get("speaker") or "",
            "office": value.get("office") or "",
        }

    def html(self, prepared: Mapping[str, Any]) -> str:
        who = ", ".join(filter(None, [prepared["speaker"], prepared["office"]]))
        said = format_html("<p>— <cite>{}</cite></p>", who) if who else ""
        return format_html("<blockquote>{}{}</blockquote>", prepared["text"], said)

    def rewrite(self, value: Mapping[str, Any], names: Rewrite) -> dict[str, Any]:
        return {**value, "text": names.markup(value.get("text") or "")}


class PictureBlock(StoryBlock, blocks.StructBlock):
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

    def words(self, value: Mapping[str, Any]) -> str:
        return str(value.get("caption") or "")

    def pictures_in(self, value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        yield value

    def prepare(self, value: Mapping[str, Any], materials: Materials) -> Shown | None:
        return materials.picture(value)

    def html(self, prepared: Shown) -> str:
        below = ". ".join(filter(None, [prepared.caption.rstrip("."), prepared.credit]))
        return format_html(
            '<figure><img src="{}" alt="{}" width="{}" height="{}">{}</figure>',
            prepared.printed.address,
            prepared.printed.alternative_text,
            prepared.printed.width,
            prepared.printed.height,
            format_html("<figcaption>{}</figcaption>", below) if below else "",
        )

    def rewrite(self, value: Mapping[str, Any], names: Rewrite) -> dict[str, Any]:
        return {**value, "picture": names.image(value.get("picture"))}


class Gallery(StoryBlock, blocks.StructBlock):
    scripts = ("edition/gallery.js",)

    title = blocks.CharBlock(required=False, max_length=120)
    pictures = blocks.ListBlock(PictureBlock(), min_num=1)

    class Meta:
        icon = "image"

    def words(self, value: Mapping[str, Any]) -> str:
        return " ".join(str(one.get("caption") or "") for one in self.pictures_in(value)).strip()

    def pictures_in(self, value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        yield from items(value, "pictures")

    def prepare(self, value: Mapping[str, Any], materials: Materials) -> dict[str, Any] | None:
        pictures = materials.counted(list(self.pictures_in(value)))
        # No gallery, and no empty counter.
        return {"title": value.get("title") or "", "pictures": pictures} if pictures else None

    def html(self, prepared: Mapping[str, Any]) -> str:
        title = format_html("<h3>{}</h3>", prepared["title"]) if prepared["title"] else ""
        one = PictureBlock()
        figures = format_html_join("\n", "{}", ((one.html(it),) for it in prepared["pictures"]))
        return format_html("{}{}", title, figures)

    def rewrite(self, value: Mapping[str, Any], names: Rewrite) -> dict[str, Any]:
        one = PictureBlock()
        return rewritten_items(value, "pictures", lambda picture: one.rewrite(picture, names))


class Table(StoryBlock, blocks.StructBlock):
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

    def words(self, value: Mapping[str, Any]) -> str:
        rows = value["table"]["rows"] if value.get("table") else []
        cells = (plain(str(cell)) for row in rows for cell in row["values"])
        return " ".join([value.get("caption") or "", *cells]).strip()

    def rich_texts(self, value: Mapping[str, Any]) -> Iterator[str]:
        table = value.get("table") or {"columns": [], "rows": []}
        for row in table["rows"]:
            for column, cell in zip(table["columns"], row["values"], strict=False):
                if column["type"] == "rich":
                    yield cell or ""

    def prepare(self, value: Mapping[str, Any], materials: Materials) -> dict[str, Any] | None:
        table = value.get("table")
        if not table or not table["rows"]:
            return None
        columns = table["columns"]
        return {
            "caption": value.get("caption") or "",
            "source": value.get("source") or "",
            "columns": columns,
            "headed": any(column.get("heading") for column in columns),
            "rows": [
                [
                    {
                        "number": column["type"] == "number",
                        "text": materials.text(cell) if column["type"] == "rich" else cell,
                    }
                    for column, cell in zip(columns, row["values"], strict=False)
                ]
                for row in table["rows"]
            ],
        }

    def html(self, prepared: Mapping[str, Any]) -> str:
        caption, source = prepared["caption"], prepared["source"]
        heads = ((column.get("heading") or "",) for column in prepared["columns"])
        head = (
            format_html(
                "<thead><tr>{}</tr></thead>",
                format_html_join("", '<th scope="col">{}</th>', heads),
            )
            if prepared["headed"]
            else ""
        )
        rows = (
            (format_html_join("", "<td>{}</td>", ((cell["text"] or "",) for cell in row)),)
            for row in prepared["rows"]
        )
        return format_html(
            "<table>{}{}<tbody>{}</tbody></table>{}",
            format_html("<caption>{}</caption>", caption) if caption else "",
            head,
            format_html_join("", "<tr>{}</tr>", rows),
            format_html("<p>Source: {}</p>", source) if source else "",
        )

    def rewrite(self, value: Mapping[str, Any], names: Rewrite) -> Mapping[str, Any]:
        table = value.get("table")
        if not table:
            return value
        rows = [
            {
                **row,
                "values": [
                    names.markup(cell) if isinstance(cell, str) else cell for cell in row["values"]
                ],
            }
            for row in table["rows"]
        ]
        return {**value, "table": {**table, "rows": rows}}


class Embed(StoryBlock, blocks.StructBlock):
    """Something from elsewhere, by its link. Nothing is fetched from there until a reader asks."""

    scripts = ("edition/embed.js",)

    url = blocks.URLBlock(label="Link")
    title = blocks.CharBlock(max_length=200, help_text="What a reader will see there.")

    class Meta:
        icon = "media"

    def words(self, value: Mapping[str, Any]) -> str:
        return str(value.get("title") or "")

    def prepare(self, value: Mapping[str, Any], materials: Materials) -> dict[str, Any] | None:
        url = value.get("url") or ""
        if not embeds.host(url):
            return None
        return {
            "url": url,
            "title": value.get("title") or url,
            "host": embeds.host(url),
            "frame": embeds.frame(url),
        }

    def html(self, prepared: Mapping[str, Any]) -> str:
        return format_html('<p><a href="{}">{}</a></p>', prepared["url"], prepared["title"])


class Related(StoryBlock, blocks.StructBlock):
    title = blocks.CharBlock(default="Read more", max_length=60)
    stories = blocks.ListBlock(blocks.PageChooserBlock(page_type="newsroom.StoryPage"), min_num=1)

    class Meta:
        icon = "link"

    def words(self, value: Mapping[str, Any]) -> str:
        # Headlines of other stories are none of this one's words.
        return ""

    def stories_in(self, value: Mapping[str, Any]) -> Iterator[int]:
        yield from (int(pk) for pk in items(value, "stories"))

    def prepare(self, value: Mapping[str, Any], materials: Materials) -> dict[str, Any] | None:
        stories = [story for pk in self.stories_in(value) if (story := materials.story(pk))]
        if not stories:
            return None
        return {"title": value.get("title") or "Read more", "stories": stories}

    def html(self, prepared: Mapping[str, Any]) -> str:
        stories = format_html_join(
            "",
            '<li><a href="{}">{}</a></li>',
            ((story.url, story.title) for story in prepared["stories"]),
        )
        return format_html("<h3>{}</h3><ul>{}</ul>", prepared["title"], stories)

    def rewrite(self, value: Mapping[str, Any], names: Rewrite) -> dict[str, Any]:
        return rewritten_items(value, "stories", names.page)


class NowBlock(blocks.DateTimeBlock):
    """A moment. A new one is the present."""

    def get_default(self) -> datetime:
        return timezone.now().replace(second=0, microsecond=0)

    def clean(self, value: datetime | None) -> datetime | None:
        cleaned: datetime | None = super().clean(value)
        if cleaned and not days.is_usable(cleaned):
            raise ValidationError(days.UNUSABLE)
        return cleaned


class CorrectionBlock(StoryBlock, blocks.StructBlock):
    """A correction, where it stands in the story. The corrections page lists it too."""

    corrected_at = NowBlock(label="Corrected at")
    text = blocks.RichTextBlock(
        features=LINE_FEATURES, help_text="What was wrong and what is right."
    )

    class Meta:
        icon = "warning"

    def words(self, value: Mapping[str, Any]) -> str:
        return plain(value.get("text") or "")

    def rich_texts(self, value: Mapping[str, Any]) -> Iterator[str]:
        yield value.get("text") or ""

    def prepare(self, value: Mapping[str, Any], materials: Materials) -> dict[str, Any]:
        at = value.get("corrected_at")
        return {
            "text": materials.text(value.get("text")),
            "corrected_at": parse_datetime(at) if isinstance(at, str) else at,
        }

    def html(self, prepared: Mapping[str, Any]) -> str:
        at = prepared["corrected_at"]
        on = f", {stamps.day(at.date())}" if at else ""
        return format_html("<p><strong>Correction{}:</strong></p>{}", on, prepared["text"])

    def rewrite(self, value: Mapping[str, Any], names: Rewrite) -> dict[str, Any]:
        return {**value, "text": names.markup(value.get("text") or "")}


class Markup(StoryBlock, blocks.TextBlock):
    """HTML that came with an imported story and fits no other block. Sanitised when printed."""

    class Meta:
        icon = "code"
        label = "Imported HTML"

    def words(self, value: str) -> str:
        return plain(value)

    def prepare(self, value: str, materials: Materials) -> SafeString:
        return materials.imported(value)

    def html(self, prepared: SafeString) -> str:
        return mark_safe(prepared)  # noqa: S308  # sanitised when it was prepared


class Body(blocks.StreamBlock):
    """A story's body."""

    # What is given here is part of the migrations.
    paragraph = Paragraph(
        features=PARAGRAPH_FEATURES, icon="pilcrow", template="edition/blocks/paragraph.html"
    )
    crosshead = Crosshead(max_length=160, icon="title", template="edition/blocks/crosshead.html")
    quotation = Quotation()
    picture = PictureBlock()
    gallery = Gallery()
    table = Table()
    embed = Embed()
    related = Related()
    correction = CorrectionBlock()
    markup = Markup()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        check(self.child_blocks)


KINDS: Mapping[str, StoryBlock] = Body().child_blocks
