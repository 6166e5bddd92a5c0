"""A connection to the ledger's database, its errors put into words, its schema brought up to date."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError

from newsbeam.errors import LedgerError
from newsbeam.ledger.migrations import STEPS, VERSION

BUSY_SECONDS = 30
"""How long a writer waits for another connection of this process, or for `feeds status`, to finish."""


def shown(url: str | URL) -> str:
    """Return a database URL without its password."""
    return make_url(url).render_as_string(hide_password=True)


def connect(url: str) -> Engine:
    """Return an engine for ``url``; raises :class:`LedgerError` where its driver is not installed."""
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        engine = create_engine(parsed, connect_args=_arguments(parsed), pool_pre_ping=not sqlite)
    except (ImportError, NoSuchModuleError) as error:
        raise LedgerError(
            f"its database driver is not installed: {error}",
            where=shown(url),
            hint='install "newsbeam[postgres]"',
        ) from error
    if sqlite:
        event.listen(engine, "connect", _settle)
        event.listen(engine, "begin", _begin)
    return engine


def database_path(engine: Engine) -> Path | None:
    """Return the file of an SQLite ledger; None where it is in memory or on a server."""
    name = (engine.url.database or "").removeprefix("file:").partition("?")[0]
    return Path(name) if engine.dialect.name == "sqlite" and name and ":memory:" not in name else None


@cache
def opened(url: str) -> Engine:
    """Return this process's engine for ``url``: steps of the graph share its connections."""
    return connect(url)


def readable(url: str) -> str:
    """Return the URL by which a command that only reads gets at the ledger at ``url``.

    SQLite in WAL mode writes beside its file even to read: where it cannot (a disk that has gone read-only,
    another user), the file is opened as one that nobody changes, which between two passes it is.
    """
    parsed = make_url(url)
    name = parsed.database or ""
    if parsed.get_backend_name() != "sqlite" or not name or ":" in name:
        return url
    path = Path(name)
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    if writable or not path.exists():
        return url
    log = path.with_name(f"{path.name}-wal")
    still = "" if log.exists() and log.stat().st_size else "&immutable=1"
    return f"sqlite:///file:{quote(name)}?mode=ro{still}&uri=true"


def _arguments(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"timeout": BUSY_SECONDS}
    return {"connect_timeout": 10, "keepalives_idle": 30, "application_name": "newsbeam"}


def _settle(connection: sqlite3.Connection, _: Any) -> None:
    """WAL lets `feeds status` read while a pass writes; FULL survives a power cut, not just a crash."""
    connection.isolation_level = (
        None  # we say BEGIN ourselves: the driver's own way breaks transactions of DDL
    )
    if not connection.execute("PRAGMA query_only").fetchone()[0]:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError:
            return  # read-only: writing will say so
    connection.execute("PRAGMA synchronous=FULL").close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in one write transaction, committed at the end; errors become LedgerErrors."""
    with in_words(engine), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that only reads; errors become LedgerErrors."""
    with in_words(engine), engine.connect() as connection:
        yield connection


@contextmanager
def in_words(engine: Engine) -> Iterator[None]:
    """Turn what the database says into a :class:`LedgerError` that says what to do about it."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
        words = " ".join(str(cause).split())
        raise LedgerError(words, where=shown(engine.url), hint=_advice(words)) from error


def _advice(words: str) -> str:
    lowered = words.lower()
    for sign, advice in _ADVICE:
        if sign in lowered:
            return advice
    return "nothing was committed; the next pass does the work again"


_ADVICE = (
    ("full", "the disk is full: nothing was committed; free space and run again"),
    ("no space left", "the disk is full: nothing was committed; free space and run again"),
    ("disk i/o error", "the disk is full or broken: nothing was committed; make room and run again"),
    ("readonly", "it is read-only: let the user who runs newsbeam write the file and its folder"),
    ("read-only", "it is read-only: nothing was committed"),
    ("permission denied", "let the user who runs newsbeam write there"),
    ("unable to open", "does the folder exist, and may the user who runs newsbeam write in it?"),
    ("is not a database", "the file is something else: name another in ledger.url"),
    ("malformed", "the file is damaged: restore a copy"),
    ("locked", "another program keeps it locked; try again"),
    (
        "connection",
        "is the server up and reachable? nothing was committed; the next pass does the work again",
    ),
)


def version(engine: Engine) -> int:
    """Return the schema version of the database; 0 where it holds no ledger yet."""
    path = database_path(engine)
    if path and not path.exists():
        return 0  # asking SQLite would make the file
    with reading(engine) as connection:
        if not inspect(connection).has_table("schema_version"):
            return 0
        found = connection.execute(text("SELECT max(version) FROM schema_version")).scalar()
    return int(found or 0)


def require_current(engine: Engine) -> None:
    """Raise :class:`LedgerError` unless the schema is of this program's version."""
    found = version(engine)
    if found != VERSION:
        hint = "upgrade newsbeam" if found > VERSION else "`newsbeam run` makes or migrates it"
        words = (
            f"its schema has version {found}, this newsbeam needs {VERSION}"
            if found
            else "holds no ledger yet"
        )
        raise LedgerError(words, where=shown(engine.url), hint=hint)


def migrate(engine: Engine, to: int = VERSION) -> int:
    """Bring the schema to version ``to``; return the version found. One transaction a step.

    Raises :class:`LedgerError` where the schema is newer than this program. Call it under the lock.
    """
    found = version(engine)
    if found > VERSION:
        require_current(engine)
    for number in range(found + 1, to + 1):
        with writing(engine) as connection:
            if number == 1:
                connection.execute(text("CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY)"))
            for statement in STEPS[number - 1]:
                connection.execute(text(statement))
            connection.execute(text("INSERT INTO schema_version (version) VALUES (:n)"), {"n": number})
    return found
