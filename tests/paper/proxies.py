"""nginx before a served paper, with exactly the configuration that deploying.md shows."""

import os
import re
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.paper.served import ROOT, until

AROUND = """
{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/log;
events {{ }}
http {{
    log_format cache '$request_method $request_uri $status $upstream_cache_status';
    access_log {folder}/access cache; client_body_temp_path {folder}/1; proxy_temp_path {folder}/2;
    fastcgi_temp_path {folder}/3; uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
    {servers}
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def shown() -> str:
    """Return the block of deploying.md."""
    page = (ROOT / "docs/running/deploying.md").read_text()
    found = re.search(r"```nginx\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return found[1]


def _replaced(block: str, *pairs: tuple[str, str]) -> str:
    for line, other in pairs:
        assert line in block
        block = block.replace(line, other)
    return block


def documented(folder: Path, port: int, behind: int) -> str:
    """Return the block for a paper on loopback, without TLS."""
    return _replaced(
        shown(),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port};"),
        ("/var/cache/nginx/paper", f"{folder}/kept"),
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
        ("Host $host", f"Host 127.0.0.1:{behind}"),
        ("X-Forwarded-Proto https", "X-Forwarded-Proto http"),
    )


def documented_with_tls(folder: Path, port: int, behind: int) -> str:
    """Return the block as it stands, with a certificate, and other ports and folders."""
    made = folder / "certificate"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj"]
        + ["/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        + ["-keyout", f"{made}.key", "-out", f"{made}.pem"],
        check=True,
        capture_output=True,
    )
    certificate = f"ssl_certificate {made}.pem; ssl_certificate_key {made}.key;"
    return _replaced(
        shown(),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2; {certificate}"),
        ("/var/cache/nginx/paper", f"{folder}/kept"),
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
        # Browsers name a port other than 443.
        ("Host $host", "Host $http_host"),
    )


@contextmanager
def nginx(
    folder: Path, behind: int, configure: Callable[[Path, int, int], str], *, port: int = 0
) -> Iterator[int]:
    """Run nginx before the paper on a port; give the port that it listens on."""
    port = port or free_port()
    file = folder / "nginx.conf"
    # Its workers would be nobody, whose folder this isn't.
    user = "user root;" if os.geteuid() == 0 else ""
    servers = configure(folder, port, behind)
    file.write_text(AROUND.format(folder=folder, servers=servers, user=user))
    process = subprocess.Popen(["nginx", "-c", str(file), "-p", str(folder)])
    try:
        assert until(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def log(folder: Path) -> list[tuple[str, str, str, str]]:
    """Return what nginx answered so far: method, address, status, and what its cache did."""
    lines = (folder / "access").read_text().splitlines()
    return [tuple(line.split(" ")) for line in lines]  # type: ignore[misc]
