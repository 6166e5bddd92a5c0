"""One pass at a time. The operating system or the server lets go of the lock when its holder dies.

SQLite: an exclusive ``flock`` on a file beside the database, which the kernel drops with the process.
PostgreSQL: an advisory lock of a session of its own, which the server drops with the connection.
"""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine, text

from newsbeam.errors import LedgerError, LedgerHeldError
from newsbeam.ledger.engine import database_path, in_words, shown

_PG_CLASS = 0x6E65_7773  # "news": the first half of the advisory lock's key; the second is the schema's hash


class Holder(NamedTuple):
    """Who holds the ledger."""

    run_id: str
    host: str
    pid: int
    since: str


def myself(run_id: str, since: str) -> Holder:
    """Return this process as a holder."""
    return Holder(run_id, socket.gethostname(), os.getpid(), since)


@contextmanager
def held(engine: Engine, me: Holder) -> Iterator[None]:
    """Hold the ledger; raises :class:`LedgerHeldError`, naming the holder, where somebody else does."""
    lock = _held_file if engine.dialect.name == "sqlite" else _held_session
    with lock(engine, me):
        yield


@contextmanager
def _held_file(engine: Engine, me: Holder) -> Iterator[None]:
    database = database_path(engine)
    if database is None:
        yield
        return
    path = database.with_name(database.name + ".lock")
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise LedgerError(
            f"its lock file cannot be opened: {error.strerror}",
            where=str(path),
            hint="does the folder exist, and may the user who runs newsbeam write in it?",
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _held_by(engine, _read(handle)) from error
        _write(handle, me, path)
        yield
    finally:
        os.close(handle)


def _read(handle: int) -> Holder | None:
    try:
        return Holder(**json.loads(os.pread(handle, 1000, 0)))
    except (ValueError, TypeError):
        return None  # its holder is just writing its name


def _write(handle: int, me: Holder, path: Path) -> None:
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(me._asdict()).encode(), 0)
    except OSError as error:
        raise LedgerError(f"its lock file cannot be written: {error.strerror}", where=str(path)) from error


@contextmanager
def _held_session(engine: Engine, me: Holder) -> Iterator[None]:
    with in_words(engine):
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        with in_words(engine):
            name = f"newsbeam {me.run_id} pid {me.pid} on {me.host}"[:63]  # PostgreSQL keeps 63 bytes
            connection.execute(text("SELECT set_config('application_name', :name, false)"), {"name": name})
            key = {"a": _PG_CLASS}
            taken = text("SELECT pg_try_advisory_lock(:a, hashtext(current_schema()))")
            if not connection.execute(taken, key).scalar():
                raise _held_by(engine, _session_holder(connection))
        yield
    finally:
        connection.invalidate()  # closes the session, and with it the lock
        connection.close()


def _session_holder(connection: Connection) -> Holder | None:
    row = connection.execute(
        text(
            "SELECT a.application_name AS name, a.backend_start AS since FROM pg_locks l "
            "JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted "
            "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND l.classid = :a AND l.objid = (hashtext(current_schema())::bigint & 4294967295)::oid"
        ),
        {"a": _PG_CLASS},
    ).first()
    words = row.name.split() if row and row.name else []
    if row is None or len(words) < 6:
        return None
    return Holder(words[1], words[5], int(words[3]), row.since.strftime("%Y-%m-%dT%H:%M:%SZ"))


def _held_by(engine: Engine, holder: Holder | None) -> LedgerHeldError:
    who = (
        f"pass {holder.run_id} (process {holder.pid} on {holder.host}, since {holder.since})"
        if holder
        else "another pass"
    )
    return LedgerHeldError(f"is held by {who}", where=shown(engine.url), hint="wait for it, or stop it")
