"""Text pasted from other programs comes in as a story is made, and nothing of them with it.

The clipboards in ``pasted/`` are ours, written as those programs write them.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from broadsheet.newsroom.models import StoryPage
from tests.journeys.desk import add_block, edit, marks, press, type_into

pytest_plugins = ["tests.journeys.desk"]
pytestmark = marks

PROGRAMS = sorted(Path(__file__).with_name("pasted").glob("*.html"))


def copy(page: Page, html: str) -> None:
    """Put text into the browser's own clipboard."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate(
        """async (html) => {
            const kept = (kind, words) => new Blob([words], { type: kind });
            await navigator.clipboard.write([new ClipboardItem(
                { "text/html": kept("text/html", html), "text/plain": kept("text/plain", "text") },
                { unsanitized: ["text/html"] },
            )]);
        }""",
        html,
    )


def paste(block: Locator, html: str) -> None:
    # Chromium's own clipboard cleans what a page writes to it; a program's clipboard is as it is.
    block.locator("[contenteditable=true]").last.click()
    block.locator("[contenteditable=true]").last.evaluate(
        """(field, html) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/html", html);
            clipboardData.setData("text/plain", "text");
            field.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
            );
        }""",
        html,
    )


def stored(story: StoryPage, page: Page) -> list[tuple[str, Any]]:
    press(page, "Publish")
    expect(page.get_by_text("has been published")).to_be_visible()
    story.refresh_from_db()
    return [(block["type"], block["value"]) for block in story.body.raw_data]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda file: file.stem)
def test_a_pasted_text_keeps_what_a_story_is_made_of(published, at_desk, program):
    editor = at_desk("editor")
    edit(editor, published)
    paste(add_block(editor, "Paragraph"), program.read_text())
    blocks = stored(published, editor)[1:]

    kinds = [kind for kind, _ in blocks]
    quoted = ["quotation"] if "quotation" in kinds else []
    assert kinds == ["crosshead", "paragraph", *quoted, "table", "paragraph"]
    assert bool(quoted) == (program.stem != "google-docs")  # which has no quotations
    crosshead, paragraph, *_, table, last = (value for _, value in blocks)
    assert crosshead == "The talks"
    assert paragraph_of(paragraph) == (
        "<p>The ministers met on <b>Tuesday</b>, says "
        '<a href="https://example.org/report">the report</a>.</p>'
        "<ul><li>Fish</li><li>Borders</li></ul>"
    )
    if quoted:
        assert "We shall talk again." in dict(blocks)["quotation"]["text"]
    grid = table["table"]
    assert [column["heading"] for column in grid["columns"]] == ["Country", "Ministers"]
    assert [column["type"] for column in grid["columns"]] == ["text", "number"]
    assert [row["values"] for row in grid["rows"]] == [["Russia", "4"]]
    assert paragraph_of(last) == "<p><i>They part with a date.</i></p>"


def paragraph_of(html: str) -> str:
    """Return rich text without the keys of its lines."""
    return re.sub(r' data-block-key="\w+"', "", html)


def test_a_text_pasted_into_the_middle_of_a_paragraph_stands_there(published, at_desk):
    editor = at_desk("editor")
    edit(editor, published)
    block = add_block(editor, "Paragraph")
    type_into(block, "BeforeAfter")
    for _ in "After":
        editor.keyboard.press("ArrowLeft")
    block.locator("[contenteditable=true]").evaluate(
        """(field) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/html", "<h3>Between</h3><p>Words.</p>");
            field.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
            );
        }"""
    )
    blocks = [(kind, paragraph_of(value)) for kind, value in stored(published, editor)[1:]]

    assert blocks == [
        ("paragraph", "<p>Before</p>"),
        ("crosshead", "Between"),
        ("paragraph", "<p>Words.</p>"),
        ("paragraph", "<p>After</p>"),
    ]


def test_a_table_pasted_into_a_quotation_becomes_lines(published, at_desk):
    editor = at_desk("editor")
    edit(editor, published)
    copy(editor, "<h2>Who came</h2><table><tr><td>Russia</td><td>4</td></tr></table>")
    quotation = add_block(editor, "Quotation")
    quotation.locator("[contenteditable=true]").click()
    editor.keyboard.press("Control+v")
    expect(quotation).to_contain_text("Russia – 4")
    (_, value) = stored(published, editor)[-1]

    assert paragraph_of(value["text"]) == "<p><b>Who came</b></p><p>Russia – 4</p>"
