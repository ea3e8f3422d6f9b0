"""A paper over a slow line: its pages arrive in pieces, as on a train."""

import http.client
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@contextmanager
def dribbling(address: str, *, pieces: int = 16, pause: float = 0.03) -> Iterator[str]:
    """Yield the address at which the paper of ``address`` is read over a slow line.

    :param pieces: into how many pieces of one length a page is cut
    :param pause: seconds between two pieces: enough for a browser to paint what it has
    """

    class Dribbling(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            upstream = http.client.HTTPConnection(urlsplit(address).netloc, timeout=15)
            upstream.request("GET", self.path, headers={"Accept": self.headers["Accept"] or "*/*"})
            answer = upstream.getresponse()
            body = answer.read()
            self.send_response(answer.status)
            for name in ("Content-Type", "Cache-Control"):
                if value := answer.headers[name]:
                    self.send_header(name, value)
            self.end_headers()
            page = answer.headers.get_content_type() == "text/html"
            step = len(body) // pieces + 1 if page else len(body) or 1
            for start in range(0, len(body), step):
                if start:
                    time.sleep(pause)
                self.wfile.write(body[start : start + step])
                self.wfile.flush()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Dribbling)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
