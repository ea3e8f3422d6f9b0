"""Addresses with letters beyond ASCII: registering, signing in, and the mail that goes there."""

import socketserver
import threading

import pytest
from django.core.mail import EmailMessage
from django.db import connection

from broadsheet.demo import factories
from broadsheet.readers import mails
from broadsheet.readers.models import Reader
from broadsheet.readers.smtp import EmailBackend
from tests.paper.readers.conftest import CODE, ENTRANCE

ADDRESS = "ünï@exämple.org"
KEPT = "ünï@xn--exmple-cua.org"


class Session(socketserver.StreamRequestHandler):
    """Speaks as much SMTP as a client needs, and keeps what was sent."""

    server: "Server"

    def handle(self):
        self.say("220 ready")
        while line := self.rfile.readline():
            command = line.decode().strip()
            self.server.commands.append(command)
            if command.upper().startswith("EHLO"):
                self.wfile.write("".join(f"250-{one}\r\n" for one in self.server.offers).encode())
                self.say("250 OK")
            elif command.upper() == "DATA":
                self.say("354 go on")
                while (text := self.rfile.readline()) != b".\r\n":
                    self.server.letter += text
                self.say("250 taken")
            else:
                self.say("221 bye" if command.upper() == "QUIT" else "250 OK")

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, *offers):
        super().__init__(("127.0.0.1", 0), Session)
        self.offers = ("test", *offers)
        self.commands = []
        self.letter = b""


@pytest.fixture
def mail_server():
    """Start a mail server that offers what is named, and send the paper's mail there."""
    running = []

    def start(*offers):
        server = Server(*offers)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def mail_goes_to(settings):
    def choose(server):
        options = {"host": "127.0.0.1", "port": server.server_address[1], "timeout": 20}
        backend = "broadsheet.readers.smtp.EmailBackend"
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}

    return choose


def test_an_international_address_registers_and_signs_in(client, db, last_code, mailoutbox):
    for _ in range(2):
        client.post(ENTRANCE, {"email": ADDRESS.upper()})
        assert ADDRESS in client.get(CODE).text
        client.post(CODE, {"code": last_code()})
        client.post("/accounts/logout/")

    assert Reader.objects.get().email == KEPT
    assert {letter.to[0] for letter in mailoutbox if "code" in letter.subject} == {KEPT}


def test_it_signs_in_with_a_password(client, db):
    factories.reader(KEPT)
    client.post("/accounts/login/password/", {"email": ADDRESS, "password": factories.PASSWORD})

    assert "_auth_user_id" in client.session


def test_letters_that_look_alike_are_another_account(client, db, last_code):
    # The capital of a dotless ı is an I: databases that compare capitals take one for the other.
    factories.reader("mike@example.org")
    client.post(ENTRANCE, {"email": "mıke@example.org"})
    client.post(CODE, {"code": last_code()})

    assert sorted(Reader.objects.values_list("email", flat=True)) == [
        "mike@example.org",
        "mıke@example.org",
    ]


def test_no_account_is_looked_up_by_capitals(db):
    with connection.execute_wrapper(refuse_upper):
        assert Reader.objects.at_address("MIKE@example.org").first() is None


def refuse_upper(execute, sql, params, many, context):
    assert "UPPER(" not in sql
    assert "LIKE" not in sql
    return execute(sql, params, many, context)


def test_mail_goes_out_as_the_server_offers(mail_server, mail_goes_to):
    server = mail_server("SMTPUTF8", "8BITMIME")
    mail_goes_to(server)

    mails.send("help", KEPT, {"entrance": "http://testserver/"})

    assert f"rcpt to:<{KEPT}>" in server.commands
    sender = next(line for line in server.commands if line.startswith("mail from"))
    assert "SMTPUTF8" in sender
    assert f"To: {KEPT}".encode() in server.letter


def test_a_server_that_cant_is_told_of_in_words(mail_server, mail_goes_to, client, db):
    server = mail_server("8BITMIME")
    mail_goes_to(server)

    answer = client.post(ENTRANCE, {"email": ADDRESS})

    assert answer.status_code == 422
    assert "can’t send to addresses with letters such as ü" in answer.text
    assert not server.letter


def test_a_domain_in_letters_needs_nothing_of_the_server(mail_server):
    server = mail_server()
    options = {"host": "127.0.0.1", "port": server.server_address[1]}
    backend = EmailBackend(alias="default", **options)
    letter = EmailMessage("Subject", "Text", to=["uni@exämple.org"])

    assert backend.send_messages([letter]) == 1
    assert "rcpt to:<uni@xn--exmple-cua.org>" in server.commands
