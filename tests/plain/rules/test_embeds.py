"""What may be opened inside a story, and what stays a link."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as some

from broadsheet.rules import embeds


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "https://www.youtube.com/watch?v=abc-DEF_123&t=4",
            "youtube-nocookie.com/embed/abc-DEF_123",
        ),
        ("https://youtu.be/abc-DEF_123?si=x", "youtube-nocookie.com/embed/abc-DEF_123"),
        ("https://m.youtube.com/shorts/abc-DEF_123", "youtube-nocookie.com/embed/abc-DEF_123"),
        ("https://vimeo.com/76979871", "player.vimeo.com/video/76979871?dnt=1"),
        ("https://vimeo.com/76979871/0a1b2c3d4e", "video/76979871?dnt=1&h=0a1b2c3d4e"),
    ],
)
def test_known_videos_open_in_a_frame(url, address):
    found = embeds.frame(url)

    assert found is not None
    assert found.address.endswith(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/watch?v=abc-DEF_123",
        "https://youtube.com.example.org/watch?v=abc-DEF_123",
        "https://www.youtube.com/@somebody",
        'https://youtu.be/"onload=x',
        "javascript:alert(1)",
        "https://[",
        "",
    ],
)
def test_all_else_stays_a_link(url):
    assert embeds.frame(url) is None


@given(some.text(max_size=60))
def test_no_frame_comes_from_elsewhere(tail):
    for start in ("https://youtu.be/", "https://vimeo.com/", "https://youtube.com/embed/"):
        if found := embeds.frame(start + tail):
            parts = urlsplit(found.address)
            assert f"{parts.scheme}://{parts.netloc}" in embeds.FRAME_SOURCES
            assert not set(found.address) & set("\"'<> ")
