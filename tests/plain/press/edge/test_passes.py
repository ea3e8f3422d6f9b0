"""Nobody but the paper makes a pass or a month list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.press.edge.passes import (
    LARGEST_STORY,
    LIST_HOLDS,
    MonthList,
    Pass,
    Passes,
    Standing,
)
from broadsheet.press.edge.seals import Seal
from broadsheet.rules.access import Person

PASSES = Passes(["first key", "older key"])
READER = Pass(17, Standing.READER, 0, 3, 1_800_000_000)

bearers = st.one_of(
    st.builds(
        Pass,
        st.integers(1, 2**63 - 1),
        st.sampled_from([Standing.READER, Standing.STAFF, Standing.BLOCKED]),
        st.integers(0, 2**32 - 1),
        st.integers(0, 2**32 - 1),
        st.integers(0, 2**32 - 1),
    ),
    st.builds(
        Pass,
        st.integers(-(2**63), 0),
        st.just(Standing.VISITOR),
        st.just(0),
        st.just(0),
        st.integers(0, 2**32 - 1),
    ),
)


@given(bearer=bearers)
def test_a_pass_says_who_bears_it(bearer):
    assert PASSES.read(PASSES.issue(bearer).encode()) == bearer


@given(
    reader=st.integers(-(2**63), 2**63 - 1),
    stories=st.lists(st.integers(0, LARGEST_STORY), max_size=LIST_HOLDS),
)
def test_a_month_list_names_its_stories(reader, stories):
    written = PASSES.write_month(reader, 202611, stories).encode()

    assert PASSES.read_month(written) == MonthList(reader, 202611, tuple(stories))


def test_a_list_that_is_too_long_keeps_the_latest():
    written = PASSES.write_month(1, 202611, range(LIST_HOLDS + 5)).encode()

    kept = PASSES.read_month(written)
    assert kept is not None
    assert kept.stories == tuple(range(5, LIST_HOLDS + 5))


def test_both_cookies_are_small():
    assert len(PASSES.issue(READER)) < 60
    assert len(PASSES.write_month(2**40, 202611, range(10))) < 100


@pytest.mark.parametrize(
    "value",
    [
        PASSES.issue(READER).encode(),
        PASSES.write_month(17, 202611, [1, 2, 3]).encode(),
    ],
)
def test_no_changed_bit_is_believed(value):
    for place in range(len(value)):
        for bit in range(8):
            changed = bytearray(value)
            changed[place] ^= 1 << bit
            assert PASSES.read(bytes(changed)) is None
            assert PASSES.read_month(bytes(changed)) is None


@given(junk=st.binary(max_size=200))
def test_junk_is_no_pass(junk):
    assert PASSES.read(junk) is None
    assert PASSES.read_month(junk) is None


def test_a_shortened_or_lengthened_value_is_not_believed():
    value = PASSES.issue(READER).encode()

    for length in range(len(value)):
        assert PASSES.read(value[:length]) is None
    for more in (b"A", b"AAAA", b"=", b"====", b" "):
        assert PASSES.read(value + more) is None


def test_a_month_list_is_no_pass_and_a_pass_no_month_list():
    assert PASSES.read(PASSES.write_month(17, 202611, [1]).encode()) is None
    assert PASSES.read_month(PASSES.issue(READER).encode()) is None


def test_a_value_is_written_in_one_way_only():
    value = next(
        value
        for epoch in range(1000)
        if "-" in (value := PASSES.issue(READER._replace(epoch=epoch)))
    )

    assert PASSES.read(value.encode()) is not None
    assert PASSES.read(value.replace("-", "+").encode()) is None


def test_keys_are_changed_without_sending_anybody_away():
    old, new = Passes(["old key"]), Passes(["new key", "old key"])
    value = old.issue(READER).encode()

    assert new.read(value) == READER
    assert old.read(new.issue(READER).encode()) is None
    assert Passes(["new key"]).read(value) is None


def test_keys_that_share_a_mark_are_told_apart():
    # The mark is one byte, so among 300 keys some share it.
    keys = [f"key {number}" for number in range(300)]
    every = Seal(keys, "test")

    for key in keys:
        opened = every.open(Seal([key], "test").close(b"value"))
        assert opened is not None
        assert opened.rstrip(b"\0") == b"value"


def test_a_seal_is_keyed_blake2b():
    import base64
    import hashlib
    import hmac

    sealed = base64.urlsafe_b64decode(Seal(["secret"], "test").close(b"value"))

    own = hmac.digest(b"secret", b"broadsheet seal: test", "sha256")
    assert sealed[-16:] == hashlib.blake2b(sealed[:-16], key=own, digest_size=16).digest()


@pytest.mark.parametrize("keys", [[], [""], ["good", ""]])
def test_without_a_key_there_is_no_seal(keys):
    with pytest.raises(ValueError, match="needs a key"):
        Passes(keys)


@pytest.mark.parametrize(
    "bearer",
    [
        READER._replace(reader=-5),
        READER._replace(reader=0),
        READER._replace(standing=Standing.VISITOR),
    ],
)
def test_a_visitors_number_never_stands_for_a_reader(bearer):
    with pytest.raises(ValueError, match="Keys of readers"):
        PASSES.issue(bearer)


def test_a_subscription_ends_at_its_moment():
    bearer = READER._replace(subscriber_until=1000)

    assert bearer.person(999.9) is Person.SUBSCRIBER
    assert bearer.person(1000) is Person.READER
    assert bearer._replace(standing=Standing.VISITOR).person(0) is Person.VISITOR
