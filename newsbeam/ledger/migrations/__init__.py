"""The ledger's schema, version by version. A released step is never edited: add the next one.

A step is a list of statements that SQLite and PostgreSQL both understand, run in one transaction.
"""

from newsbeam.ledger.migrations import v001, v002, v003

STEPS: tuple[tuple[str, ...], ...] = (v001.STATEMENTS, v002.STATEMENTS, v003.STATEMENTS)
"""Step ``n`` (from 1) leads from version ``n - 1`` to ``n``."""

VERSION = len(STEPS)
