"""A PostgreSQL server of our own: a throw-away cluster in a temporary folder, on a free loopback port."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

DEBIAN_BIN = Path("/usr/lib/postgresql")
INSTALL_SECONDS = 300
START_SECONDS = 60


class NoServerError(Exception):
    """There is no PostgreSQL here, and it could not be installed."""


def binaries() -> Path:
    """Return the folder of ``initdb`` and ``pg_ctl``; install Debian's packages where we may."""
    found = _find()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-qq"], ["install", "-y", "-qq", "postgresql"]):
            done = subprocess.run(
                ["apt-get", *command],
                env=environment,
                capture_output=True,
                timeout=INSTALL_SECONDS,
                check=False,
            )
            if done.returncode:
                raise NoServerError(f"apt-get {command[0]} failed: {done.stderr.decode()[-200:]}")
        found = _find()
    if found is None:
        raise NoServerError("initdb is not installed, and only root can install postgresql")
    return found


def _find() -> Path | None:
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(DEBIAN_BIN.glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


@contextmanager
def server() -> Iterator[str]:
    """Run a server in a temporary folder; yield the URL of its database ``postgres``."""
    with tempfile.TemporaryDirectory(prefix="newsbeam-postgres-") as name, _running(Path(name)) as url:
        yield url


@contextmanager
def _running(folder: Path) -> Iterator[str]:
    tools = binaries()
    _belongs_to_server(folder)
    port = _free_port()
    cluster = folder / "cluster"
    _as_server([tools / "initdb", "-D", cluster, "-U", "newsbeam", "-A", "trust", "-E", "UTF8", "--no-sync"])
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder}"
    _as_server([tools / "pg_ctl", "-D", cluster, "-l", folder / "log", "-o", options, "-w", "start"])
    try:
        yield f"postgresql://newsbeam@127.0.0.1:{port}/postgres"
    finally:
        _as_server([tools / "pg_ctl", "-D", cluster, "-m", "immediate", "stop"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _belongs_to_server(folder: Path) -> None:
    """PostgreSQL refuses to run as root: then the folder is given to the user that Debian makes for it."""
    if os.geteuid() != 0:
        return
    try:
        user = pwd.getpwnam("postgres")
    except KeyError as error:
        raise NoServerError("there is no user postgres to run the server as") from error
    os.chown(folder, user.pw_uid, user.pw_gid)


def _as_server(command: Sequence[str | Path]) -> None:
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", "postgres", "--", *words]
    done = subprocess.run(words, capture_output=True, timeout=START_SECONDS, check=False, cwd="/")
    if done.returncode:
        raise NoServerError(f"{words} failed: {done.stderr.decode()[-400:]}")


def fresh_database(url: str) -> str:
    """Make a new database on the server at ``url``; return its URL."""
    import psycopg

    name = f"ledger_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.rsplit("/", 1)[0] + f"/{name}"
