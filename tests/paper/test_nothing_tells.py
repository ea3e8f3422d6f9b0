"""Two papers that differ only in locked words answer everybody without access alike, to the byte.

Whatever is derived from a body (its length, reading time, kinds of blocks, what it leads to, the
search) would be a keyhole. The papers here are drawn at random; everything that can be asked is
asked of both.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from broadsheet.demo import factories
from broadsheet.newsroom.models import StoryPage
from broadsheet.wall import gate
from tests.paper.planting import WORDS, client_of, plant, spent_reader, strip, walk

NOUNS = ["harbour", "lantern", "ferry", "copper", *WORDS]
HEADERS: list[dict[str, str]] = [
    {},
    {"range": "bytes=0-99"},
    {"range": "bytes=-99"},
    {"if-none-match": "*"},
    {"accept-encoding": "gzip"},
    {"accept-encoding": "br"},
    {"accept": "application/json"},
    {"sec-purpose": "prefetch"},
    {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
]
words = st.lists(st.sampled_from(NOUNS), min_size=1, max_size=60).map(" ".join)


@st.composite
def locked(draw: Any) -> list[tuple[str, Any]]:
    """Draw what stands beyond the teaser: blocks of every kind, in any number."""
    kinds = st.sampled_from(
        ["paragraph", "crosshead", "quotation", "markup", "embed", "correction"]
    )
    blocks: list[tuple[str, Any]] = []
    for kind in draw(st.lists(kinds, max_size=8)):
        said = draw(words)
        value: Any = {
            "paragraph": f"<p>{said}</p>",
            "crosshead": said[:80],
            "quotation": {"text": f"<p>{said}</p>", "speaker": said[:40], "office": ""},
            "markup": f"<p>{said}</p>",
            "embed": {"url": "https://video.example/1", "title": said[:60]},
        }.get(kind)
        if value is not None:
            blocks.append((kind, value))
    return blocks


def publish(story: StoryPage, beyond: list[tuple[str, Any]]) -> None:
    opening = " ".join(f"This is open sentence number {one} of the story." for one in range(30))
    body = [
        ("paragraph", f"<p>{opening}</p>"),
        ("paragraph", "<p>The last open words.</p>"),
        *beyond,
    ]
    story.body = body
    story.save_revision().publish()


def everything(reader: Any, story: StoryPage) -> dict[str, str]:
    """Ask for everything that can be found and for the story in every way; return the answers."""
    client = client_of(reader)
    found = {address: strip(text) for address, text in walk(client).items()}
    for method in ("get", "head", "options"):
        for headers in HEADERS:
            answer = getattr(client, method)(story.url, headers=headers)
            found[f"{method} {headers}"] = strip(f"{answer.headers}{answer.content!r}")
    for word in NOUNS:
        for address in ("/search/", "/api/v1/stories"):
            found[f"{address} {word}"] = strip(client.get(address, {"q": word}).content.decode())
    return found


@pytest.fixture
def outsiders(db):
    plant()
    factories.story(
        "A free story", section=factories.section("Sport"), body=factories.paragraphs("Harbour. ")
    )
    return {"visitor": None, "spent reader": spent_reader()}


@settings(
    max_examples=3,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(one=locked(), other=locked(), access=st.sampled_from(["readers", "subscribers"]))
def test_two_papers_that_differ_in_locked_words_answer_alike(outsiders, one, other, access):
    story = StoryPage.objects.get(title=f"A story for {access}")

    answers = []
    for beyond in (one, other):
        publish(story, beyond)
        gate.changed(access=True)
        answers.append({who: everything(reader, story) for who, reader in outsiders.items()})

    for who in outsiders:
        before, after = (answer[who] for answer in answers)
        assert set(before) == set(after)
        assert [address for address in before if before[address] != after[address]] == []
