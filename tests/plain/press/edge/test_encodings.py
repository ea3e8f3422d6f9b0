"""The smallest coding that a browser takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.press.edge.encodings import Encoding, chosen, decode, encode


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate, br", "br"),
        ("gzip, zstd", "zstd"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("deflate", "identity"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("br; q=0.5 , gzip ; q=0.4", "br"),
        ("*", "br"),
        ("*;q=0.1, gzip;q=0.5", "gzip"),
        ("*;q=0", "identity"),
        ("identity", "identity"),
        ("identity, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip", "gzip"),
        ("identity;q=0, *;q=0", "identity"),
        ("gzip;q=2", "identity"),
        ("gzip;q=high", "identity"),
        ("gzip;level=9;q=1", "gzip"),
        (",,;;q=,", "identity"),
    ],
)
def test_the_best_coding_is_chosen(accepted, expected):
    assert chosen(None if accepted is None else accepted.encode()) == expected


@given(accepted=st.binary(max_size=60))
def test_every_header_has_an_answer(accepted):
    assert chosen(accepted) in set(Encoding)


@given(words=st.binary(max_size=2000), encoding=st.sampled_from(Encoding))
def test_words_come_out_as_they_went_in(words, encoding):
    assert decode(encode(words, encoding), encoding) == words


def test_one_page_is_always_the_same_bytes():
    assert encode(b"page" * 100, Encoding.GZIP) == encode(b"page" * 100, Encoding.GZIP)
