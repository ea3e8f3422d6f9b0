"""A body is received whole before anybody works on it."""

import asyncio

import pytest

from broadsheet.press.edge.bodies import whole


def run(messages, *, headers=((b"content-length", b"1"),), **limits):
    """Return what the application was given and what was sent."""
    seen, sent = [], []
    waiting = list(messages)

    async def application(scope, receive, send):
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        seen.append((dict(scope["headers"]), body, len(waiting)))

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "headers": list(headers)}
    asyncio.run(whole(application, **limits)(scope, receive, send))
    return seen, sent


def piece(body, more=True):
    return {"type": "http.request", "body": body, "more_body": more}


def test_the_application_begins_when_the_last_byte_is_there():
    seen, _ = run([piece(b"one "), piece(b"two "), piece(b"three", more=False)])

    assert seen == [({b"content-length": b"13"}, b"one two three", 0)]


def test_a_body_in_chunks_has_a_length_in_the_end():
    headers = [(b"transfer-encoding", b"chunked"), (b"host", b"a")]

    seen, _ = run([piece(b"abc"), piece(b"", more=False)], headers=headers)

    assert seen[0][:2] == ({b"host": b"a", b"content-length": b"3"}, b"abc")


def test_a_large_body_comes_out_as_it_went_in():
    words = bytes(range(256)) * 1000

    seen, _ = run([piece(words), piece(words, more=False)], in_memory=100)

    assert seen[0][1] == words * 2


@pytest.mark.parametrize(
    ("messages", "headers"),
    [
        ([], [(b"content-length", b"11")]),
        ([piece(b"x" * 11)], [(b"transfer-encoding", b"chunked")]),
        ([piece(b"x" * 6), piece(b"x" * 6)], [(b"content-length", b"3")]),
    ],
)
def test_a_body_that_is_too_large_is_refused(messages, headers):
    seen, sent = run(messages, headers=headers, largest=10)

    assert seen == []
    assert sent[0]["status"] == 413


def test_a_client_that_leaves_is_not_worked_for():
    seen, sent = run([piece(b"half"), {"type": "http.disconnect"}])

    assert (seen, sent) == ([], [])


def test_a_request_without_a_body_goes_straight_on():
    seen, _ = run([piece(b"", more=False)], headers=[(b"host", b"a")])

    assert seen == [({b"host": b"a"}, b"", 0)]
