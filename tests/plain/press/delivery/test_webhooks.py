"""Webhooks are signed as Standard Webhooks says, and go where they are sent, nowhere else."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from broadsheet.press.delivery import webhooks

# The example of the specification.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


class Receiver(BaseHTTPRequestHandler):
    server: Any

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.answer)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def do_GET(self):
        self.do_POST()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def receiver():
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.got, server.answer = [], 204
    server.address = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def send(receiver, secret=SECRET):
    webhooks.send(receiver.address, BODY, message=MESSAGE, timestamp=1_614_265_330, secret=secret)


def test_the_signature_is_that_of_the_specification():
    signed = webhooks.signature(SECRET, message=MESSAGE, timestamp=1_614_265_330, body=BODY)

    assert signed == SIGNATURE


def test_a_message_arrives_with_its_headers(receiver):
    send(receiver)

    ((headers, body),) = receiver.got
    headers = {name.lower(): value for name, value in headers.items()}
    assert body == BODY
    assert headers["webhook-id"] == MESSAGE
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == SIGNATURE
    assert headers["content-type"] == "application/json"


def test_without_a_secret_it_goes_unsigned(receiver):
    send(receiver, secret="")

    assert "webhook-signature" not in {name.lower() for name in receiver.got[0][0]}


@pytest.mark.parametrize("answer", [301, 302, 307, 400, 500, 503])
def test_only_an_answer_of_success_counts_and_no_redirect_is_followed(receiver, answer):
    receiver.answer = answer

    with pytest.raises(webhooks.WebhookError):
        send(receiver)
    assert len(receiver.got) == 1


def test_a_receiver_that_isnt_there_is_told_of():
    with pytest.raises(webhooks.WebhookError):
        webhooks.send("http://127.0.0.1:1/", BODY, message="m", timestamp=1, secret="")


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_!!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ="]
)
def test_a_secret_that_is_none_is_refused(secret):
    with pytest.raises(ValueError, match="whsec_"):
        webhooks.secret_key(secret)
