"""A story's file: what it may hold, and what is said of one that can't be read."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from broadsheet.demo.stories import StoryError, inline, read, to_raw

KOLKATA = ZoneInfo("Asia/Kolkata")
HEAD = """+++
headline = "A headline"
section = "city"
published = 2026-11-24T09:30:00
+++
"""


@pytest.fixture
def story(tmp_path):
    def write(body, *, head=HEAD, name="2026-11-24-a-story.md"):
        file = tmp_path / name
        file.write_text(head + body, encoding="utf-8")
        return read(file, KOLKATA)

    return write


def kinds(story):
    return [block["type"] for block in story.blocks]


def test_moments_are_on_the_papers_clock(story):
    assert story("Text.").published_at == datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def test_a_body_is_read_into_blocks(story):
    read = story(
        "One\nparagraph.\n\n## Cross-head\n\n> Said.\n> — Who, Office of it\n\n- one\n- two\n  more\n"
    )

    assert kinds(read) == ["paragraph", "crosshead", "quotation", "paragraph"]
    assert read.blocks[0]["value"] == "<p>One paragraph.</p>"
    assert read.blocks[2]["value"] == {
        "text": "<p>Said.</p>",
        "speaker": "Who",
        "office": "Office of it",
    }
    assert read.blocks[3]["value"] == "<ul><li>one</li><li>two more</li></ul>"


def test_marks_become_html_and_the_rest_is_escaped():
    assert inline("*a* **b** <i> & [c](https://x.example/?a=1&b=2)") == (
        '<i>a</i> <b>b</b> &lt;i&gt; &amp; <a href="https://x.example/?a=1&amp;b=2">c</a>'
    )


def test_a_block_has_the_same_id_each_time(story):
    assert story("Text.").blocks == story("Text.").blocks


def test_a_table_knows_text_from_numbers(story):
    table = story('::: table\ncolumns = ["Place", "# Rain"]\nrows = [["Vedal", 243]]\n:::').blocks[
        0
    ]

    assert table["value"]["table"]["columns"] == [
        {"type": "text", "heading": "Place"},
        {"type": "number", "heading": "Rain"},
    ]
    assert table["value"]["table"]["rows"] == [{"values": ["Vedal", "243"]}]


def test_before_a_correction_the_story_said_what_was_wrong(story):
    read = story(
        "It was 1,240 houses.\n\n::: correction\nat = 2026-11-24T11:00:00\n"
        'text = "Not 1,420."\nwas = "1,420"\nnow = "1,240"\n:::'
    )
    first, corrected = read.moments

    assert read.as_of(first).blocks[0]["value"] == "<p>It was 1,420 houses.</p>"
    assert (kinds(read.as_of(first)), read.as_of(first).updated_at) == (["paragraph"], None)
    assert read.as_of(corrected).blocks[0]["value"] == "<p>It was 1,240 houses.</p>"
    assert read.as_of(corrected).updated_at == corrected


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        pytest.param("Text.\n\n::: pictre x\n:::", 8, "'pictre' is no block", id="unknown-block"),
        pytest.param("::: picture x\ncaption = 'a'", 6, "no line of ::: ends", id="open-block"),
        pytest.param("::: picture\n:::", 6, "names no picture", id="picture-without-a-name"),
        pytest.param("::: picture x\ncaptoin = 'a'\n:::", 6, "knows no 'captoin'", id="word"),
        pytest.param("::: embed\ntitle = 'a'\n:::", 6, "lacks 'url'", id="missing"),
        pytest.param("::: embed\ntitle = a\n:::", 6, "is no TOML", id="no-toml"),
        pytest.param("# Head", 6, "two signs", id="one-sign"),
        pytest.param("> Said.", 6, "ends with its speaker", id="nobody-said-it"),
        pytest.param("- one\ntwo", 7, "begins with neither", id="list"),
        pytest.param(
            "::: table\ncolumns = ['a', 'b']\nrows = [['1']]\n:::", 6, "1 cells in row 1", id="row"
        ),
        pytest.param(
            "::: correction\nat = '2026'\ntext = 'x'\n:::", 6, "must be a moment", id="no-moment"
        ),
        pytest.param(
            "::: correction\nat = 2026-11-24T11:00:00\ntext = 'x'\nwas = 'a'\n:::",
            6,
            "both or neither",
            id="half-a-correction",
        ),
        pytest.param(
            "Text.\n\n::: correction\nat = 2026-11-24T11:00:00\ntext = 'x'\nwas = 'a'\nnow = 'b'\n:::",
            1,
            "isn't in it",
            id="corrected-to-nothing",
        ),
    ],
)
def test_a_wrong_body_is_refused_with_its_line_and_the_reason(story, body, line, said):
    with pytest.raises(StoryError, match=said) as refused:
        story(body)

    assert (refused.value.file, refused.value.line) == ("2026-11-24-a-story.md", line)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        pytest.param("headline = 'x'\n", "between two lines", id="no-head"),
        pytest.param("+++\nheadline = x\n+++\n", "no TOML", id="no-toml"),
        pytest.param(HEAD.replace("headline", "hedline"), "'hedline' is not known", id="unknown"),
        pytest.param(HEAD.replace('section = "city"\n', ""), "'section' is missing", id="missing"),
        pytest.param(HEAD.replace("-24T", "-23T"), "not on 2026-11-24", id="another-day"),
        pytest.param(HEAD.replace("T09:30:00", ""), "published must be a moment", id="no-time"),
    ],
)
def test_a_wrong_head_is_refused_with_the_reason(story, head, said):
    with pytest.raises(StoryError, match=said):
        story("Text.", head=head)


def test_a_file_is_called_after_its_day_and_slug(story):
    with pytest.raises(StoryError, match="a day and a slug"):
        story("Text.", name="story.md")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("::: picture nowhere\n:::", "no picture 'nowhere'"),
        ("::: related\nstories = ['later']\n:::", "no story 'later' was published before"),
    ],
)
def test_a_name_that_stands_for_nothing_is_refused(story, body, said):
    with pytest.raises(LookupError, match=said):
        to_raw(story(body).blocks, pictures={}, stories={})
