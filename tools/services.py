"""Start a PostgreSQL and a Redis of one's own on loopback, and stop just these again.

    tools/services.py start FOLDER      prints lines for `eval`: BROADSHEET_TEST_POSTGRES=…
    tools/services.py stop FOLDER

Both keep everything they write in FOLDER. What isn't installed is left out, with a word on stderr.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nothing answers on port {port}")


def start_postgres(folder: Path) -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    binaries = found[-1].parent if found else None
    if binaries is None and (there := shutil.which("initdb")):
        binaries = Path(there).parent
    if binaries is None:
        return None
    data = folder / "postgres"
    data.mkdir(parents=True)
    # PostgreSQL refuses to run as root; Debian's package brings a user for it.
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        owner = pwd.getpwnam(user)
        os.chown(data, owner.pw_uid, owner.pw_gid)
    port = free_port()
    subprocess.run(
        [
            str(binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "broadsheet",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        user=user,
        group=user,
    )
    log = (data / "log").open("w")
    server = subprocess.Popen(
        [
            str(binaries / "postgres"),
            "-D",
            str(data),
            "-p",
            str(port),
            "-k",
            "",
            "-c",
            "listen_addresses=127.0.0.1",
        ],
        stdout=log,
        stderr=log,
        cwd="/",
        start_new_session=True,
        user=user,
        group=user,
    )
    (folder / "postgres.pid").write_text(str(server.pid))
    wait_for(port)
    for _ in range(100):
        made = subprocess.run(
            [
                str(binaries / "createdb"),
                "-h",
                "127.0.0.1",
                "-p",
                str(port),
                "-U",
                "broadsheet",
                "broadsheet",
            ],
            check=False,
            capture_output=True,
            cwd="/",
        )
        if made.returncode == 0:
            break
        time.sleep(0.1)  # it listens a moment before it lets anyone in
    return f"postgresql://broadsheet@127.0.0.1:{port}/broadsheet"


def start_redis(folder: Path, *, port: int = 0) -> str | None:
    """Start a Redis, or start it again on its data and port; return its address."""
    binary = shutil.which("valkey-server") or shutil.which("redis-server")
    if binary is None:
        return None
    data = folder / "redis"
    data.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    server = subprocess.Popen(
        [
            binary,
            "--bind",
            "127.0.0.1",
            "--port",
            str(port),
            "--dir",
            str(data),
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--save",
            "",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    (folder / "redis.pid").write_text(str(server.pid))
    wait_for(port)
    return f"redis://127.0.0.1:{port}/0"


def stop(folder: Path) -> None:
    for file, how in (("postgres.pid", signal.SIGINT), ("redis.pid", signal.SIGTERM)):
        pid = folder / file
        if pid.exists():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid.read_text()), how)
            pid.unlink()


def main() -> None:
    match sys.argv[1:]:
        case ["start", where]:
            folder = Path(where).resolve()
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o755)
            for name, start in (("POSTGRES", start_postgres), ("REDIS", start_redis)):
                if address := start(folder):
                    print(f"export BROADSHEET_TEST_{name}={address}")
                else:
                    print(f"no {name.lower()} is installed: its tests are skipped", file=sys.stderr)
        case ["stop", where]:
            stop(Path(where).resolve())
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    main()
