"""Plates keep within their bytes, go when what they show changes, and are for everybody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.press.edge.encodings import Encoding
from broadsheet.press.edge.plates import (
    Plate,
    PlateError,
    Plates,
    Printed,
    Store,
    Terms,
    answer,
    headers,
    key_of,
    matches,
)
from broadsheet.rules.access import Access
from broadsheet.rules.variants import Variant

FREE = Terms(Access.FREE)
METERED = Terms(Access.READERS, 7)


def plates(size=1000, *keys):
    made = Plates(METERED, frozenset(map(key_of, keys)))
    plate = Plate(Printed(METERED, b""), Variant.FULL)
    plate.add(Encoding.GZIP, b"x" * size)
    made.set(Variant.FULL, plate)
    return made


def test_those_asked_for_longest_ago_go_first():
    store = Store(3 * (plates().size + 2))
    for path in (b"/1", b"/2", b"/3"):
        store.put(path, plates())
    store.get(b"/1")

    store.put(b"/4", plates())

    assert [path for path in (b"/1", b"/2", b"/3", b"/4") if store.get(path)] == [
        b"/1",
        b"/3",
        b"/4",
    ]
    assert store.evicted == 1


def test_what_is_larger_than_the_store_is_not_kept():
    store = Store(5000)
    store.put(b"/small", plates(100))

    store.put(b"/large", plates(6000))

    assert store.get(b"/large") is None
    assert store.get(b"/small") is not None


def test_a_change_drops_every_page_that_shows_it_and_no_other():
    store = Store(10**6)
    store.put(b"/story", plates(10, "/story", "story:1"))
    store.put(b"/", plates(10, "/", "story:1", "story:2"))
    store.put(b"/other", plates(10, "/other", "story:2"))

    store.drop(key_of("story:1"))

    assert [store.get(path) is None for path in (b"/story", b"/", b"/other")] == [True, True, False]


def test_a_change_of_words_marks_pages_and_the_next_one_gives_no_more_time():
    store = Store(10**6)
    store.put(b"/", plates(10, "/"))

    store.age(key_of("/"), 100.5)
    store.age_all(200.5)

    page = store.get(b"/")
    assert page is not None
    assert (page.stale, page.expires_at) == (True, 100.5)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["put", "get", "drop", "drop_path", "grow"]),
            st.integers(0, 6),
            st.integers(0, 3000),
        ),
        max_size=60,
    )
)
def test_the_store_counts_its_bytes_whatever_happens(steps):
    store = Store(12_000)
    kept = {}
    for step, number, size in steps:
        path = b"/%d" % number
        match step:
            case "put":
                kept[path] = plates(size, f"key:{number % 3}")
                store.put(path, kept[path])
            case "get":
                store.get(path)
            case "drop":
                store.drop(key_of(f"key:{number}"))
            case "drop_path":
                store.drop_path(path)
            case "grow":
                page = store.get(path)
                if page is not None and page.full is not None:
                    page.full.add(Encoding.BR, b"y" * size)
                    store.put(path, page)

        present = {path: page for path in list(kept) if (page := store._plates.get(path))}
        assert store.size == sum(page.size + len(path) for path, page in present.items())
        assert store.size <= store.budget
        assert {key for key, paths in store._shown_on.items() if paths} == {
            key for page in present.values() for key in page.keys
        }


def header(printed, variant=Variant.FULL):
    return dict(headers(printed, variant))


def test_what_everybody_may_read_is_public_and_asked_for_again():
    for page in (
        header(Printed(FREE, b"words")),
        header(Printed(METERED, b"words", max_age=60), Variant.TEASER),
    ):
        assert page["Cache-Control"] == "public, no-cache"
        assert page["Vary"] == "Accept-Encoding"
        assert "Set-Cookie" not in page


def test_a_free_page_may_be_kept_for_a_while():
    assert header(Printed(FREE, b"", max_age=60))["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("variant", [one for one in Variant if one is not Variant.TEASER])
def test_what_is_for_some_alone_is_kept_by_nobody_and_told_by_no_etag(variant):
    page = header(Printed(METERED, b"words", max_age=60), variant)

    assert page["Cache-Control"] == "private, no-store"
    assert "ETag" not in page


def test_headers_for_caches_and_codings_are_the_edges_own():
    said = (("Cache-Control", "public"), ("ETag", '"1"'), ("Content-Length", "3"), ("X-A", "b"))

    page = header(Printed(METERED, b"", said))

    assert page == {"X-A": "b", "Vary": "Accept-Encoding", "Cache-Control": "private, no-store"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Set-Cookie", "a=b"),
        ("set-cookie", "a=b"),
        ("X-A", "b\r\nSet-Cookie: a"),
        ("Location", "/"),
    ],
)
def test_what_is_somebodys_own_can_be_no_plate(name, value):
    with pytest.raises(PlateError, match="for everybody"):
        Plate(Printed(FREE, b"", ((name, value),)), Variant.FULL)


@pytest.mark.parametrize(
    ("named", "same"),
    [
        ('W/"a"', True),
        ('"a"', True),
        ('"b", W/"a"', True),
        ("*", True),
        ('"b"', False),
        ("a", False),
        ("", False),
    ],
)
def test_etags_are_compared_weakly(named, same):
    assert matches(named, 'W/"a"') is same


def test_a_page_comes_out_of_its_plate_as_it_went_in():
    for encoding in Encoding:
        status, lines, body = answer(
            Printed(FREE, b"words " * 50), Variant.FULL, accept_encoding=encoding.value
        )
        plate = Plate(Printed(FREE, b"words " * 50), Variant.FULL)
        plate.add(encoding, body)

        assert status == 200
        assert plate.words() == b"words " * 50
        assert dict(lines)["Content-Length"] == str(len(body))


def test_whoever_has_the_page_already_gets_no_words():
    printed = Printed(FREE, b"words")
    etag = header(printed)["ETag"]

    status, lines, body = answer(printed, Variant.FULL, if_none_match=etag)

    assert (status, body) == (304, b"")
    assert [name for name, _ in lines] == ["Vary", "Cache-Control", "ETag"]


def test_an_etag_of_a_closed_story_confirms_nothing():
    printed = Printed(METERED, b"words")

    assert answer(printed, Variant.FULL, if_none_match="*")[0] == 200
